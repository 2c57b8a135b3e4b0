// The way to the service: a question out, the answer's pieces back, or which failure it was.

const SILENCE_SECONDS = 30;
const BUSY_SECONDS = 10;

/** @typedef {{delta: (text: string) => void}} Listener */
/** @typedef {{answer: Answer} | {failure: Failure}} Result */

/**
 * Ask one question. The promise is always kept: with an answer, or with what went wrong.
 * @param {string} endpoint
 * @param {{question: string, municipality: string | null, conversation_id: string | null, language: string | null}} request
 * @param {AbortSignal} stop the person's wish to stop
 * @param {Listener} listener
 * @returns {Promise<Result>}
 */
export async function askService(endpoint, request, stop, listener) {
  const given = new AbortController();
  stop.addEventListener("abort", () => given.abort());
  let timer = setTimeout(() => given.abort(), SILENCE_SECONDS * 1000);
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => given.abort(), SILENCE_SECONDS * 1000);
  };
  let begun = false;
  try {
    const response = await post(`${endpoint}/api/chat/stream`, request, given.signal);
    if (!response.ok || !response.body) return { failure: await failureFrom(response) };
    for await (const { name, data } of eventsIn(response.body)) {
      heard();
      begun = true;
      if (name === "delta") listener.delta(textOf(recordOf(data).text) ?? "");
      if (name === "error") return { failure: failed("broken") };
      const answer = name === "done" ? answerFrom(data) : null;
      if (answer) return { answer };
    }
    return { failure: failed(begun ? "cut" : "broken") };
  } catch {
    if (stop.aborted) return { failure: failed("stopped") };
    if (given.signal.aborted) return { failure: failed("timeout", { n: SILENCE_SECONDS }) };
    return { failure: failed(begun ? "cut" : "offline") };
  } finally {
    clearTimeout(timer);
    given.abort();
  }
}

/**
 * Send a rating; tell whether it arrived.
 * @param {string} endpoint
 * @param {{message_id: string, rating: string, reason: string | null}} rating
 */
export async function rate(endpoint, rating) {
  try {
    return (await post(`${endpoint}/api/feedback`, rating)).ok;
  } catch {
    return false;
  }
}

/**
 * Return what is shown first; where it cannot be had, what needs nothing of the service.
 * @param {string} endpoint
 * @param {string | null} municipality
 * @returns {Promise<Introduction>}
 */
export async function introduce(endpoint, municipality) {
  const query = municipality ? `?municipality=${encodeURIComponent(municipality)}` : "";
  try {
    const response = await fetch(`${endpoint}/api/widget${query}`, { credentials: "omit" });
    const given = recordOf(response.ok ? await response.json() : null);
    return {
      names: textsOf(given.names),
      contacts: listOf(given.contacts)
        .map(contactFrom)
        .filter((contact) => contact !== null),
      questions: textsOf(given.questions),
      terms: listOf(given.terms)
        .map(termFrom)
        .filter((term) => term.term !== ""),
    };
  } catch {
    return { names: [], contacts: [], questions: [], terms: [] };
  }
}

/**
 * Return how texts are read: for each its pieces and their readings; null where that cannot be had.
 * @param {string} endpoint
 * @param {string[]} texts
 * @returns {Promise<[string, string][][] | null>}
 */
export async function readingsOf(endpoint, texts) {
  try {
    const response = await post(`${endpoint}/api/furigana`, { texts });
    return response.ok ? (await response.json()).texts : null;
  } catch {
    return null;
  }
}

/**
 * @param {string} address
 * @param {unknown} body
 * @param {AbortSignal} [signal]
 */
function post(address, body, signal) {
  return fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    credentials: "omit",
    ...(signal && { signal }),
  });
}

/**
 * Yield the server-sent events of a body: name and data; comments are passed over.
 * @param {ReadableStream<Uint8Array>} body
 */
async function* eventsIn(body) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let kept = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (kept + decoder.decode(value, { stream: true })).split("\n\n");
    kept = blocks.pop() ?? "";
    for (const block of blocks) {
      const name = /^event: (.*)$/m.exec(block)?.[1];
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (name && data) yield { name, data: /** @type {unknown} */ (JSON.parse(data)) };
    }
  }
}

/**
 * @param {Response} response
 * @returns {Promise<Failure>}
 */
async function failureFrom(response) {
  const body = recordOf(await response.json().catch(() => null));
  const wait = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  const n = wait > 0 ? wait : BUSY_SECONDS;
  if (response.status === 429) return failed("busy", { n });
  if (response.status === 503) return failed("paused", {}, contactFrom(body.contact));
  if (response.status >= 400 && response.status < 500) return { ...failed("unreadable"), forget: true };
  return failed("broken");
}

/**
 * @param {string} kind
 * @param {Record<string, string | number>} values
 * @param {Contact | null} contact
 * @returns {Failure}
 */
export function failed(kind, values = {}, contact = null) {
  return { kind, values, contact, forget: false };
}

/**
 * Read a ChatResponse; null where the body is not one.
 * @param {unknown} body
 * @returns {Answer | null}
 */
export function answerFrom(body) {
  const given = recordOf(body);
  if (typeof given.answer !== "string" || typeof given.status !== "string") return null;
  return {
    conversationId: textOf(given.conversation_id),
    messageId: textOf(given.message_id) ?? "",
    status: given.status,
    language: textOf(given.language) ?? "ja",
    text: given.answer,
    citations: listOf(given.citations).map(citationFrom),
    cards: listOf(given.cards).map(recordOf),
    suggestions: textsOf(given.suggestions),
    contact: contactFrom(given.contact),
    engine: textOf(given.engine) ?? "",
    notices: textsOf(given.notices),
  };
}

/**
 * @param {unknown} value
 * @returns {Citation}
 */
function citationFrom(value) {
  const given = recordOf(value);
  return {
    number: Number(given.number),
    municipality: textOf(given.municipality) ?? "",
    title: textOf(given.title) ?? "",
    section: textsOf(given.section),
    page: typeof given.page === "number" ? given.page : null,
    quote: textOf(given.quote) ?? "",
    url: textOf(given.url) ?? "",
  };
}

/**
 * @param {unknown} value
 * @returns {Contact | null}
 */
export function contactFrom(value) {
  const given = recordOf(value);
  const name = textOf(given.name);
  if (name === null) return null;
  return { name, phone: textsOf(given.phone), email: textOf(given.email), address: textOf(given.address) };
}

/** @param {unknown} value */
function termFrom(value) {
  const given = recordOf(value);
  return { term: textOf(given.term) ?? "", definition: textOf(given.definition) ?? "" };
}

/**
 * @param {unknown} value
 * @returns {Record<string, unknown>}
 */
export function recordOf(value) {
  return typeof value === "object" && value !== null ? /** @type {Record<string, unknown>} */ (value) : {};
}

/**
 * @param {unknown} value
 * @returns {unknown[]}
 */
export function listOf(value) {
  return Array.isArray(value) ? value : [];
}

/**
 * @param {unknown} value
 * @returns {string[]}
 */
export function textsOf(value) {
  return listOf(value).filter((item) => typeof item === "string");
}

/**
 * @param {unknown} value
 * @returns {string | null}
 */
export function textOf(value) {
  return typeof value === "string" && value !== "" ? value : null;
}
