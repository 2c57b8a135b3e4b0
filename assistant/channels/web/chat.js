// The chat page: takes questions, keeps one conversation in memory, shows what comes back.

import { ask } from "./chat_client.js";
import { announcement, makeAnswer, makeFailure, makeTurn, makeWaiting } from "./chat_view.js";

const LONGEST_QUESTION = 1000;
const COUNT_FROM = LONGEST_QUESTION * 0.8;
const COUNT_PAUSE_MS = 1000;

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
function part(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`#${id} is missing`);
  return found;
}

const form = part("ask", HTMLFormElement);
const field = part("question", HTMLTextAreaElement);
const counter = part("counter", HTMLElement);
const fieldError = part("question-error", HTMLElement);
const send = part("send", HTMLButtonElement);
const stop = part("stop", HTMLButtonElement);
const talk = part("talk", HTMLElement);
const transcript = part("transcript", HTMLElement);
const status = part("status", HTMLElement);

/** @type {string | null} */
let conversationId = null;
/** @type {AbortController | null} */
let underWay = null;
let turns = 0;
let countTimer = 0;

/** @param {string} text */
function announce(text) {
  clearTimeout(countTimer);
  status.textContent = text;
}

/** @param {string} text */
function lengthOf(text) {
  return [...text.normalize("NFKC").trim()].length;
}

function municipality() {
  const chosen = new FormData(form).get("municipality");
  return typeof chosen === "string" && chosen !== "" ? chosen : null;
}

/** @param {boolean} busy */
function setBusy(busy) {
  const leaving = !busy && document.activeElement === stop;
  send.setAttribute("aria-disabled", String(busy));
  field.readOnly = busy;
  stop.hidden = !busy;
  transcript.setAttribute("aria-busy", String(busy));
  if (leaving) field.focus();
}

/** @param {string} message */
function setFieldError(message) {
  fieldError.textContent = message;
  fieldError.hidden = message === "";
  if (message) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}

/** Show how long the question is; say it aloud only when it gets near the limit. */
function count() {
  const length = lengthOf(field.value);
  const left = LONGEST_QUESTION - length;
  const near = length > COUNT_FROM;
  counter.textContent = near ? `${length} / ${LONGEST_QUESTION}文字` : `${LONGEST_QUESTION}文字まで`;
  counter.classList.toggle("over", left < 0);
  if (!fieldError.hidden && length > 0 && left >= 0) setFieldError("");
  clearTimeout(countTimer);
  if (!near) return;
  const spoken = left < 0 ? `${-left}文字多すぎます` : `あと${left}文字書けます`;
  countTimer = setTimeout(() => announce(spoken), COUNT_PAUSE_MS);
}

/** @param {string} question */
function faultOf(question) {
  const length = lengthOf(question);
  if (length === 0) return "知りたいことを書いてください。";
  const over = length - LONGEST_QUESTION;
  return over > 0 ? `質問は${LONGEST_QUESTION}文字までです。あと${over}文字けずってください。` : "";
}

/** Send what is written in the field; it is cleared only when the answer is there. */
async function submit() {
  if (waiting()) return;
  const written = field.value;
  const fault = faultOf(written);
  setFieldError(fault);
  if (fault) {
    field.focus();
    return;
  }
  const answered = await run(written.trim());
  if (answered && field.value === written) {
    field.value = "";
    count();
  }
}

/** Tell, and say, whether a question is still under way. */
function waiting() {
  if (underWay) announce("いま調べています。少しお待ちください");
  return underWay !== null;
}

/**
 * Ask a question in a turn of its own.
 * @param {string} question
 * @returns {Promise<boolean>} whether it was answered
 */
function run(question) {
  turns += 1;
  const turn = { number: turns, question, place: municipality(), ...makeTurn(question, turns) };
  transcript.append(turn.article);
  talk.hidden = false;
  return attempt(turn);
}

/**
 * Ask a turn's question, again after a failure too.
 * @param {{number: number, question: string, place: string | null} & ReturnType<typeof makeTurn>} turn
 * @returns {Promise<boolean>}
 */
async function attempt(turn) {
  const mine = new AbortController();
  underWay = mine;
  setBusy(true);
  turn.reply.replaceChildren(makeWaiting());
  turn.article.scrollIntoView({ block: "start" });
  announce("調べています");
  const request = { question: turn.question, municipality: turn.place, conversation_id: conversationId };
  const result = await ask(request, mine.signal);
  if (underWay !== mine) return false;
  underWay = null;
  setBusy(false);
  if ("answer" in result) {
    conversationId = result.answer.conversationId ?? conversationId;
    turn.reply.replaceChildren(...makeAnswer(result.answer, turn.number));
    announce(announcement(result.answer));
  } else {
    if (result.failure.forget) conversationId = null;
    turn.reply.replaceChildren(...makeFailure(result.failure, () => retry(turn)));
    announce(result.failure.sentence);
  }
  turn.article.scrollIntoView({ block: "start" });
  return "answer" in result;
}

/** @param {Parameters<typeof attempt>[0]} turn */
async function retry(turn) {
  if (waiting()) return;
  turn.heading.focus();
  const answered = await attempt(turn);
  if (answered && field.value.trim() === turn.question) {
    field.value = "";
    count();
  }
}

function clear() {
  if (!confirm("ここまでの質問と回答を消しますか？")) return;
  underWay?.abort();
  underWay = null;
  conversationId = null;
  setBusy(false);
  transcript.replaceChildren();
  talk.hidden = true;
  announce("会話を消しました");
  field.focus();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void submit();
});

field.addEventListener("input", count);

field.addEventListener("keydown", (event) => {
  // Safari ends a composition before the key that ended it arrives, with the old key code 229.
  const composing = event.isComposing || event.keyCode === 229;
  if (event.key !== "Enter" || event.shiftKey || composing) return;
  event.preventDefault();
  void submit();
});

stop.addEventListener("click", () => underWay?.abort());
part("clear", HTMLButtonElement).addEventListener("click", clear);

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const question = target?.closest("[data-ask]")?.getAttribute("data-ask");
  if (question && !waiting()) void run(question);
  const marker = target?.closest("a.marker");
  const place = marker && document.getElementById(marker.getAttribute("href")?.slice(1) ?? "");
  if (place) {
    event.preventDefault();
    place.focus();
  }
});

part("ask-section", HTMLElement).hidden = false;
count();
