/* One event in full: why, what, and the JSON. */

import { byId, element } from "./dom.js";
import { moment } from "./text.js";
import { language, say, term, typeWords } from "./say.js";

const SHOWN = ["id", "type", "time", "source", "subject", "aggregate", "aggregateversion", "orgpath", "actor", "correlationid", "causationid"];

const plain = (value) => (value !== null && typeof value === "object" ? JSON.stringify(value) : String(value));

function citation(one) {
  const source = [one.act, one.article].filter(Boolean).join(" ");
  const inputs = Object.entries(one.inputs ?? {}).map(([key, value]) => `${key} = ${plain(value)}`);
  const value = one.value === undefined || one.value === null ? "" : plain(one.value);
  return element(
    "div", { class: "cite" },
    element("strong", {}, source), " ", one.assumption ? element("span", { class: "tag warn" }, say("assumption")) : "",
    element("div", {}, one.says ?? ""),
    element("div", { class: "note mono" }, [one.rule, ...inputs, value && `→ ${value}`].filter(Boolean).join(" · ")),
  );
}

export function reasons(because) {
  if (!because) return null;
  const citations = Array.isArray(because) ? because : because.reasons ?? [];
  const text = because.text?.[language()] ?? because[language()];
  if (!text && citations.length === 0) return null;
  return element(
    "section", {}, element("h3", {}, say("because")),
    text ? element("p", { class: "because" }, text) : "", ...citations.map(citation),
  );
}

export function showDetail(event) {
  byId("detail-title").textContent = typeWords(event.type);
  byId("detail-type").textContent = event.type;
  const pairs = SHOWN.filter((name) => event[name] !== undefined && event[name] !== null).flatMap((name) => [
    element("dt", {}, term("attributes", name)),
    element("dd", {}, name === "time" ? moment(event[name]) : String(event[name])),
  ]);
  const parts = [
    reasons(event.data.because),
    element("section", {}, element("h3", {}, say("facts")), element("dl", {}, ...pairs)),
    element("section", {}, element("h3", {}, say("json")), element("pre", { tabindex: "0" }, JSON.stringify(event, null, 2))),
  ];
  byId("detail-body").replaceChildren(...parts.filter(Boolean));
  if (!byId("detail").open) byId("detail").showModal();
  byId("detail").scrollTop = 0;
}
