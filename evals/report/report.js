// The report: narrows the failed questions down and says how many are left. Without it all of them are shown.

const WAIT_FOR_TYPING = 250;

const form = document.getElementById("filters");
const count = document.getElementById("count");
const cases = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("#cases > .case")]);

/** @type {Map<HTMLElement, string>} */
const texts = new Map();

/**
 * Return a text as it is compared: full-width and half-width forms and capitals alike.
 * @param {string} text
 */
function folded(text) {
  return text.normalize("NFKC").toLowerCase();
}

/**
 * Return all that a case says, as it is compared.
 * @param {HTMLElement} element
 */
function textOf(element) {
  const known = texts.get(element) ?? folded(element.textContent ?? "");
  texts.set(element, known);
  return known;
}

/**
 * Show the cases that have every chosen value and every word, and say how many they are.
 * @param {HTMLFormElement} chosen
 * @param {HTMLElement} told
 */
function narrow(chosen, told) {
  const selects = [...chosen.querySelectorAll("select")].filter((select) => select.value !== "");
  const words = folded(chosen.querySelector("input")?.value ?? "").split(/\s+/u).filter(Boolean);
  let left = 0;
  for (const element of cases) {
    const fits =
      selects.every((s) => (element.getAttribute(`data-${s.dataset.field}`) ?? "").split("\n").includes(s.value)) &&
      words.every((word) => textOf(element).includes(word));
    element.hidden = !fits;
    left += fits ? 1 : 0;
  }
  const all = `${cases.length}件`;
  told.textContent = left === cases.length ? `${all}すべてを表示しています。` : `${all}のうち${left}件を表示しています。`;
}

if (form instanceof HTMLFormElement && count) {
  let waiting = 0;
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => narrow(form, count), WAIT_FOR_TYPING);
  };
  form.hidden = false;
  form.addEventListener("input", soon);
  form.addEventListener("reset", soon);
  form.addEventListener("submit", (event) => event.preventDefault());
  // A link leads to its question also where a filter has put it out of sight.
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[href^="#q-"]') : null;
    const target = link && document.getElementById(link.getAttribute("href")?.slice(1) ?? "");
    if (!target?.hidden) return;
    form.reset();
    narrow(form, count);
  });
  narrow(form, count);
}
