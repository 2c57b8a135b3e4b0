// One turn as it is shown: the question, the answer with its sources and cards, and what can be done with it.

import { makeActions, makeRating } from "./actions.js";
import { makeCard, makeContact } from "./cards.js";
import { makeCitation, makeSources, withMarkers } from "./citations.js";
import { failed } from "./client.js";
import { make, makeButton } from "./dom.js";
import { HEADINGS, sentencesOf } from "./spoken.js";
import { openTerms } from "./terms.js";

const MOST_SUGGESTIONS = 2;

/**
 * Make what is shown of a turn.
 * @param {Turn} turn
 * @param {Context} context
 */
export function makeTurn(turn, context) {
  const heading = make("h3", { tabindex: "-1" }, context.t("asked"));
  const reply = make("div", { class: "reply" });
  const article = make(
    "article",
    { class: "turn" },
    heading,
    make("p", { class: "asked" }, turn.question),
    reply,
  );
  fillReply(reply, turn, context);
  return { article, heading, reply };
}

/**
 * Show what is there of a turn's answer.
 * @param {HTMLElement} reply
 * @param {Turn} turn
 * @param {Context} context
 */
export function fillReply(reply, turn, context) {
  const { t } = context;
  const status = turn.answer?.status ?? "";
  const heading = make("h3", { class: "label" }, t(HEADINGS.includes(status) ? status : "answer"));
  if (turn.answer) {
    reply.replaceChildren(heading, ...makeAnswer(turn, turn.answer, context));
  } else if (turn.failure) {
    reply.replaceChildren(heading, ...makeFailure(turn, turn.failure, context));
  } else {
    reply.replaceChildren(heading, make("p", { class: "text streaming" }, turn.partial || t("working")));
  }
}

/**
 * @param {Turn} turn
 * @param {Failure} failure
 * @param {Context} context
 */
function makeFailure(turn, failure, context) {
  const { t, introduction } = context;
  /** @type {HTMLElement[]} */
  const parts = [];
  if (turn.partial) {
    parts.push(
      make("p", { class: "text" }, turn.partial),
      make("p", { class: "cut" }, `（${t("partial")}）`),
    );
  }
  const again = makeButton(t("again"), () => context.again(turn), { class: "secondary again" });
  const said = sentencesOf(failure, t).map((sentence) => make("p", {}, sentence));
  parts.push(make("div", { class: "failure" }, ...said, again));
  if (failure.kind === "stopped") return parts;
  const contacts = failure.contacts.length > 0 ? failure.contacts : introduction.contacts;
  return [...parts, ...contacts.map((contact) => makeContact(contact, context))];
}

/**
 * Say before anyone asks that the service is paused, and whom to call.
 * @param {string} said
 * @param {Context} context
 */
export function makePause(said, context) {
  const sentences = sentencesOf({ ...failed("paused"), said }, context.t);
  return [
    make("div", { class: "failure" }, ...sentences.map((sentence) => make("p", {}, sentence))),
    ...context.introduction.contacts.map((contact) => makeContact(contact, context)),
  ];
}

/**
 * @param {Turn} turn
 * @param {Answer} answer
 * @param {Context} context
 */
function makeAnswer(turn, answer, context) {
  const { t } = context;
  const cited = new Map(
    answer.citations.map((citation) => [citation.number, makeCitation(citation, context)]),
  );
  const lang = languageOf(answer);
  const text = make("div", { class: "text", lang });
  for (const line of answer.text.split("\n").filter(Boolean))
    text.append(make("p", {}, ...withMarkers(line, cited, t)));
  if (["ja", "easy"].includes(answer.language)) openTerms(text, context);
  /** @type {(Node | string)[]} */
  const parts = [text, ...answer.notices.map((notice) => make("p", { class: "small", lang }, notice))];
  for (const card of answer.cards) parts.push(makeCard(card, context) ?? "");
  if (cited.size > 0) parts.push(...makeSources(answer, [...cited.values()], context));
  if (answer.contact) parts.push(makeContact(answer.contact, context));
  parts.push(makeActions(turn, answer, context));
  if (answer.status === "answered") parts.push(makeRating(turn, answer, context));
  if (answer.suggestions.length > 0) parts.push(makeSuggestions(answer, context));
  return parts.filter((part) => part !== "");
}

/** @param {Answer} answer */
function languageOf({ language }) {
  return language === "easy" ? "ja" : language;
}

/**
 * @param {Answer} answer
 * @param {Context} context
 */
function makeSuggestions(answer, { t, ask }) {
  const choice = answer.status === "clarify";
  const shown = choice ? answer.suggestions : answer.suggestions.slice(0, MOST_SUGGESTIONS);
  const items = shown.map((text) =>
    make(
      "li",
      {},
      makeButton(text, () => ask(text), { class: "secondary" }),
    ),
  );
  return make(
    "div",
    { class: "suggestions" },
    make("h4", {}, t(choice ? "choose" : "next")),
    make("ul", { class: "asks", role: "list", lang: languageOf(answer) }, ...items),
  );
}
