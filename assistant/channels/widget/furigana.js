// Readings above kanji, asked of the service for what stands in an element; each text is asked for once.

import { readingsOf } from "./client.js";
import { make } from "./dom.js";

const KANJI = /[\u3400-\u9fff々]/;
const MOST_TEXTS = 100;
// What is typed in, read aloud or still growing.
const NOT_INSIDE = "ruby, textarea, [role=status], .streaming";

/** @type {Map<string, [string, string][]>} */
const known = new Map();

/**
 * Put readings over the kanji in an element, and over those that come into it, until the returned function
 * is called.
 * @param {HTMLElement} element
 * @param {string} endpoint
 */
export function keepFurigana(element, endpoint) {
  const read = () => void addFurigana(element, endpoint);
  const watching = new MutationObserver(read);
  watching.observe(element, { childList: true, subtree: true });
  read();
  return () => watching.disconnect();
}

/**
 * @param {HTMLElement} element
 * @param {string} endpoint
 */
async function addFurigana(element, endpoint) {
  const unread = [...new Set(textNodes(element).map((node) => node.data))].filter((text) => !known.has(text));
  for (let at = 0; at < unread.length; at += MOST_TEXTS) {
    const texts = unread.slice(at, at + MOST_TEXTS);
    const read = await readingsOf(endpoint, texts);
    if (read === null) return;
    texts.forEach((text, i) => known.set(text, read[i] ?? []));
  }
  for (const node of textNodes(element)) {
    const pieces = known.get(node.data);
    if (pieces?.some(([, reading]) => reading)) node.replaceWith(withReadings(pieces));
  }
}

/** @param {HTMLElement} element */
function textNodes(element) {
  /** @type {Text[]} */
  const found = [];
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = /** @type {Text} */ (walker.currentNode);
    if (KANJI.test(node.data) && isRead(node.parentElement)) found.push(node);
  }
  return found;
}

/**
 * Tell whether what stands in an element is Japanese to be read: Chinese is read otherwise.
 * @param {Element | null} element
 */
function isRead(element) {
  return element?.closest("[lang]")?.getAttribute("lang") === "ja" && !element.closest(NOT_INSIDE);
}

/**
 * Make one element of a text's pieces: in a button that lays out its parts they stay one line of text.
 * @param {[string, string][]} pieces
 */
function withReadings(pieces) {
  return make("span", {}, ...pieces.map(makeRuby));
}

/**
 * Readings are for the eye: a screen reader has its own, and would say each word twice.
 * @param {[string, string]} piece
 */
function makeRuby([text, reading]) {
  if (!reading) return text;
  const hidden = { "aria-hidden": "true" };
  return make("ruby", {}, text, make("rp", hidden, "（"), make("rt", hidden, reading), make("rp", hidden, "）"));
}
