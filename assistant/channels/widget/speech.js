// Reading an answer aloud, where the browser can.

const VOICES = /** @type {Record<string, string>} */ ({
  ja: "ja-JP",
  easy: "ja-JP",
  en: "en-US",
  zh: "zh-CN",
});

/** Tell whether there is a voice to be had. */
export function canSpeak() {
  return "speechSynthesis" in window && typeof SpeechSynthesisUtterance === "function";
}

/**
 * Read a text aloud in the place of any other; `ended` is called when that is over.
 * @param {string} text
 * @param {string} language
 * @param {() => void} ended
 */
export function speak(text, language, ended) {
  const said = new SpeechSynthesisUtterance(text);
  said.lang = VOICES[language] ?? "ja-JP";
  said.onend = ended;
  said.onerror = ended;
  speechSynthesis.cancel();
  speechSynthesis.speak(said);
}

/** Be silent. */
export function hush() {
  if (canSpeak()) speechSynthesis.cancel();
}
