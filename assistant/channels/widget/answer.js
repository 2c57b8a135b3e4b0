// One turn as it is shown: the question, the answer with its sources and cards, and what can be done with it.

import { rate } from "./client.js";
import { makeCard, makeContact, makeSourceLink } from "./cards.js";
import { make, makeButton, withFigures } from "./dom.js";
import { canSpeak, hush, speak } from "./speech.js";

const MARKER = /\[(\d{1,3})\]/g;
const STRAY_MARKUP =
  /<\/?(?:ul|ol|li|br|p|div|span|b|strong|em|i|table|tbody|thead|tr|td|th)(?:\s[^<>]*)?\/?>/gi;
const HEADINGS = ["clarify", "not_in_plan", "out_of_scope", "refused"];
const MOST_SUGGESTIONS = 2;
const REASONS = { wrong: "誤り", old: "古い", beside: "的外れ", lacking: "足りない" };

/**
 * Make what is shown of a turn.
 * @param {Turn} turn
 * @param {Context} context
 */
export function makeTurn(turn, context) {
  const heading = make("h3", { tabindex: "-1" }, context.t("asked"));
  const reply = make("div", { class: "reply" });
  const article = make(
    "article",
    { class: "turn" },
    heading,
    make("p", { class: "asked" }, turn.question),
    reply,
  );
  fillReply(reply, turn, context);
  return { article, heading, reply };
}

/**
 * Show what is there of a turn's answer.
 * @param {HTMLElement} reply
 * @param {Turn} turn
 * @param {Context} context
 */
export function fillReply(reply, turn, context) {
  const { t } = context;
  const status = turn.answer?.status ?? "";
  const heading = make("h3", { class: "label" }, t(HEADINGS.includes(status) ? status : "answer"));
  if (turn.answer) {
    reply.replaceChildren(heading, ...makeAnswer(turn, turn.answer, context));
  } else if (turn.failure) {
    reply.replaceChildren(heading, ...makeFailure(turn, turn.failure, context));
  } else {
    reply.replaceChildren(heading, make("p", { class: "text streaming" }, turn.partial || t("working")));
  }
}

/**
 * Say an answer in one go, as it is announced, read aloud and copied.
 * @param {Answer} answer
 * @param {Context["t"]} t
 */
export function spokenAnswer(answer, t) {
  const status = HEADINGS.includes(answer.status) ? `${t(answer.status)}。` : "";
  const sources = answer.citations.length > 0 ? ` ${t("source_count", { n: answer.citations.length })}` : "";
  const cited = new Set(answer.citations.map((citation) => citation.number));
  const text = answer.text.replace(MARKER, (marker, number) => (cited.has(Number(number)) ? "" : marker));
  return `${status}${text}${sources}`;
}

/**
 * Say a failure in plain words, with whom to call.
 * @param {Failure} failure
 * @param {Context["t"]} t
 */
export function spokenFailure(failure, t) {
  return t(failure.kind, failure.values);
}

/**
 * @param {Turn} turn
 * @param {Failure} failure
 * @param {Context} context
 */
function makeFailure(turn, failure, context) {
  const { t, introduction } = context;
  /** @type {HTMLElement[]} */
  const parts = [];
  if (turn.partial) {
    parts.push(
      make("p", { class: "text" }, turn.partial),
      make("p", { class: "cut" }, `（${t("partial")}）`),
    );
  }
  const again = makeButton(t("again"), () => context.again(turn), { class: "secondary again" });
  parts.push(make("div", { class: "failure" }, make("p", {}, spokenFailure(failure, t)), again));
  if (failure.kind === "stopped") return parts;
  const contacts = failure.contact ? [failure.contact] : introduction.contacts;
  return [...parts, ...contacts.map((contact) => makeContact(contact, context))];
}

/**
 * @param {Turn} turn
 * @param {Answer} answer
 * @param {Context} context
 */
function makeAnswer(turn, answer, context) {
  const { t } = context;
  const cited = new Map(
    answer.citations.map((citation) => [citation.number, makeCitation(citation, context)]),
  );
  const text = make("div", { class: "text", lang: answer.language === "easy" ? "ja" : answer.language });
  for (const line of answer.text.split("\n").filter(Boolean))
    text.append(make("p", {}, ...withMarkers(line, cited, t)));
  if (["ja", "easy"].includes(answer.language)) openTerms(text, context);
  /** @type {(Node | string)[]} */
  const parts = [text, ...answer.notices.map((notice) => make("p", { class: "small" }, notice))];
  for (const card of answer.cards) parts.push(makeCard(card, context) ?? "");
  if (cited.size > 0) parts.push(...makeSources(answer, [...cited.values()], context));
  if (answer.contact) parts.push(makeContact(answer.contact, context));
  parts.push(makeActions(turn, answer, context));
  if (answer.status === "answered") parts.push(makeRating(turn, answer, context));
  if (answer.suggestions.length > 0) parts.push(makeSuggestions(answer, context));
  return parts.filter((part) => part !== "");
}

/**
 * Split a line at its [n]; where there is a citation n, the marker becomes a link that opens its card.
 * @param {string} line
 * @param {Map<number, HTMLDetailsElement>} cited
 * @param {Context["t"]} t
 */
function withMarkers(line, cited, t) {
  /** @type {(Node | string)[]} */
  const parts = [];
  let at = 0;
  for (const marker of line.matchAll(MARKER)) {
    const number = Number(marker[1]);
    const card = cited.get(number);
    if (!card) continue;
    const open = (/** @type {Event} */ event) => {
      event.preventDefault();
      card.open = true;
      card.querySelector("summary")?.focus();
    };
    parts.push(...withFigures(line.slice(at, marker.index)));
    parts.push(
      make(
        "a",
        { class: "marker", href: "#", "aria-label": t("source", { n: number }), click: open },
        marker[0],
      ),
    );
    at = marker.index + marker[0].length;
  }
  return [...parts, ...withFigures(line.slice(at))];
}

/**
 * @param {Answer} answer
 * @param {HTMLDetailsElement[]} cards
 * @param {Context} context
 */
function makeSources(answer, cards, { t }) {
  const caution = t(answer.engine.startsWith("llm:") ? "caution_ai" : "caution");
  return [make("h4", {}, t("sources")), ...cards, make("p", { class: "small caution" }, caution)];
}

/**
 * @param {Citation} citation
 * @param {Context} context
 */
function makeCitation(citation, context) {
  const { t } = context;
  const page = citation.page === null ? "" : `（${t("page", { n: citation.page })}）`;
  const place = citation.section.join(" ＞ ") + page;
  const quote = make(
    "blockquote",
    { lang: "ja" },
    ...quotedLines(citation.quote).map((line) => make("p", {}, make("mark", {}, line))),
  );
  const name = `[${citation.number}] ${citation.title}`;
  const summary = make(
    "summary",
    {},
    make("span", { lang: "ja" }, name),
    make("span", { class: "small", lang: "ja" }, place),
  );
  const card = make("details", { class: "citation" }, summary, quote);
  card.append(makeSourceLink(citation.url, context, t("source", { n: citation.number })));
  return card;
}

/**
 * Return a quote's lines as they are read: cells set apart by a bar, without markup that is no text.
 * @param {string} quote
 */
function quotedLines(quote) {
  const lines = quote.replace(STRAY_MARKUP, "").split("\n");
  const cells = lines.map((line) =>
    line
      .split("\t")
      .map((cell) => cell.trim())
      .filter(Boolean),
  );
  return cells.filter((line) => line.length > 0).map((line) => line.join(" ｜ "));
}

/**
 * Make the plan's own terms, where each first stands in the text, open their definition.
 * @param {HTMLElement} text
 * @param {Context} context
 */
function openTerms(text, context) {
  const terms = [...context.introduction.terms].sort((a, b) => b.term.length - a.term.length);
  for (const { term, definition } of terms) {
    const node = [...text.querySelectorAll("p")]
      .flatMap((p) => [...p.childNodes])
      .find((child) => child instanceof Text && placeOf(term, child.data) >= 0);
    if (!(node instanceof Text)) continue;
    const word = node.splitText(placeOf(term, node.data));
    word.splitText(term.length);
    word.replaceWith(makeTerm(term, definition, context));
  }
}

/**
 * Return where a term stands as a word of its own, or -1: AI does not stand in MAIL.
 * @param {string} term
 * @param {string} text
 */
function placeOf(term, text) {
  const letter = /[A-Za-z0-9]/;
  for (let at = text.indexOf(term); at >= 0; at = text.indexOf(term, at + 1)) {
    const before = letter.test(text[at - 1] ?? "") && letter.test(term[0]);
    const after = letter.test(text[at + term.length] ?? "") && letter.test(term.at(-1) ?? "");
    if (!before && !after) return at;
  }
  return -1;
}

/**
 * @param {string} term
 * @param {string} definition
 * @param {Context} context
 */
function makeTerm(term, definition, { t }) {
  const meaning = make("span", { class: "meaning", hidden: true }, ...withFigures(`（${definition}）`));
  const toggle = () => {
    meaning.hidden = !meaning.hidden;
    button.setAttribute("aria-expanded", String(!meaning.hidden));
  };
  const button = makeButton(term, toggle, {
    class: "term",
    "aria-expanded": "false",
    title: t("definition", { term }),
  });
  return make("span", {}, button, meaning);
}

/**
 * @param {Turn} turn
 * @param {Answer} answer
 * @param {Context} context
 */
function makeActions(turn, answer, context) {
  const { t } = context;
  const actions = make("div", { class: "actions" });
  actions.append(makeButton(t("copy"), () => void copy(turn, answer, context)));
  actions.append(
    makeButton(t("print"), (event) => {
      const article = event.target instanceof Element && event.target.closest("article");
      if (article) context.print(article);
    }),
  );
  actions.append(
    make("a", { class: "button", href: linkOf(turn, context), target: "_blank", rel: "noopener" }, t("link")),
  );
  if (canSpeak()) actions.append(makeReader(answer, t));
  return actions;
}

/**
 * @param {Answer} answer
 * @param {Context["t"]} t
 */
function makeReader(answer, t) {
  const toggle = () => {
    const speaking = button.getAttribute("aria-pressed") === "true";
    button.setAttribute("aria-pressed", String(!speaking));
    button.textContent = t(speaking ? "read" : "stop_reading");
    if (speaking) hush();
    else speak(spokenAnswer(answer, t), answer.language, ended);
  };
  const ended = () => {
    button.setAttribute("aria-pressed", "false");
    button.textContent = t("read");
  };
  const button = makeButton(t("read"), toggle, { "aria-pressed": "false" });
  return button;
}

/**
 * Return the address at which anyone is given the answer to a question.
 * @param {Turn} turn
 * @param {Context} context
 */
function linkOf(turn, { endpoint, municipality }) {
  const query = new URLSearchParams({ ...(municipality && { municipality }), question: turn.question });
  return `${endpoint}/ask?${query}`;
}

/**
 * @param {Turn} turn
 * @param {Answer} answer
 * @param {Context} context
 */
async function copy(turn, answer, { t, announce, endpoint, municipality }) {
  const sources = answer.citations.map(
    (c) => `[${c.number}] ${[c.title, ...c.section].join(" ＞ ")} ${new URL(c.url, endpoint).href}`,
  );
  const context = /** @type {Context} */ ({ endpoint, municipality });
  const text = [turn.question, "", answer.text, "", ...sources, linkOf(turn, context)].join("\n");
  try {
    await navigator.clipboard.writeText(text);
    announce(t("copied"));
  } catch {
    announce(t("not_copied"));
  }
}

/**
 * Make the two buttons that rate an answer, and the reasons that the second one asks for.
 * @param {Turn} turn
 * @param {Answer} answer
 * @param {Context} context
 */
function makeRating(turn, answer, { t, endpoint, announce }) {
  const send = async (/** @type {string} */ rating, /** @type {string | null} */ reason) => {
    turn.rated = rating;
    up.setAttribute("aria-pressed", String(rating === "up"));
    down.setAttribute("aria-pressed", String(rating === "down"));
    why.hidden = rating === "up";
    const arrived = await rate(endpoint, { message_id: answer.messageId, rating, reason });
    announce(t(arrived ? "thanks" : "not_sent"));
  };
  const up = makeButton(t("helped"), () => void send("up", null), {
    "aria-pressed": String(turn.rated === "up"),
  });
  const down = makeButton(t("not_helped"), () => void send("down", null), {
    "aria-pressed": String(turn.rated === "down"),
  });
  const reasons = Object.entries(REASONS).map(([name, reason]) =>
    makeButton(
      t(name),
      (event) => {
        for (const other of why.querySelectorAll("button")) {
          other.setAttribute("aria-pressed", String(other === event.target));
        }
        void send("down", reason);
      },
      { "aria-pressed": "false" },
    ),
  );
  const why = make(
    "div",
    { class: "actions", role: "group", "aria-label": t("why"), hidden: true },
    make("p", {}, t("why")),
    ...reasons,
  );
  return make("div", { class: "rating" }, make("div", { class: "actions" }, up, down), why);
}

/**
 * @param {Answer} answer
 * @param {Context} context
 */
function makeSuggestions(answer, { t, ask }) {
  const choice = answer.status === "clarify";
  const shown = choice ? answer.suggestions : answer.suggestions.slice(0, MOST_SUGGESTIONS);
  const items = shown.map((text) =>
    make(
      "li",
      {},
      makeButton(text, () => ask(text), { class: "secondary" }),
    ),
  );
  return make(
    "div",
    { class: "suggestions" },
    make("h4", {}, t(choice ? "choose" : "next")),
    make("ul", { class: "asks", role: "list" }, ...items),
  );
}
