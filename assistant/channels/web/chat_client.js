// The chat's way to the server: one question out, an answer or a plain sentence about why not back.

/**
 * @typedef {object} Citation
 * @property {number} number
 * @property {string} title
 * @property {string[]} section
 * @property {number | null} page
 * @property {string} quote
 * @property {string} url
 */

/**
 * @typedef {object} Contact
 * @property {string} name
 * @property {string[]} phone
 * @property {string | null} email
 * @property {string | null} address
 */

/**
 * @typedef {object} Answer
 * @property {string | null} conversationId
 * @property {string} status
 * @property {string} language
 * @property {string} text
 * @property {Citation[]} citations
 * @property {string[]} suggestions
 * @property {Contact | null} contact
 * @property {string} engine
 * @property {string[]} notices
 */

/**
 * @typedef {object} Failure
 * @property {string} sentence what to tell the person
 * @property {Contact | null} contact whom to ask instead
 * @property {boolean} forget whether the conversation cannot be gone on with
 */

/** @typedef {{question: string, municipality: string | null, conversation_id: string | null}} Request */

const TIME_LIMIT_SECONDS = 30;

const AGAIN = "もう一度お試しください。";
const NO_CONNECTION = `通信できませんでした。インターネットにつながっているかを確かめて、${AGAIN}`;
const TOO_LATE = `${TIME_LIMIT_SECONDS}秒待ちましたが、回答が届きませんでした。${AGAIN}`;
const STOPPED = "調べるのをやめました。";
const PAUSED = `ただいま、この窓口はお休みしています。しばらくしてから、${AGAIN}`;
const UNREADABLE = "質問を受け取れませんでした。言葉をかえるか短くして、もう一度お送りください。";
const BROKEN = `うまくお答えできませんでした。少し待ってから、${AGAIN}`;

/**
 * Ask one question. The promise is always kept: with an answer, or with what to tell the person.
 * @param {Request} request
 * @param {AbortSignal} stop the person's wish to stop
 * @returns {Promise<{answer: Answer} | {failure: Failure}>}
 */
export async function ask(request, stop) {
  const given = new AbortController();
  const timer = setTimeout(() => given.abort(), TIME_LIMIT_SECONDS * 1000);
  stop.addEventListener("abort", () => given.abort());
  try {
    const response = await fetch("/api/chat", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(request),
      signal: given.signal,
    });
    const body = await bodyOf(response, given.signal);
    const answer = response.ok ? answerFrom(body) : null;
    return answer ? { answer } : { failure: failureFrom(response, body) };
  } catch {
    return { failure: failed(stop.aborted ? STOPPED : given.signal.aborted ? TOO_LATE : NO_CONNECTION) };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Read a response's JSON; null where it is none. A connection that breaks meanwhile is thrown on.
 * @param {Response} response
 * @param {AbortSignal} signal
 * @returns {Promise<unknown>}
 */
async function bodyOf(response, signal) {
  try {
    return await response.json();
  } catch (error) {
    if (signal.aborted || error instanceof TypeError) throw error;
    return null;
  }
}

/**
 * @param {Response} response
 * @param {unknown} body
 * @returns {Failure}
 */
function failureFrom(response, body) {
  if (response.status === 429) return failed(busy(response.headers.get("Retry-After")));
  if (response.status === 503) return failed(PAUSED, contactFrom(record(body).contact));
  if (response.status >= 400 && response.status < 500) return { ...failed(UNREADABLE), forget: true };
  return failed(BROKEN);
}

/**
 * @param {string} sentence
 * @param {Contact | null} contact
 * @returns {Failure}
 */
function failed(sentence, contact = null) {
  return { sentence, contact, forget: false };
}

/** @param {string | null} retryAfter */
function busy(retryAfter) {
  const seconds = Number.parseInt(retryAfter ?? "", 10);
  const wait = seconds > 0 ? `${seconds}秒ほど` : "少し";
  return `ただいま、質問が集中しています。${wait}待ってから、${AGAIN}`;
}

/**
 * Read a ChatResponse; null where the body is not one.
 * @param {unknown} body
 * @returns {Answer | null}
 */
function answerFrom(body) {
  const given = record(body);
  if (typeof given.answer !== "string" || typeof given.status !== "string") return null;
  return {
    conversationId: text(given.conversation_id),
    status: given.status,
    language: text(given.language) ?? "ja",
    text: given.answer,
    citations: list(given.citations).map(citationFrom),
    suggestions: texts(given.suggestions),
    contact: contactFrom(given.contact),
    engine: text(given.engine) ?? "",
    notices: texts(given.notices),
  };
}

/**
 * @param {unknown} value
 * @returns {Citation}
 */
function citationFrom(value) {
  const given = record(value);
  return {
    number: Number(given.number),
    title: text(given.title) ?? "",
    section: texts(given.section),
    page: typeof given.page === "number" ? given.page : null,
    quote: text(given.quote) ?? "",
    url: text(given.url) ?? "",
  };
}

/**
 * @param {unknown} value
 * @returns {Contact | null}
 */
function contactFrom(value) {
  const given = record(value);
  const name = text(given.name);
  if (name === null) return null;
  return { name, phone: texts(given.phone), email: text(given.email), address: text(given.address) };
}

/**
 * @param {unknown} value
 * @returns {Record<string, unknown>}
 */
function record(value) {
  return typeof value === "object" && value !== null ? /** @type {Record<string, unknown>} */ (value) : {};
}

/**
 * @param {unknown} value
 * @returns {unknown[]}
 */
function list(value) {
  return Array.isArray(value) ? value : [];
}

/**
 * @param {unknown} value
 * @returns {string[]}
 */
function texts(value) {
  return list(value).filter((item) => typeof item === "string");
}

/**
 * @param {unknown} value
 * @returns {string | null}
 */
function text(value) {
  return typeof value === "string" && value !== "" ? value : null;
}
