// The plan's own terms, which open their definition where they are first used.

import { make, makeButton, withFigures } from "./dom.js";

/**
 * Make the plan's own terms, where each first stands in the text, open their definition.
 * @param {HTMLElement} text
 * @param {Context} context
 */
export function openTerms(text, context) {
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
