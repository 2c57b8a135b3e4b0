// The launcher and the dialog: what stands around the turns.

import { make, makeButton } from "./dom.js";
import { makeForm } from "./form.js";
import { LANGUAGES, SIZES, THEMES, showsFurigana } from "./preferences.js";

/**
 * What the panel tells the element.
 * @typedef {object} Handlers
 * @property {() => void} toggle
 * @property {() => void} close
 * @property {() => void} clear
 * @property {(question: string) => void} send
 * @property {() => void} stop
 * @property {(changed: Partial<Preferences>) => void} prefer
 * @property {(question: string) => void} ask
 * @property {(text: string) => void} announce
 */

/** @typedef {ReturnType<typeof makePanel>} Panel */

/**
 * Make the launcher and the dialog.
 * @param {{t: Context["t"], preferences: Preferences}} shown
 * @param {Handlers} handlers
 */
export function makePanel({ t, preferences }, handlers) {
  const launcher = makeButton(t("launch"), handlers.toggle, {
    class: "launcher",
    "aria-expanded": "false",
    "aria-controls": "panel",
  });
  const heading = make("h2", { id: "title", tabindex: "-1" });
  const close = makeButton(t("close"), handlers.close, { class: "close" });
  const settings = makeSettings(t, preferences, handlers.prefer);
  const turns = make("div", { class: "turns" });
  const notice = makeNotice(t, preferences, handlers.prefer);
  const examples = makeExamples(t);
  const pause = make("section", { class: "pause", hidden: true });
  const transcript = make(
    "div",
    { class: "transcript", role: "region", tabindex: "0", "aria-label": t("transcript") },
    pause,
    notice,
    examples.element,
    turns,
  );
  const form = makeForm(t, handlers);
  const dialog = make(
    "div",
    { id: "panel", class: "panel", role: "dialog", "aria-labelledby": "title", hidden: true },
    make("div", { class: "head" }, heading, close),
    make(
      "div",
      { class: "tools" },
      settings.toggle,
      makeButton(t("clear"), handlers.clear, { class: "plain" }),
    ),
    settings.group,
    transcript,
    form.element,
  );
  const isOpen = () => !dialog.hidden;
  // What the service tells comes later than the panel: nothing that may have the focus is made anew.
  const introduce = (
    /** @type {string} */ title,
    /** @type {string[]} */ questions,
    /** @type {HTMLElement[]} */ paused,
  ) => {
    heading.textContent = title;
    examples.offer(questions, handlers.ask);
    pause.replaceChildren(...paused);
    pause.hidden = paused.length === 0;
  };
  return { isOpen, introduce, launcher, dialog, heading, transcript, turns, notice, settings, form };
}

/**
 * Make the notice of the first opening: what this is, no personal data, may be wrong.
 * @param {Context["t"]} t
 * @param {Preferences} preferences
 * @param {Handlers["prefer"]} prefer
 */
function makeNotice(t, preferences, prefer) {
  const points = ["notice_what", "notice_privacy", "notice_wrong"].map((name) => make("li", {}, t(name)));
  const understood = makeButton(t("understood"), () => prefer({ seen: true }), { class: "secondary" });
  return make(
    "section",
    { class: "notice", hidden: preferences.seen },
    make("h3", {}, t("notice")),
    make("ul", {}, ...points),
    understood,
  );
}

/**
 * Make room for suggested questions, which is hidden while there are none.
 * @param {Context["t"]} t
 */
function makeExamples(t) {
  const list = make("ul", { class: "asks", role: "list" });
  const element = make("section", { class: "examples", hidden: true }, make("h3", {}, t("examples")), list);
  const offer = (/** @type {string[]} */ questions, /** @type {Handlers["ask"]} */ ask) => {
    const buttons = questions.map((text) => makeButton(text, () => ask(text), { class: "secondary" }));
    list.replaceChildren(...buttons.map((button) => make("li", {}, button)));
    element.hidden = questions.length === 0;
  };
  return { element, offer };
}

/**
 * Make the settings and the button that shows them.
 * @param {Context["t"]} t
 * @param {Preferences} preferences
 * @param {Handlers["prefer"]} prefer
 */
function makeSettings(t, preferences, prefer) {
  const languages = Object.entries(LANGUAGES).map(([value, label]) => ({
    value,
    label,
    lang: value === "easy" ? "ja" : value,
  }));
  const group = make(
    "div",
    { id: "settings", class: "settings", hidden: true },
    makeChoice(
      "size",
      t("size"),
      SIZES.map((value) => ({ value, label: t(`size_${value}`) })),
      preferences.size,
      (size) => prefer({ size }),
    ),
    makeChoice(
      "theme",
      t("theme"),
      THEMES.map((value) => ({ value, label: t(`theme_${value}`) })),
      preferences.theme,
      (theme) => prefer({ theme }),
    ),
    makeChoice("language", t("language"), languages, preferences.language, (language) =>
      prefer({ language }),
    ),
    makeSwitch(t("furigana"), showsFurigana(preferences), (furigana) => prefer({ furigana })),
    makeSwitch(t("keep"), preferences.keep, (keep) => prefer({ keep })),
  );
  const show = (/** @type {boolean} */ shown) => {
    group.hidden = !shown;
    toggle.setAttribute("aria-expanded", String(shown));
  };
  const toggle = makeButton(t("settings"), () => show(group.hidden), {
    class: "plain",
    "aria-expanded": "false",
    "aria-controls": "settings",
  });
  return { group, toggle, show };
}

/**
 * @param {string} name
 * @param {string} legend
 * @param {{value: string, label: string, lang?: string}[]} options
 * @param {string} chosen
 * @param {(value: string) => void} choose
 */
function makeChoice(name, legend, options, chosen, choose) {
  const radios = options.map(({ value, label, lang }) =>
    make(
      "label",
      { ...(lang && { lang }) },
      make("input", { type: "radio", name, value, checked: value === chosen, change: () => choose(value) }),
      label,
    ),
  );
  return make("fieldset", {}, make("legend", {}, legend), ...radios);
}

/**
 * @param {string} label
 * @param {boolean} on
 * @param {(on: boolean) => void} turn
 */
function makeSwitch(label, on, turn) {
  const box = make("input", { type: "checkbox", checked: on, change: () => turn(box.checked) });
  return make("label", { class: "switch" }, box, label);
}
