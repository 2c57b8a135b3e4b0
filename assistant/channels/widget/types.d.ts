// What the server puts before the joined modules, and what travels between them. For type checkers only.

declare const STYLE: string;
declare const MESSAGES: Record<string, Record<string, string>>;
declare const LIMITS: { question: number; languages: string[] };

interface Span {
  document_id: string;
  start: number;
  end: number;
}

interface Citation {
  number: number;
  municipality: string;
  title: string;
  section: string[];
  page: number | null;
  quote: string;
  url: string;
}

interface Contact {
  name: string;
  phone: string[];
  email: string | null;
  address: string | null;
}

interface Answer {
  conversationId: string | null;
  messageId: string;
  status: string;
  language: string;
  text: string;
  citations: Citation[];
  cards: Record<string, unknown>[];
  suggestions: string[];
  contact: Contact | null;
  engine: string;
  notices: string[];
}

interface Introduction {
  names: string[];
  contacts: Contact[];
  questions: string[];
  terms: { term: string; definition: string }[];
  paused: string | null;
}

interface Failure {
  kind: string;
  values: Record<string, string | number>;
  contacts: Contact[];
  said: string | null;
  forget: boolean;
}

/** One question and what came of it; nothing but data, so that it can be kept and shown anew. */
interface Turn {
  question: string;
  partial: string;
  answer: Answer | null;
  failure: Failure | null;
  rated: string | null;
}

/** What a rendered answer may ask of the widget around it. */
interface Context {
  t: (name: string, values?: Record<string, string | number>) => string;
  endpoint: string;
  municipality: string | null;
  introduction: Introduction;
  announce: (text: string) => void;
  ask: (question: string) => void;
  again: (turn: Turn) => void;
  print: (article: HTMLElement) => void;
}

interface Preferences {
  language: string;
  size: string;
  theme: string;
  furigana: boolean | null;
  keep: boolean;
  seen: boolean;
}
