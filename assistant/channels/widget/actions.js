// What can be done with an answer: copied, printed, linked to, read aloud, rated.

import { rate } from "./client.js";
import { make, makeButton } from "./dom.js";
import { canSpeak, hush, speak } from "./speech.js";
import { spokenAnswer } from "./spoken.js";

const REASONS = { wrong: "誤り", old: "古い", beside: "的外れ", lacking: "足りない" };

/**
 * @param {Turn} turn
 * @param {Answer} answer
 * @param {Context} context
 */
export function makeActions(turn, answer, context) {
  const { t } = context;
  const actions = make("div", { class: "actions" });
  actions.append(makeButton(t("copy"), () => void copy(turn, answer, context)));
  actions.append(
    makeButton(t("print"), (event) => {
      const article = event.target instanceof Element && event.target.closest("article");
      if (article) context.print(article);
    }),
  );
  actions.append(
    make(
      "a",
      { class: "button", href: linkOf(turn, context), target: "_blank", rel: "noopener" },
      t("link"),
      make("span", { class: "hidden" }, t("tab")),
    ),
  );
  if (canSpeak()) actions.append(makeReader(answer, t));
  return actions;
}

/**
 * @param {Answer} answer
 * @param {Context["t"]} t
 */
function makeReader(answer, t) {
  const toggle = () => {
    const speaking = button.getAttribute("aria-pressed") === "true";
    button.setAttribute("aria-pressed", String(!speaking));
    button.textContent = t(speaking ? "read" : "stop_reading");
    if (speaking) hush();
    else speak(spokenAnswer(answer, t), answer.language, ended);
  };
  const ended = () => {
    button.setAttribute("aria-pressed", "false");
    button.textContent = t("read");
  };
  const button = makeButton(t("read"), toggle, { "aria-pressed": "false" });
  return button;
}

/**
 * Return the address at which anyone is given the answer to a question.
 * @param {Turn} turn
 * @param {Context} context
 */
function linkOf(turn, { endpoint, municipality }) {
  const query = new URLSearchParams({ ...(municipality && { municipality }), question: turn.question });
  return `${endpoint}/ask?${query}`;
}

/**
 * @param {Turn} turn
 * @param {Answer} answer
 * @param {Context} context
 */
async function copy(turn, answer, { t, announce, endpoint, municipality }) {
  const sources = answer.citations.map(
    (c) => `[${c.number}] ${[c.title, ...c.section].join(" ＞ ")} ${new URL(c.url, endpoint).href}`,
  );
  const context = /** @type {Context} */ ({ endpoint, municipality });
  const text = [turn.question, "", answer.text, "", ...sources, linkOf(turn, context)].join("\n");
  try {
    await navigator.clipboard.writeText(text);
    announce(t("copied"));
  } catch {
    announce(t("not_copied"));
  }
}

/**
 * Make the two buttons that rate an answer, and the reasons that the second one asks for.
 * @param {Turn} turn
 * @param {Answer} answer
 * @param {Context} context
 */
export function makeRating(turn, answer, { t, endpoint, announce }) {
  const send = async (/** @type {string} */ rating, /** @type {string | null} */ reason) => {
    turn.rated = rating;
    up.setAttribute("aria-pressed", String(rating === "up"));
    down.setAttribute("aria-pressed", String(rating === "down"));
    why.hidden = rating === "up";
    const arrived = await rate(endpoint, { message_id: answer.messageId, rating, reason });
    announce(t(arrived ? "thanks" : "not_sent"));
  };
  const up = makeButton(t("helped"), () => void send("up", null), {
    "aria-pressed": String(turn.rated === "up"),
  });
  const down = makeButton(t("not_helped"), () => void send("down", null), {
    "aria-pressed": String(turn.rated === "down"),
  });
  const reasons = Object.entries(REASONS).map(([name, reason]) =>
    makeButton(
      t(name),
      (event) => {
        for (const other of why.querySelectorAll("button")) {
          other.setAttribute("aria-pressed", String(other === event.target));
        }
        void send("down", reason);
      },
      { "aria-pressed": "false" },
    ),
  );
  const why = make(
    "div",
    { class: "actions", role: "group", "aria-label": t("why"), hidden: true },
    make("p", {}, t("why")),
    ...reasons,
  );
  return make("div", { class: "rating" }, make("div", { class: "actions" }, up, down), why);
}
