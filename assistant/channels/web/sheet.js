// The source page of a PDF: on the pictures of its pages, the passage that the address names is marked too.

import { rangeIn } from "./source.js";

const SVG = "http://www.w3.org/2000/svg";

const button = document.getElementById("to-sheet");
const sheets = [...document.querySelectorAll("details.sheet")].filter((e) => e instanceof HTMLDetailsElement);

/**
 * Tell whether a page holds a part of the passage that the address names.
 * @param {HTMLElement} sheet
 */
function isCited(sheet) {
  const range = rangeIn(location.hash);
  return range !== null && Number(sheet.dataset.start) < range.end && range.start < Number(sheet.dataset.end);
}

/**
 * Mark the passage on an open page's picture, where it is known to stand.
 * @param {HTMLElement} sheet
 */
async function mark(sheet) {
  const { hash } = location;
  const range = rangeIn(hash);
  const picture = sheet.querySelector("img");
  const drawn = sheet.querySelector("svg");
  if (!range || !picture || !isCited(sheet)) return drawn?.remove();
  if (drawn?.dataset.hash === hash) return;
  const address = picture.src.replace(/\.png$/, `/places?start=${range.start}&end=${range.end}`);
  const response = await fetch(address).catch(() => null);
  const places = response?.ok ? (await response.json()).places : null;
  if (location.hash !== hash) return; // the page went on meanwhile, and marks what it names now
  sheet.querySelector("svg")?.remove();
  if (places) picture.after(overlay(places, hash));
}

/**
 * Draw the places that an address names over a picture; they are shares of its width and height.
 * @param {[number, number, number, number][]} places
 * @param {string} hash
 */
function overlay(places, hash) {
  const svg = document.createElementNS(SVG, "svg");
  svg.dataset.hash = hash;
  svg.setAttribute("viewBox", "0 0 1 1");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  for (const [x, y, width, height] of places) {
    const box = document.createElementNS(SVG, "rect");
    Object.entries({ x, y, width, height }).forEach(([name, value]) => box.setAttribute(name, String(value)));
    svg.append(box);
  }
  return svg;
}

/** Show the cited page's picture, with the marked place in view. */
async function go() {
  const sheet = sheets.find(isCited);
  if (!sheet) return;
  sheet.open = true;
  sheet.querySelector("summary")?.focus({ preventScroll: true });
  sheet.scrollIntoView({ block: "start" });
  await sheet.querySelector("img")?.decode().catch(() => {});
  await mark(sheet);
  (sheet.querySelector("rect") ?? sheet).scrollIntoView({ block: "center", inline: "center" });
}

/** Offer the picture where a page holds what the address names, and mark what is open already. */
function show() {
  if (button) button.hidden = !sheets.some(isCited);
  for (const sheet of sheets) if (sheet.open) void mark(sheet);
}

for (const sheet of sheets) sheet.addEventListener("toggle", () => sheet.open && void mark(sheet));
button?.addEventListener("click", () => void go());
addEventListener("hashchange", show);
show();
