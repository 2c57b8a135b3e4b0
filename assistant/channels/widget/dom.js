// Elements made of text nodes, never of markup that was received.

const PHONE = /\+?\d[\d\- ()]{6,}\d/;
const MAIL = /^[^\s@<>?&]+@[^\s@<>?&]+$/;
const FIGURE =
  /(?:(?:明治|大正|昭和|平成|令和)[ \u3000]*(?:元|[\d０-９]{1,2})|[\d０-９][\d０-９,，.．]*)[ \u3000]*[\u4E00-\u9FFF%％]{0,2}/g;

/**
 * Make an element with attributes, listeners and children; a string becomes a text node.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string | boolean | ((event: Event) => void)>} attributes a function listens to the event
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

/**
 * Make a button that does something.
 * @param {string} label
 * @param {(event: Event) => void} click
 * @param {Record<string, string | boolean>} attributes
 */
export function makeButton(label, click, attributes = {}) {
  return make("button", { type: "button", ...attributes, click }, label);
}

/**
 * Return a text's parts, each figure and date kept with its unit on one line.
 * @param {string} text
 * @returns {(Node | string)[]}
 */
export function withFigures(text) {
  /** @type {(Node | string)[]} */
  const parts = [];
  let at = 0;
  for (const figure of text.matchAll(FIGURE)) {
    parts.push(text.slice(at, figure.index), make("span", { class: "figure" }, figure[0]));
    at = figure.index + figure[0].length;
  }
  return [...parts, text.slice(at)].filter((part) => part !== "");
}

/**
 * Make a telephone number that can be called, where it is one.
 * @param {string} phone
 */
export function phoneLink(phone) {
  const digits = PHONE.exec(phone.normalize("NFKC"))?.[0].replace(/[^+\d]/g, "");
  return digits ? make("a", { href: `tel:${digits}` }, phone) : phone;
}

/**
 * Make a mail address that can be written to, where it is one.
 * @param {string} email
 */
export function mailLink(email) {
  return MAIL.test(email) ? make("a", { href: `mailto:${email}` }, email) : email;
}

/**
 * Return an address of the service, or null for any other.
 * @param {string} url
 * @param {string} endpoint
 */
export function ownAddress(url, endpoint) {
  try {
    const address = new URL(url, `${endpoint}/`);
    return url && address.origin === new URL(endpoint).origin ? address.href : null;
  } catch {
    return null;
  }
}
