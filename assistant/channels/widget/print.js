// Printing one answer with its sources and the date, and nothing else of the page.

import { make } from "./dom.js";

const ONLY_THIS = "@media print { body > :not(plan-assistant[printing]) { display: none !important } }";

/**
 * Print one answer; afterwards everything is as it was.
 * @param {HTMLElement} host the widget's element, a child of the page's body
 * @param {HTMLElement} article the turn
 * @param {string} title
 * @param {Context["t"]} t
 */
export function printOnly(host, article, title, t) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(ONLY_THIS);
  const date = new Date().toLocaleDateString(article.closest("[lang]")?.getAttribute("lang") ?? "ja", {
    dateStyle: "long",
  });
  const head = make("p", { class: "printed" }, `${title} ${t("printed", { date })}`);
  const closed = [...article.querySelectorAll("details")].filter((details) => !details.open);
  for (const details of closed) details.open = true;
  article.prepend(head);
  article.classList.add("printing");
  host.setAttribute("printing", "");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const restore = () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
    host.removeAttribute("printing");
    article.classList.remove("printing");
    head.remove();
    for (const details of closed) details.open = false;
  };
  addEventListener("afterprint", restore, { once: true });
  print();
}
