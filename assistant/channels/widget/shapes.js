// What the service sends, read with care: what is not as it should be is left out.

/**
 * Read a ChatResponse; null where the body is not one.
 * @param {unknown} body
 * @returns {Answer | null}
 */
export function answerFrom(body) {
  const given = recordOf(body);
  if (typeof given.answer !== "string" || typeof given.status !== "string") return null;
  return {
    conversationId: textOf(given.conversation_id),
    messageId: textOf(given.message_id) ?? "",
    status: given.status,
    language: textOf(given.language) ?? "ja",
    text: given.answer,
    citations: listOf(given.citations).map(citationFrom),
    cards: listOf(given.cards).map(recordOf),
    suggestions: textsOf(given.suggestions),
    contact: contactFrom(given.contact),
    engine: textOf(given.engine) ?? "",
    notices: textsOf(given.notices),
  };
}

/**
 * @param {unknown} value
 * @returns {Citation}
 */
function citationFrom(value) {
  const given = recordOf(value);
  return {
    number: Number(given.number),
    municipality: textOf(given.municipality) ?? "",
    title: textOf(given.title) ?? "",
    section: textsOf(given.section),
    page: typeof given.page === "number" ? given.page : null,
    quote: textOf(given.quote) ?? "",
    url: textOf(given.url) ?? "",
  };
}

/**
 * @param {unknown} value
 * @returns {Contact | null}
 */
function contactFrom(value) {
  const given = recordOf(value);
  const name = textOf(given.name);
  if (name === null) return null;
  return { name, phone: textsOf(given.phone), email: textOf(given.email), address: textOf(given.address) };
}

/** @param {unknown} value */
export function contactsFrom(value) {
  return listOf(value)
    .map(contactFrom)
    .filter((contact) => contact !== null);
}

/** @param {unknown} value */
export function termFrom(value) {
  const given = recordOf(value);
  return { term: textOf(given.term) ?? "", definition: textOf(given.definition) ?? "" };
}

/**
 * @param {unknown} value
 * @returns {Record<string, unknown>}
 */
export function recordOf(value) {
  return typeof value === "object" && value !== null ? /** @type {Record<string, unknown>} */ (value) : {};
}

/**
 * @param {unknown} value
 * @returns {unknown[]}
 */
export function listOf(value) {
  return Array.isArray(value) ? value : [];
}

/**
 * @param {unknown} value
 * @returns {string[]}
 */
export function textsOf(value) {
  return listOf(value).filter((item) => typeof item === "string");
}

/**
 * @param {unknown} value
 * @returns {string | null}
 */
export function textOf(value) {
  return typeof value === "string" && value !== "" ? value : null;
}
