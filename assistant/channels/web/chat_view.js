// What the chat shows of an answer: elements made of text nodes, never of markup that was received.

/** @typedef {import("./chat_client.js").Answer} Answer */
/** @typedef {import("./chat_client.js").Citation} Citation */
/** @typedef {import("./chat_client.js").Contact} Contact */
/** @typedef {import("./chat_client.js").Failure} Failure */

/** @type {Record<string, string>} */
const LABELS = {
  answered: "回答",
  clarify: "おたずねします",
  not_in_plan: "計画には書かれていません",
  out_of_scope: "この窓口ではお答えできません",
  refused: "お答えできません",
};

const WRITTEN_BY_AI = "この文章はAIが作りました。AIの回答はまちがうことがあります。";
const WRITTEN_WITHOUT_AI = "この回答は計画の文や表から抜き出して作りました。まちがうこともあります。";
const CHECK = "大事なことは計画の本文でお確かめください。";

const MARKER = /\[(\d{1,3})\]/g;
const FIGURE = /(?:(?:明治|大正|昭和|平成|令和)[ \u3000]*(?:元|[\d０-９]{1,2})|[\d０-９][\d０-９,，.．]*)[ \u3000]*[\u4E00-\u9FFF%％]{0,2}/g;
const PHONE = /\+?\d[\d\- ()]{6,}\d/;
const MAIL = /^[^\s@<>?&]+@[^\s@<>?&]+$/;
const STRAY_MARKUP = /<\/?(?:ul|ol|li|br|p|div|span|b|strong|em|i|table|tbody|thead|tr|td|th)(?:\s[^<>]*)?\/?>/gi;

/**
 * Make an element with attributes and children; a string becomes a text node.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string>} attributes
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/**
 * Make a turn: the question and room for what comes of it.
 * @param {string} question
 * @param {number} number
 */
export function makeTurn(question, number) {
  const heading = make("h3", { id: `q${number}`, tabindex: "-1" }, make("span", { class: "asked" }, "質問"), question);
  const reply = make("div", { class: "reply" });
  const article = make("article", { class: "turn", "aria-labelledby": `q${number}` }, heading, reply);
  return { article, heading, reply };
}

/** Make what stands in an answer's place until it is there. */
export function makeWaiting() {
  return make("p", { class: "waiting" }, "調べています。少しお待ちください。");
}

/**
 * Make everything that is shown of an answer.
 * @param {Answer} answer
 * @param {number} turn
 * @returns {HTMLElement[]}
 */
export function makeAnswer(answer, turn) {
  const language = answer.language === "en" ? "en" : "ja";
  const label = LABELS[answer.status] ?? "回答";
  const known = new Set(answer.citations.map((citation) => citation.number));
  const paragraphs = answer.text.split(/\n+/).filter((line) => line.trim());
  const body = make("div", { class: "answer", lang: language });
  body.append(...paragraphs.map((line) => make("p", {}, ...withMarkers(line, known, turn))));
  /** @type {HTMLElement[]} */
  const parts = [make("h4", { class: `label ${answer.status}` }, label), body];
  parts.push(...answer.notices.map((notice) => make("p", { class: "notice" }, notice)));
  if (answer.citations.length > 0) parts.push(makeCitations(answer, turn));
  if (answer.contact) parts.push(makeContact(answer.contact));
  if (answer.suggestions.length > 0) parts.push(makeSuggestions(answer, turn));
  return parts;
}

/**
 * Make what is shown where there is no answer.
 * @param {Failure} failure
 * @param {() => void} retry
 * @returns {HTMLElement[]}
 */
export function makeFailure(failure, retry) {
  const button = make("button", { type: "button", class: "secondary" }, "もう一度送る");
  button.addEventListener("click", retry);
  const parts = [make("div", { class: "failure" }, make("p", {}, failure.sentence), button)];
  return failure.contact ? [...parts, makeContact(failure.contact)] : parts;
}

/**
 * Say an answer in one line, as a screen reader is to announce it.
 * @param {Answer} answer
 */
export function announcement(answer) {
  const sources = answer.citations.length > 0 ? `出典は${answer.citations.length}件です。` : "";
  return `${LABELS[answer.status] ?? "回答"}。${answer.text.replace(MARKER, "")} ${sources}`;
}

/**
 * Split a line at its [n]; where there is a citation n, the marker becomes a link to it.
 * @param {string} line
 * @param {Set<number>} known
 * @param {number} turn
 */
function withMarkers(line, known, turn) {
  /** @type {(Node | string)[]} */
  const parts = [];
  let at = 0;
  for (const marker of line.matchAll(MARKER)) {
    const number = Number(marker[1]);
    if (!known.has(number)) continue;
    const name = `出典 ${marker[0]}`;
    parts.push(...withFigures(line.slice(at, marker.index)));
    parts.push(make("a", { class: "marker", href: `#t${turn}c${number}`, "aria-label": name }, marker[0]));
    at = marker.index + marker[0].length;
  }
  return [...parts, ...withFigures(line.slice(at))];
}

/**
 * Keep each figure and date, with its unit, on one line.
 * @param {string} text
 */
function withFigures(text) {
  /** @type {(Node | string)[]} */
  const parts = [];
  let at = 0;
  for (const figure of text.matchAll(FIGURE)) {
    parts.push(text.slice(at, figure.index), make("span", { class: "figure" }, figure[0]));
    at = figure.index + figure[0].length;
  }
  return [...parts, text.slice(at)];
}

/**
 * @param {Answer} answer
 * @param {number} turn
 */
function makeCitations(answer, turn) {
  const items = answer.citations.map((citation) => makeCitation(citation, turn));
  const written = answer.engine.startsWith("llm:") ? WRITTEN_BY_AI : WRITTEN_WITHOUT_AI;
  return make(
    "section",
    { class: "citations", "aria-labelledby": `s${turn}` },
    make("h4", { id: `s${turn}` }, "出典（計画の原文）"),
    make("ol", { role: "list" }, ...items),
    make("p", { class: "caution" }, `${written}${CHECK}`),
  );
}

/**
 * @param {Citation} citation
 * @param {number} turn
 */
function makeCitation(citation, turn) {
  const place = citation.section.join(" ＞ ");
  const page = citation.page === null ? "" : `（p.${citation.page}）`;
  const number = make("span", { class: "number" }, `[${citation.number}]`);
  const where = make("p", { class: "where" }, number, ` ${citation.title}`);
  if (place || page) where.append(make("span", { class: "section" }, `${place}${page}`));
  const item = make("li", { id: `t${turn}c${citation.number}`, tabindex: "-1" }, where);
  item.append(make("blockquote", {}, ...quoted(citation.quote).map((line) => make("p", {}, line))));
  const address = sameOrigin(citation.url);
  if (address) item.append(makeSourceLink(address, citation.number));
  return item;
}

/**
 * @param {string} address
 * @param {number} number
 */
function makeSourceLink(address, number) {
  const spoken = make("span", { class: "visually-hidden" }, `（出典 ${number}）`);
  const tab = make("span", { class: "tab" }, "（新しいタブ）");
  const link = make("a", { href: address, target: "_blank", rel: "noopener" }, "原文を開く", spoken, tab);
  return make("p", { class: "open" }, link);
}

/**
 * Return a quote's lines as they are read: cells set apart by a bar, without markup that is no text.
 * @param {string} quote
 */
function quoted(quote) {
  const lines = quote.replace(STRAY_MARKUP, "").split("\n");
  const cells = lines.map((line) => line.split("\t").map((cell) => cell.trim()).filter(Boolean));
  return cells.filter((line) => line.length > 0).map((line) => line.join(" ｜ "));
}

/**
 * Return an address of this site, or null for any other.
 * @param {string} url
 */
function sameOrigin(url) {
  try {
    const address = new URL(url, location.href);
    return url && address.origin === location.origin ? address.href : null;
  } catch {
    return null;
  }
}

/** @param {Contact} contact */
function makeContact(contact) {
  const card = make("div", { class: "contact" }, make("h4", {}, "問い合わせ先"), make("p", {}, contact.name));
  for (const phone of contact.phone) card.append(make("p", {}, "電話 ", phoneLink(phone)));
  if (contact.email) card.append(make("p", {}, "メール ", mailLink(contact.email)));
  if (contact.address) card.append(make("p", {}, contact.address));
  return card;
}

/** @param {string} phone */
function phoneLink(phone) {
  const digits = PHONE.exec(phone.normalize("NFKC"))?.[0].replace(/[^+\d]/g, "");
  return digits ? make("a", { href: `tel:${digits}` }, phone) : phone;
}

/** @param {string} email */
function mailLink(email) {
  return MAIL.test(email) ? make("a", { href: `mailto:${email}` }, email) : email;
}

/**
 * @param {Answer} answer
 * @param {number} turn
 */
function makeSuggestions(answer, turn) {
  const title = answer.status === "clarify" ? "次から選んでください" : "続けてきく";
  const buttons = answer.suggestions.map((suggestion) =>
    make("li", {}, make("button", { type: "button", class: "secondary", "data-ask": suggestion }, suggestion)),
  );
  const heading = make("h4", { id: `n${turn}` }, title);
  const list = make("ul", { class: "buttons", role: "list" }, ...buttons);
  return make("section", { class: "suggestions", "aria-labelledby": `n${turn}` }, heading, list);
}
