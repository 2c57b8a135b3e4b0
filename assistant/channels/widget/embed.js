// The script tag becomes a widget at the end of the page; its data attributes are the widget's attributes.

import { PlanAssistant } from "./element.js";
import { make } from "./dom.js";

const ELEMENT = "plan-assistant";
const ATTRIBUTES = ["municipality", "language", "position", "title", "endpoint", "open"];

/** @param {HTMLScriptElement} script */
function embed(script) {
  if (!customElements.get(ELEMENT)) customElements.define(ELEMENT, PlanAssistant);
  const given = ATTRIBUTES.filter((name) => script.dataset[name] !== undefined);
  const attributes = Object.fromEntries(
    given.map((name) => [name === "title" ? "heading" : name, script.dataset[name] ?? ""]),
  );
  attributes.endpoint ??= new URL(script.src, location.href).origin;
  const place = () => document.body.append(make(/** @type {"div"} */ (ELEMENT), attributes));
  if (document.body) place();
  else addEventListener("DOMContentLoaded", place);
}

if (document.currentScript instanceof HTMLScriptElement) embed(document.currentScript);
