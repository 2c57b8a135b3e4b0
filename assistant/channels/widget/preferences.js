// What a person chose, and, only if asked, the conversation of this tab. Storage may be missing or closed.

const CHOSEN = "plan-assistant:preferences";
const KEPT = "plan-assistant:conversation";

export const LANGUAGES = { ja: "日本語", easy: "やさしい日本語", en: "English", zh: "中文" };
export const SIZES = ["1", "2", "3"];
export const THEMES = ["auto", "light", "dark", "contrast"];

/**
 * Return the preferences, those that were not chosen as they are at first.
 * @param {string} language
 * @returns {Preferences}
 */
export function preferencesOf(language) {
  const chosen = stored(() => localStorage, CHOSEN);
  return {
    language:
      oneOf(chosen.language, Object.keys(LANGUAGES)) ?? oneOf(language, Object.keys(LANGUAGES)) ?? "ja",
    size: oneOf(chosen.size, SIZES) ?? "1",
    theme: oneOf(chosen.theme, THEMES) ?? "auto",
    furigana: typeof chosen.furigana === "boolean" ? chosen.furigana : null,
    keep: chosen.keep === true,
    seen: chosen.seen === true,
  };
}

/**
 * Tell whether readings are shown: as was chosen, else where the language is the easy one.
 * @param {Preferences} preferences
 */
export function showsFurigana({ furigana, language }) {
  return furigana ?? language === "easy";
}

/** @param {Preferences} preferences */
export function storePreferences(preferences) {
  store(() => localStorage, CHOSEN, preferences);
}

/**
 * Return the conversation that was kept in this tab for a municipality.
 * @param {string | null} municipality
 */
export function keptConversation(municipality) {
  return stored(() => sessionStorage, `${KEPT}:${municipality ?? ""}`);
}

/**
 * Keep a conversation in this tab, or nothing.
 * @param {string | null} municipality
 * @param {unknown} conversation
 */
export function keepConversation(municipality, conversation) {
  store(() => sessionStorage, `${KEPT}:${municipality ?? ""}`, conversation);
}

/**
 * @param {unknown} value
 * @param {string[]} known
 */
function oneOf(value, known) {
  return typeof value === "string" && known.includes(value) ? value : null;
}

/**
 * @param {() => Storage} place
 * @param {string} name
 * @returns {Record<string, unknown>}
 */
function stored(place, name) {
  try {
    const value = JSON.parse(place().getItem(name) ?? "null");
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

/**
 * @param {() => Storage} place
 * @param {string} name
 * @param {unknown} value null takes away what is there
 */
function store(place, name, value) {
  try {
    if (value === null) place().removeItem(name);
    else place().setItem(name, JSON.stringify(value));
  } catch {
    // Storage that is full or closed: what was chosen holds until the page is left.
  }
}
