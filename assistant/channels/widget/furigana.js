// Readings above kanji, asked of the service for what stands in an element; each text is asked for once.

import { readingsOf } from "./client.js";
import { make } from "./dom.js";

const KANJI = /[\u3400-\u9fff々]/;
const MOST_TEXTS = 100;
const NOT_INSIDE = "ruby, button, a, select, textarea, label, legend";

/** @type {Map<string, [string, string][]>} */
const known = new Map();

/**
 * Put readings over the kanji in an element.
 * @param {HTMLElement} element
 * @param {string} endpoint
 */
export async function addFurigana(element, endpoint) {
  const unread = [...new Set(textNodes(element).map((node) => node.data))].filter((text) => !known.has(text));
  for (let at = 0; at < unread.length; at += MOST_TEXTS) {
    const texts = unread.slice(at, at + MOST_TEXTS);
    const read = await readingsOf(endpoint, texts);
    if (read === null) return;
    texts.forEach((text, i) => known.set(text, read[i] ?? []));
  }
  for (const node of textNodes(element)) {
    const pieces = known.get(node.data);
    if (pieces?.some(([, reading]) => reading)) node.replaceWith(...pieces.map(makeRuby));
  }
}

/** @param {HTMLElement} element */
function textNodes(element) {
  /** @type {Text[]} */
  const found = [];
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = /** @type {Text} */ (walker.currentNode);
    if (KANJI.test(node.data) && !node.parentElement?.closest(NOT_INSIDE)) found.push(node);
  }
  return found;
}

/** @param {[string, string]} piece */
function makeRuby([text, reading]) {
  if (!reading) return text;
  return make("ruby", {}, text, make("rp", {}, "（"), make("rt", {}, reading), make("rp", {}, "）"));
}
