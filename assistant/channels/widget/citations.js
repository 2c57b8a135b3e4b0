// The sources of an answer: the marks in its text, and the card that each of them opens.

import { makeSourceLink } from "./cards.js";
import { make, withFigures } from "./dom.js";

export const MARKER = /\[(\d{1,3})\]/g;
const STRAY_MARKUP =
  /<\/?(?:ul|ol|li|br|p|div|span|b|strong|em|i|table|tbody|thead|tr|td|th)(?:\s[^<>]*)?\/?>/gi;

/**
 * Split a line at its [n]; where there is a citation n, the marker becomes a link that opens its card.
 * @param {string} line
 * @param {Map<number, HTMLDetailsElement>} cited
 * @param {Context["t"]} t
 */
export function withMarkers(line, cited, t) {
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
export function makeSources(answer, cards, { t }) {
  const caution = t(answer.engine.startsWith("llm:") ? "caution_ai" : "caution");
  return [make("h4", {}, t("sources")), ...cards, make("p", { class: "small caution" }, caution)];
}

/**
 * @param {Citation} citation
 * @param {Context} context
 */
export function makeCitation(citation, context) {
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
