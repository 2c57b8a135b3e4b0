// What is better looked at than read: indicators, roadmaps, measures, terms and contacts.

import { mailLink, make, ownAddress, phoneLink, withFigures } from "./dom.js";
import { listOf, recordOf, textOf, textsOf } from "./shapes.js";

// What names a card's content, the most telling first.
const NAMES = ["indicator", "title", "term", "measure", "name"];
const FIRST_YEAR_OF_REIWA = 2019;
// What plans say is Japanese, whatever the language of the labels beside it.
const PRINTED = { lang: "ja" };

/** @typedef {(card: Record<string, unknown>, context: Context) => HTMLElement[]} Filler */
/** @type {Record<string, Filler>} */
const FILLERS = {
  kpi: fillKpi,
  roadmap: fillRoadmap,
  measure: fillMeasure,
  term: fillTerm,
  contact: fillContact,
};

/**
 * Make a card, or null for a kind that this version does not know.
 * @param {Record<string, unknown>} card
 * @param {Context} context
 */
export function makeCard(card, context) {
  const kind = textOf(card.type) ?? "";
  if (!Object.hasOwn(FILLERS, kind)) return null;
  const made = make("section", { class: `card ${kind}` }, ...FILLERS[kind](card, context));
  const source = recordOf(card.source);
  const place = `/sources/${encodeURIComponent(String(source.document_id))}#c${source.start}-${source.end}`;
  if (textOf(source.document_id))
    made.append(makeSourceLink(place, context, make("span", PRINTED, nameOf(card))));
  return made;
}

/** @param {Record<string, unknown>} card */
function nameOf(card) {
  return NAMES.map((name) => textOf(card[name])).find(Boolean) ?? "";
}

/**
 * Make the link to a place in the plan, in a new tab.
 * @param {string} url
 * @param {Context} context
 * @param {Node | string} of what the link is of, for those who do not see where it stands
 */
export function makeSourceLink(url, { t, endpoint }, of) {
  const address = ownAddress(url, endpoint);
  if (!address) return "";
  const spoken = make("span", { class: "hidden" }, "（", of, "）");
  const tab = make("span", { class: "small" }, t("tab"));
  const link = make("a", { href: address, target: "_blank", rel: "noopener" }, t("open"), spoken, tab);
  return make("p", { class: "open" }, link);
}

/**
 * @param {string} label
 * @param {string} title
 */
function makeHead(label, title) {
  return make("h4", {}, make("span", { class: "kind" }, label), make("span", PRINTED, title));
}

/** @type {Filler} */
function fillKpi(card, { t }) {
  const most = Math.max(valueOf(card.baseline) ?? 0, valueOf(card.target) ?? 0);
  const measured = ["baseline", "target"].map((name) => {
    const quantity = recordOf(card[name]);
    const year = typeof quantity.fiscal_year === "number" ? yearOf(quantity.fiscal_year, t) : "";
    const value = valueOf(quantity);
    const text = textOf(quantity.text);
    const shown = text ? make("strong", PRINTED, ...withFigures(text)) : make("strong", {}, t("none"));
    const row = make(
      "div",
      {},
      make("dt", {}, t(name), make("span", { class: "small" }, ` ${year}`)),
      make("dd", {}, shown),
    );
    if (value !== null && most > 0) row.append(makeBar(value / most, name));
    return row;
  });
  const measure = textOf(card.measure);
  const of = measure ? [make("p", { class: "small", ...PRINTED }, measure)] : [];
  return [
    makeHead(t("kpi"), textOf(card.indicator) ?? ""),
    ...of,
    make("dl", { class: "bars" }, ...measured),
  ];
}

/**
 * Make a bar for the eye; its figure stands beside it as text.
 * @param {number} share
 * @param {string} name
 */
function makeBar(share, name) {
  const bar = make("dd", { class: `bar ${name}`, "aria-hidden": "true" });
  bar.style.inlineSize = `${Math.max(1, Math.round(share * 100))}%`;
  return bar;
}

/** @param {unknown} quantity */
function valueOf(quantity) {
  const value = recordOf(quantity).value;
  return typeof value === "number" && value >= 0 ? value : null;
}

/**
 * @param {number} n
 * @param {Context["t"]} t
 */
function yearOf(n, t) {
  const era = n - FIRST_YEAR_OF_REIWA + 1;
  return t("year", { n, era: era === 1 ? "元" : era });
}

/** @type {Filler} */
function fillRoadmap(card, { t }) {
  const rows = listOf(card.rows).map((row) => {
    const given = recordOf(row);
    const years = listOf(given.fiscal_years).filter((year) => typeof year === "number");
    return { text: textOf(given.text) ?? "", years, certain: given.certain === true && years.length > 0 };
  });
  const title = textOf(card.measure) ?? "";
  const [certain, uncertain] = [rows.filter((row) => row.certain), rows.filter((row) => !row.certain)];
  /** @type {HTMLElement[]} */
  const made = [makeHead(t("roadmap"), title)];
  if (certain.length > 0) made.push(makeGrid(certain, title, t));
  if (uncertain.length > 0) {
    made.push(make("p", { class: "small" }, t("order")));
    made.push(make("ol", {}, ...uncertain.map((row) => make("li", PRINTED, row.text))));
  }
  return made;
}

/**
 * Make the grid of years: a row a phase, a column a year.
 * @param {{text: string, years: number[]}[]} rows
 * @param {string} title
 * @param {Context["t"]} t
 */
function makeGrid(rows, title, t) {
  const all = rows.flatMap((row) => row.years);
  const first = Math.min(...all);
  const years = Array.from({ length: Math.max(...all) - first + 1 }, (_, i) => first + i);
  const head = years.map((year) => make("th", { scope: "col" }, yearOf(year, t)));
  const body = rows.map((row) =>
    make(
      "tr",
      {},
      make("th", { scope: "row", ...PRINTED }, row.text),
      ...years.map((year) => makeCell(row.years.includes(year), t)),
    ),
  );
  const table = make(
    "table",
    {},
    make("caption", { class: "hidden" }, `${t("roadmap")} `, make("span", PRINTED, title)),
    make("thead", {}, make("tr", {}, make("th", { scope: "col" }, t("row")), ...head)),
    make("tbody", {}, ...body),
  );
  return make(
    "div",
    { class: "scroll", role: "region", tabindex: "0", "aria-label": `${t("roadmap")} ${title}` },
    table,
  );
}

/**
 * @param {boolean} planned
 * @param {Context["t"]} t
 */
function makeCell(planned, t) {
  if (!planned) return make("td");
  const dot = make("span", { "aria-hidden": "true" }, "●");
  return make("td", { class: "planned" }, dot, make("span", { class: "hidden" }, t("planned")));
}

/** @type {Filler} */
function fillMeasure(card, { t }) {
  const head = makeHead(t("measure"), [textOf(card.number), textOf(card.title)].filter(Boolean).join(" "));
  if (card.is_new === true) head.append(" ", make("span", { class: "new" }, t("is_new")));
  const facts = make("dl", { class: "facts" });
  const departments = textsOf(card.departments);
  const overview = textOf(card.overview);
  const activities = textsOf(card.activities);
  if (departments.length > 0) facts.append(makeFact(t("departments"), departments.join("、")));
  if (overview) facts.append(makeFact(t("overview"), ...withFigures(overview)));
  if (activities.length > 0) {
    facts.append(
      makeFact(t("activities"), make("ul", {}, ...activities.map((text) => make("li", {}, text)))),
    );
  }
  return facts.childElementCount > 0 ? [head, facts] : [head];
}

/**
 * @param {string} label
 * @param {...(Node | string)} content
 */
function makeFact(label, ...content) {
  return make("div", {}, make("dt", {}, label), make("dd", PRINTED, ...content));
}

/** @type {Filler} */
function fillTerm(card, { t }) {
  return [makeHead(t("term"), textOf(card.term) ?? ""), make("p", PRINTED, textOf(card.definition) ?? "")];
}

/** @type {Filler} */
function fillContact(card, { t }) {
  const made = [makeHead(t("contact"), textOf(card.name) ?? "")];
  for (const phone of textsOf(card.phone))
    made.push(make("p", { class: "way" }, `${t("phone")} `, phoneLink(phone)));
  const [email, address] = [textOf(card.email), textOf(card.address)];
  if (email) made.push(make("p", { class: "way" }, `${t("mail")} `, mailLink(email)));
  if (address) made.push(make("p", PRINTED, address));
  return made;
}

/**
 * Make the card of a contact.
 * @param {Contact} contact
 * @param {Context} context
 */
export function makeContact(contact, context) {
  return make("section", { class: "card contact" }, ...fillContact({ ...contact }, context));
}
