// The form: the question's field with its counter, and the keys that send.

import { make, makeButton } from "./dom.js";

const COUNT_FROM = LIMITS.question * 0.8;
const COUNT_PAUSE_MS = 1000;

/**
 * Make the form: the question's field, its counter, 送る and 止める.
 * @param {Context["t"]} t
 * @param {import("./panel.js").Handlers} handlers
 */
export function makeForm(t, handlers) {
  const error = make("p", { id: "error", class: "error", hidden: true });
  const counter = make("p", { id: "counter", class: "small counter" });
  const field = make("textarea", {
    id: "question",
    rows: "2",
    autocomplete: "off",
    enterkeyhint: "send",
    "aria-describedby": "privacy counter error",
    input: count,
    keydown,
  });
  const send = make("button", { type: "submit", class: "primary" }, t("send"));
  const stop = makeButton(t("stop"), handlers.stop, { class: "secondary", hidden: true });
  const privacy = make("p", { id: "privacy", class: "small" }, t("privacy"));
  const keys = make("p", { class: "small keys" }, t("keys"));
  const element = make("form", { novalidate: true, submit: (event) => (event.preventDefault(), submit()) });
  element.append(
    make("label", { for: "question" }, t("question")),
    privacy,
    field,
    error,
    make("div", { class: "sending" }, send, stop, keys, counter),
  );
  let timer = 0;

  /** Show how long the question is; say it aloud only when it gets near the limit. */
  function count() {
    const n = lengthOf(field.value);
    const left = LIMITS.question - n;
    counter.textContent = n > COUNT_FROM ? t("count", { n, max: LIMITS.question }) : "";
    counter.classList.toggle("over", left < 0);
    if (!error.hidden && n > 0 && left >= 0) setError("");
    clearTimeout(timer);
    if (n <= COUNT_FROM) return;
    timer = setTimeout(
      () => handlers.announce(left < 0 ? t("over", { n: -left }) : t("left", { n: left })),
      COUNT_PAUSE_MS,
    );
  }

  /** @param {Event} event */
  function keydown(event) {
    if (!(event instanceof KeyboardEvent) || event.key !== "Enter" || event.shiftKey || composing(event))
      return;
    event.preventDefault();
    submit();
  }

  function submit() {
    if (field.readOnly) return handlers.announce(t("already"));
    const n = lengthOf(field.value);
    const over = n - LIMITS.question;
    setError(n === 0 ? t("empty") : over > 0 ? t("too_long", { max: LIMITS.question, n: over }) : "");
    if (error.hidden) handlers.send(field.value.trim());
    else field.focus();
  }

  /** @param {string} message */
  function setError(message) {
    error.textContent = message;
    error.hidden = message === "";
    if (message) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }

  /** @param {boolean} busy */
  function setBusy(busy) {
    const left = !busy && stop.matches(":focus");
    send.setAttribute("aria-disabled", String(busy));
    field.readOnly = busy;
    stop.hidden = !busy;
    if (left) field.focus();
  }

  /** @param {string} text */
  function setText(text) {
    field.value = text;
    clearTimeout(timer);
    count();
  }

  return { element, field, setBusy, setText };
}

/** @param {string} text */
function lengthOf(text) {
  return [...text.normalize("NFKC").trim()].length;
}

/**
 * Tell whether a key belongs to an input method: Safari ends a composition before the key that ended it
 * arrives, with the old key code 229.
 * @param {KeyboardEvent} event
 */
export function composing(event) {
  return event.isComposing || event.keyCode === 229;
}
