// The way to the service: a question out, the answer's pieces back, or which failure it was.

import { answerFrom, contactsFrom, listOf, recordOf, termFrom, textOf, textsOf } from "./shapes.js";

// A sign of life, be it only that the service still works on it, must come within this time.
const SILENCE_SECONDS = 30;
const LONGEST_SECONDS = 180;
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
  const started = Date.now();
  let waited = SILENCE_SECONDS;
  const giveUp = () => {
    waited = Math.round((Date.now() - started) / 1000);
    given.abort();
  };
  const last = setTimeout(giveUp, LONGEST_SECONDS * 1000);
  let timer = setTimeout(giveUp, SILENCE_SECONDS * 1000);
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(giveUp, SILENCE_SECONDS * 1000);
  };
  let begun = false;
  try {
    const response = await post(`${endpoint}/api/chat/stream`, request, given.signal);
    if (!response.ok || !response.body) return { failure: await failureFrom(response) };
    for await (const { name, data } of eventsIn(response.body, heard)) {
      begun = true;
      if (name === "delta") listener.delta(textOf(recordOf(data).text) ?? "");
      if (name === "error") return { failure: failed("broken") };
      const answer = name === "done" ? answerFrom(data) : null;
      if (answer) return { answer };
    }
    return { failure: failed(begun ? "cut" : "broken") };
  } catch {
    if (stop.aborted) return { failure: failed("stopped") };
    if (given.signal.aborted) return { failure: failed("timeout", { n: waited }) };
    return { failure: failed(begun ? "cut" : "offline") };
  } finally {
    clearTimeout(timer);
    clearTimeout(last);
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
      contacts: contactsFrom(given.contacts),
      questions: textsOf(given.questions),
      terms: listOf(given.terms)
        .map(termFrom)
        .filter((term) => term.term !== ""),
      paused: textOf(given.paused),
    };
  } catch {
    return { names: [], contacts: [], questions: [], terms: [], paused: null };
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
 * Yield the server-sent events of a body: name and data; comments and what is no JSON are passed over.
 * @param {ReadableStream<Uint8Array>} body
 * @param {() => void} heard is told of everything that arrives
 */
async function* eventsIn(body, heard) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let kept = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    heard();
    const blocks = (kept + decoder.decode(value, { stream: true })).split(/\r?\n\r?\n/);
    kept = blocks.pop() ?? "";
    for (const block of blocks) {
      const name = /^event: ?(.*?)\r?$/m.exec(block)?.[1];
      const data = parsed(/^data: ?(.*?)\r?$/m.exec(block)?.[1]);
      if (name && data !== undefined) yield { name, data };
    }
  }
}

/**
 * @param {string | undefined} json
 * @returns {unknown} undefined where it cannot be read
 */
function parsed(json) {
  try {
    return JSON.parse(json ?? "");
  } catch {
    return undefined;
  }
}

/**
 * Return which failure a refusal is; only while the chat is paused does a 503 name whom to call.
 * @param {Response} response
 * @returns {Promise<Failure>}
 */
async function failureFrom(response) {
  const body = recordOf(await response.json().catch(() => null));
  const wait = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  const n = wait > 0 ? wait : BUSY_SECONDS;
  if (response.status === 503 && "contact" in body) {
    const contacts = contactsFrom(body.contacts ?? [body.contact]);
    return { ...failed("paused"), contacts, said: textOf(body.detail) };
  }
  if (response.status === 429 || response.status === 503) return failed("busy", { n });
  if (response.status >= 400 && response.status < 500) return { ...failed("unreadable"), forget: true };
  return failed("broken");
}

/**
 * @param {string} kind
 * @param {Record<string, string | number>} values
 * @returns {Failure}
 */
export function failed(kind, values = {}) {
  return { kind, values, contacts: [], said: null, forget: false };
}
