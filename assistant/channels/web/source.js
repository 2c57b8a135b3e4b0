// The source page: marks the passage that the address names, #c{start}-{end} in Unicode code points.

const CITATION = /^#c(\d{1,9})-(\d{1,9})$/;
const WIDE = "(min-width: 64rem)";
const SHARE_OF_VIEW = 0.8;

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

const bar = part("citation-bar", HTMLElement);
const button = part("to-citation", HTMLButtonElement);
const report = part("citation-status", HTMLElement);

/** @type {HTMLElement[]} */
const runs = [...part("text", HTMLElement).querySelectorAll("[data-start]")].filter((e) => e instanceof HTMLElement);

/** @type {HTMLElement[]} */
let marks = [];

/**
 * Read a half-open range out of an address's fragment, or null.
 * @param {string} hash
 * @returns {{start: number, end: number} | null}
 */
export function rangeIn(hash) {
  const match = CITATION.exec(hash);
  const range = match && { start: Number(match[1]), end: Number(match[2]) };
  return range && range.start < range.end ? range : null;
}

/** Take the marks away and leave the runs as they were. */
function unmark() {
  for (const mark of marks) {
    const run = mark.parentElement;
    mark.replaceWith(...mark.childNodes);
    run?.normalize();
  }
  marks = [];
}

/**
 * Mark the part of a run that lies in a range; the run's text stays the same.
 * @param {HTMLElement} run
 * @param {{start: number, end: number}} range
 * @returns {HTMLElement | null}
 */
function markIn(run, range) {
  const characters = [...(run.textContent ?? "")];
  const first = Number(run.dataset.start);
  const from = Math.max(range.start - first, 0);
  const to = Math.min(range.end - first, characters.length);
  if (from >= to) return null;
  const mark = document.createElement("mark");
  mark.append(characters.slice(from, to).join(""));
  run.replaceChildren(characters.slice(0, from).join(""), mark, characters.slice(to).join(""));
  return mark;
}

/** Mark what the address names, say so, and go there; of an address that names nothing, nothing. */
function show() {
  unmark();
  const named = location.hash.startsWith("#c");
  const range = rangeIn(location.hash);
  marks = range ? runs.map((run) => markIn(run, range)).filter((mark) => mark !== null) : [];
  const seen = marks.filter((mark) => mark.closest(".stray") === null);
  bar.hidden = !named;
  button.hidden = seen.length === 0;
  report.textContent = seen.length > 0 ? "引用箇所に色をつけています。" : named ? "引用箇所が見つかりませんでした。" : "";
  showRecords(range);
  seen[0]?.classList.add("first");
  seen.at(-1)?.classList.add("last");
  go();
}

/**
 * Show, beside a passage of a measure, where the measure's other records stand.
 * @param {{start: number, end: number} | null} range
 */
function showRecords(range) {
  for (const record of part("records", HTMLElement).children) {
    if (!(record instanceof HTMLElement)) continue;
    const places = (record.dataset.places ?? "").split(" ").map((place) => place.split("-").map(Number));
    record.hidden = !range || !places.some(([start, end]) => start < range.end && range.start < end);
  }
}

/** Bring the marked passage into the middle of the view, and the reading position to its beginning. */
function go() {
  const seen = marks.filter((mark) => mark.closest(".stray") === null);
  const [first, last] = [seen[0], seen.at(-1)];
  if (!first || !last) return;
  first.tabIndex = -1;
  first.setAttribute("aria-describedby", "citation-label");
  first.focus({ preventScroll: true });
  first.scrollIntoView({ block: "center", inline: "nearest" });
  const top = first.getBoundingClientRect().top;
  const bottom = last.getBoundingClientRect().bottom;
  const height = innerHeight - bar.offsetHeight;
  const fits = bottom - top < height * SHARE_OF_VIEW;
  scrollBy(0, fits ? (top + bottom - height) / 2 : top - (height * (1 - SHARE_OF_VIEW)) / 2);
}

part("toc", HTMLDetailsElement).open = matchMedia(WIDE).matches;
button.addEventListener("click", go);
addEventListener("hashchange", show);
show();
