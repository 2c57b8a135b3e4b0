// What came of a question as it is said in one go: announced, read aloud, told.

import { MARKER } from "./citations.js";

export const HEADINGS = ["clarify", "not_in_plan", "out_of_scope", "refused"];

/**
 * Say an answer in one go, as it is announced, read aloud and copied.
 * @param {Answer} answer
 * @param {Context["t"]} t
 */
export function spokenAnswer(answer, t) {
  const status = HEADINGS.includes(answer.status) ? `${t(answer.status)}。` : "";
  const sources = answer.citations.length > 0 ? ` ${t("source_count", { n: answer.citations.length })}` : "";
  const cited = new Set(answer.citations.map((citation) => citation.number));
  const text = answer.text.replace(MARKER, (marker, number) => (cited.has(Number(number)) ? "" : marker));
  return `${status}${text}${sources}`;
}

/**
 * Say a failure in plain words.
 * @param {Failure} failure
 * @param {Context["t"]} t
 */
export function spokenFailure(failure, t) {
  return sentencesOf(failure, t).join("");
}

/**
 * Return a failure's sentences: of a pause also what the city says of it, unless that is the same.
 * @param {Failure} failure
 * @param {Context["t"]} t
 */
export function sentencesOf(failure, t) {
  const plain = t(failure.kind, failure.values);
  if (failure.kind !== "paused") return [plain];
  return [...new Set([plain, failure.said ?? "", t("call")])].filter(Boolean);
}
