// Searching in the source page: over line breaks and white space, however wide the letters are.

const NAME = "found";

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
function piece(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`#${id} is missing`);
  return found;
}

const form = piece("search", HTMLFormElement);
const query = piece("query", HTMLInputElement);
const result = piece("found", HTMLElement);

/** @type {{text: string, places: {node: Text, offset: number}[]} | null} */
let page = null;
let searched = "";
/** @type {Range[]} */
let ranges = [];
let current = -1;

/** @param {string} text */
function folded(text) {
  return text.normalize("NFKC").toLowerCase().replace(/\s/g, "");
}

/** Return the page's text as it is searched, and where each of its characters stands. */
function read() {
  const places = [];
  let text = "";
  const walker = document.createTreeWalker(piece("text", HTMLElement), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = /** @type {Text} */ (walker.currentNode);
    if (!node.parentElement?.closest("[data-start]:not(.stray)")) continue;
    let offset = 0;
    for (const character of node.data) {
      for (const part of folded(character)) {
        text += part;
        for (let i = 0; i < part.length; i += 1) places.push({ node, offset });
      }
      offset += character.length;
    }
  }
  return { text, places };
}

/** Find every place of what is searched for. */
function find() {
  page = read();
  const wanted = folded(searched);
  ranges = [];
  for (let at = page.text.indexOf(wanted); wanted && at >= 0; at = page.text.indexOf(wanted, at + wanted.length)) {
    const [first, last] = [page.places[at], page.places[at + wanted.length - 1]];
    const range = new Range();
    range.setStart(first.node, first.offset);
    range.setEnd(last.node, Math.min(last.offset + 1, last.node.length));
    ranges.push(range);
  }
  current = -1;
  if ("highlights" in CSS) CSS.highlights.set(NAME, new Highlight(...ranges));
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (query.value !== searched || ranges.some((range) => range.collapsed)) {
    searched = query.value;
    find();
  }
  if (ranges.length === 0) {
    result.textContent = searched.trim() ? "見つかりませんでした。" : "探す言葉を書いてください。";
    return;
  }
  current = (current + 1) % ranges.length;
  result.textContent = `${ranges.length}件のうち${current + 1}件目です。`;
  ranges[current].startContainer.parentElement?.scrollIntoView({ block: "center", inline: "nearest" });
});

form.hidden = false;

export {};
