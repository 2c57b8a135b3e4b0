// The custom element: one conversation, shown by the panel, kept in memory.

import { fillReply, makePause, makeTurn } from "./answer.js";
import { askService, failed, introduce } from "./client.js";
import { make } from "./dom.js";
import { composing } from "./form.js";
import { keepFurigana } from "./furigana.js";
import { makePanel } from "./panel.js";
import {
  keepConversation,
  keptConversation,
  preferencesOf,
  showsFurigana,
  storePreferences,
} from "./preferences.js";
import { printOnly } from "./print.js";
import { answerFrom, listOf, recordOf, textOf } from "./shapes.js";
import { hush } from "./speech.js";
import { spokenAnswer, spokenFailure } from "./spoken.js";

// A view so narrow or low, a phone's or one enlarged to 400 %, is filled.
const SMALL = "(max-width: 30em), (max-height: 30em)";
const LOW = "(max-height: 30em)";
const LARGEST = "3";
const DARK = "(prefers-color-scheme: dark)";
const CONTRAST = "(prefers-contrast: more)";
const OPENED = "plan-assistant:opened";

export class PlanAssistant extends HTMLElement {
  #shadow = this.attachShadow({ mode: "open" });
  #root = make("div", { class: "plan-root root" });
  #status = make("p", { class: "hidden", role: "status", "aria-live": "polite" });
  /** @type {Turn[]} */
  #turns = [];
  /** @type {Map<Turn, ReturnType<typeof makeTurn>>} */
  #shown = new Map();
  /** @type {string | null} */
  #conversation = null;
  /** @type {AbortController | null} */
  #underWay = null;
  /** @type {Introduction} */
  #introduction = { names: [], contacts: [], questions: [], terms: [], paused: null };
  #preferences = preferencesOf("ja");
  #panel = makePanel({ t: (name) => name, preferences: this.#preferences }, this.#handlers());
  /** @type {HTMLElement[]} */
  #inert = [];
  #leaving = new AbortController();
  #title = "";
  #endFurigana = () => {};

  /** Build the widget where the element enters the page. */
  connectedCallback() {
    this.#leaving = new AbortController();
    this.#preferences = preferencesOf(
      this.getAttribute("language") || document.documentElement.lang.slice(0, 2),
    );
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    this.#shadow.adoptedStyleSheets = [sheet];
    this.#shadow.replaceChildren(this.#root);
    this.#root.style.setProperty("--stack", String(this.#before()));
    this.#root.dataset.position = this.getAttribute("position") === "bottom-left" ? "left" : "right";
    this.#restore();
    this.#render();
    this.#listen();
    void this.#introduce();
    if (this.hasAttribute("open")) this.#open();
  }

  /** Let go of the page. */
  disconnectedCallback() {
    this.#leaving.abort();
    this.#endFurigana();
    this.#underWay?.abort();
    this.#setModal(false);
    hush();
  }

  get #endpoint() {
    return this.getAttribute("endpoint") || location.origin;
  }

  get #municipality() {
    return this.getAttribute("municipality") || null;
  }

  /** Count the widgets before this one in the page at the same corner: each stands above the last. */
  #before() {
    const all = [...document.querySelectorAll(this.localName)];
    const corner = this.getAttribute("position");
    return all.slice(0, all.indexOf(this)).filter((other) => other.getAttribute("position") === corner)
      .length;
  }

  /**
   * Return a text of the interface, in the language chosen.
   * @param {string} name
   * @param {Record<string, string | number>} values
   */
  #t = (name, values = {}) => {
    const { language } = this.#preferences;
    const text = MESSAGES[language]?.[name] ?? MESSAGES.ja[name] ?? name;
    return text.replace(/\{(\w+)\}/g, (all, key) => String(values[key] ?? all));
  };

  /** @returns {Context} */
  #context() {
    return {
      t: this.#t,
      endpoint: this.#endpoint,
      municipality: this.#municipality,
      introduction: this.#introduction,
      announce: this.#announce,
      ask: (question) => void this.#ask(question),
      again: (turn) => void this.#again(turn),
      print: (article) => printOnly(this, article, this.#title, this.#t),
    };
  }

  /** @returns {import("./panel.js").Handlers} */
  #handlers() {
    return {
      toggle: () => (this.#panel.isOpen() ? this.#close() : this.#open()),
      close: () => this.#close(),
      clear: () => this.#clear(),
      send: (question) => void this.#send(question),
      stop: () => this.#underWay?.abort(),
      prefer: (changed) => this.#prefer(changed),
      ask: (question) => void this.#ask(question),
      announce: (text) => this.#announce(text),
    };
  }

  /** Show everything anew, in the language chosen, from the data there are. */
  #render() {
    const { language } = this.#preferences;
    const [open, written] = [this.#panel.isOpen(), this.#panel.form.field.value];
    this.#panel = makePanel({ t: this.#t, preferences: this.#preferences }, this.#handlers());
    this.#present();
    this.#root.lang = language === "easy" ? "ja" : language;
    this.#root.replaceChildren(this.#panel.launcher, this.#panel.dialog, this.#status);
    this.#shown.clear();
    for (const turn of this.#turns) this.#show(turn);
    this.#panel.form.setText(written);
    this.#panel.form.setBusy(this.#underWay !== null);
    this.#panel.dialog.hidden = !open;
    this.#panel.launcher.setAttribute("aria-expanded", String(open));
    this.#dress();
    this.#read();
  }

  /** Give the chosen size and colours, and what the system asks for where nothing was chosen. */
  #dress() {
    const { size, theme } = this.#preferences;
    const wished = matchMedia(CONTRAST).matches ? "contrast" : matchMedia(DARK).matches ? "dark" : "light";
    this.#root.dataset.theme = theme === "auto" ? wished : theme;
    this.#root.dataset.size = size;
    const small = matchMedia(SMALL).matches;
    this.#root.classList.toggle("full", small);
    this.#root.classList.toggle("flow", small && (size === LARGEST || matchMedia(LOW).matches));
    this.#setModal(small && this.#panel.isOpen());
  }

  #read() {
    this.#endFurigana();
    const shown = showsFurigana(this.#preferences);
    this.#root.classList.toggle("readings", shown);
    this.#endFurigana = shown ? keepFurigana(this.#root, this.#endpoint) : () => {};
  }

  #listen() {
    const { signal } = this.#leaving;
    for (const query of [SMALL, LOW, DARK, CONTRAST])
      matchMedia(query).addEventListener("change", () => this.#dress(), { signal });
    this.#root.addEventListener("keydown", (event) => this.#keydown(event), { signal });
    document.addEventListener(
      OPENED,
      (event) => event.target !== this && this.#panel.isOpen() && this.#close(false),
      { signal },
    );
    const view = window.visualViewport;
    view?.addEventListener("resize", () => this.#root.style.setProperty("--height", `${view.height}px`), {
      signal,
    });
  }

  /** @param {KeyboardEvent} event */
  #keydown(event) {
    if (event.key !== "Escape" || composing(event) || !this.#panel.isOpen()) return;
    event.stopPropagation();
    this.#close();
  }

  async #introduce() {
    const introduction = await introduce(this.#endpoint, this.#municipality);
    if (introduction.names.length === 0) return;
    this.#introduction = introduction;
    this.#present();
    if (this.#panel.transcript.contains(this.#shadow.activeElement)) return;
    for (const [turn, { reply }] of this.#shown) if (turn.answer) fillReply(reply, turn, this.#context());
  }

  /** Show whose plan this is about, and the questions to begin with. */
  #present() {
    const names = this.#introduction.names.join("・");
    const title = names ? this.#t("title", { name: names }) : this.#t("launch");
    const japanese = ["ja", "easy"].includes(this.#preferences.language);
    const translated = ["example_1", "example_2", "example_3"].map((name) => this.#t(name));
    const questions = japanese ? this.#introduction.questions : translated;
    const { paused } = this.#introduction;
    this.#title = this.getAttribute("heading") || title;
    this.#panel.introduce(
      this.#title,
      paused ? [] : questions,
      paused ? makePause(paused, this.#context()) : [],
    );
  }

  #open() {
    this.dispatchEvent(new CustomEvent(OPENED, { bubbles: true }));
    this.#panel.dialog.hidden = false;
    this.#panel.launcher.setAttribute("aria-expanded", "true");
    this.#dress();
    // On a phone the field would bring up the keyboard over the notice.
    (matchMedia(SMALL).matches ? this.#panel.heading : this.#panel.form.field).focus();
    if (this.#introduction.names.length === 0 || this.#introduction.paused) void this.#introduce();
  }

  #close(returning = true) {
    this.#panel.dialog.hidden = true;
    this.#panel.launcher.setAttribute("aria-expanded", "false");
    this.#setModal(false);
    hush();
    if (returning) this.#panel.launcher.focus();
  }

  /**
   * Make the rest of the page out of reach while the dialog fills the view, and no longer.
   * @param {boolean} modal
   */
  #setModal(modal) {
    for (const element of this.#inert) element.inert = false;
    const others = [...document.body.children].filter(
      (element) => element !== this && element instanceof HTMLElement && !element.inert,
    );
    this.#inert = modal ? /** @type {HTMLElement[]} */ (others) : [];
    for (const element of this.#inert) element.inert = true;
    if (modal) this.#panel.dialog.setAttribute("aria-modal", "true");
    else this.#panel.dialog.removeAttribute("aria-modal");
  }

  /** @param {Partial<Preferences>} changed */
  #prefer(changed) {
    this.#preferences = { ...this.#preferences, ...changed };
    storePreferences(this.#preferences);
    if ("seen" in changed) {
      this.#panel.notice.hidden = true;
      this.#panel.form.field.focus();
    } else if ("language" in changed || "furigana" in changed) {
      this.#render();
      this.#panel.settings.show(true);
      const chosen = "language" in changed ? "[name=language]:checked" : ".switch input";
      /** @type {HTMLElement | null} */ (this.#panel.settings.group.querySelector(chosen))?.focus();
    } else {
      this.#dress();
    }
    this.#keep();
  }

  /** @param {string} text */
  #announce = (text) => {
    this.#status.textContent = text;
  };

  /**
   * Ask what is written in the field; it is cleared only when the answer is there.
   * @param {string} question
   */
  async #send(question) {
    if (!(await this.#ask(question))) return;
    if (this.#panel.form.field.value.trim() === question) this.#panel.form.setText("");
  }

  /**
   * Ask a question in a turn of its own; tell whether it was answered.
   * @param {string} question
   */
  async #ask(question) {
    if (this.#underWay) return this.#announce(this.#t("already"));
    /** @type {Turn} */
    const turn = { question, partial: "", answer: null, failure: null, rated: null };
    this.#turns.push(turn);
    this.#show(turn);
    return this.#attempt(turn);
  }

  /** @param {Turn} turn */
  async #again(turn) {
    if (this.#underWay) return this.#announce(this.#t("already"));
    this.#shown.get(turn)?.heading.focus();
    const answered = await this.#attempt(turn);
    if (answered && this.#panel.form.field.value.trim() === turn.question) this.#panel.form.setText("");
  }

  /** @param {Turn} turn */
  #show(turn) {
    const shown = makeTurn(turn, this.#context());
    this.#shown.set(turn, shown);
    this.#panel.turns.append(shown.article);
  }

  /**
   * Ask a turn's question and show what comes; tell whether it was answered.
   * @param {Turn} turn
   */
  async #attempt(turn) {
    const mine = new AbortController();
    this.#underWay = mine;
    Object.assign(turn, { partial: "", answer: null, failure: null });
    this.#panel.form.setBusy(true);
    this.#fill(turn);
    this.#announce(this.#t("working"));
    const result = navigator.onLine
      ? await askService(this.#endpoint, this.#request(turn), mine.signal, {
          delta: (text) => this.#grow(turn, text),
        })
      : { failure: failed("offline") };
    if (this.#underWay !== mine) return false;
    this.#underWay = null;
    this.#panel.form.setBusy(false);
    this.#settle(turn, result);
    this.#fill(turn);
    this.#keep();
    return turn.answer !== null;
  }

  /**
   * Keep what came of a turn, and say it once.
   * @param {Turn} turn
   * @param {import("./client.js").Result} result
   */
  #settle(turn, result) {
    if ("answer" in result) {
      turn.answer = result.answer;
      this.#conversation = result.answer.conversationId ?? this.#conversation;
      this.#announce(spokenAnswer(result.answer, this.#t));
    } else {
      turn.failure = result.failure;
      if (result.failure.forget) this.#conversation = null;
      this.#announce(spokenFailure(result.failure, this.#t));
    }
  }

  /** @param {Turn} turn */
  #request(turn) {
    const { language } = this.#preferences;
    // In Japanese the question's own language decides; one that the service does not know is left to it too.
    const asked = language !== "ja" && LIMITS.languages.includes(language) ? language : null;
    return {
      question: turn.question,
      municipality: this.#municipality,
      conversation_id: this.#conversation,
      language: asked,
    };
  }

  /**
   * Show one more piece of an answer.
   * @param {Turn} turn
   * @param {string} text
   */
  #grow(turn, text) {
    turn.partial += text;
    const streaming = this.#shown.get(turn)?.reply.querySelector(".streaming");
    if (streaming) streaming.textContent = turn.partial;
  }

  /** @param {Turn} turn */
  #fill(turn) {
    const shown = this.#shown.get(turn);
    if (!shown) return;
    fillReply(shown.reply, turn, this.#context());
    const { dialog, transcript } = this.#panel;
    if (this.#root.classList.contains("flow")) dialog.scrollTop = transcript.offsetTop + shown.article.offsetTop;
    else transcript.scrollTop = shown.article.offsetTop;
  }

  #clear() {
    this.#underWay?.abort();
    this.#underWay = null;
    this.#conversation = null;
    this.#turns = [];
    this.#shown.clear();
    this.#panel.turns.replaceChildren();
    this.#panel.form.setBusy(false);
    hush();
    keepConversation(this.#municipality, null);
    this.#announce(this.#t("cleared"));
    this.#panel.form.field.focus();
  }

  /** Keep the conversation in this tab if that was asked for; else leave nothing of it. */
  #keep() {
    const finished = this.#turns.filter((turn) => turn.answer || turn.failure);
    const kept = this.#preferences.keep ? { conversation: this.#conversation, turns: finished } : null;
    keepConversation(this.#municipality, kept);
  }

  #restore() {
    if (!this.#preferences.keep || this.#turns.length > 0) return;
    const kept = keptConversation(this.#municipality);
    this.#conversation = textOf(kept.conversation);
    for (const value of listOf(kept.turns)) {
      const given = recordOf(value);
      const stored = recordOf(given.answer);
      const answer = answerFrom({
        ...stored,
        answer: stored.text,
        conversation_id: null,
        message_id: stored.messageId,
      });
      const question = textOf(given.question);
      if (question && answer)
        this.#turns.push({ question, partial: "", answer, failure: null, rated: textOf(given.rated) });
    }
  }
}
