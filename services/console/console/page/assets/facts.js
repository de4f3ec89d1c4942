/* What a record says, in words: each member by its name, several of one kind as a table. */

import { element } from "./dom.js";
import { organisationName } from "./directory.js";
import { known, language, say, term } from "./say.js";
import { moment } from "./text.js";

/* These have a place of their own, or say nothing to a reader. */
const APART = new Set(["because", "lines", "chain", "deadlines", "promised"]);

export const label = (name) => known("columns", name) ?? term("fields", name);
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const isUnit = (name) => name === "unit" || name.endsWith("org_id");

export function plain(value, name = "") {
  if (value === null || value === undefined) return say("none");
  if (Array.isArray(value)) return value.map((one) => plain(one, name)).join("、") || say("none");
  if (typeof value === "object") return value.name ?? value[language()] ?? Object.entries(value).filter(([part]) => !APART.has(part)).map(([part, one]) => `${label(part)} ${plain(one, part)}`).join("，");
  if (INSTANT.test(value)) return moment(value);
  if (isUnit(name)) return organisationName(value);
  return known("codes", value) ?? String(value);
}

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const otherLanguage = () => (language() === "zh" ? "en" : "zh");

/* Which members of many items are worth a column: no ids, nothing in the other language, nothing that all of them lack. */
export function columnsOf(items, aside = []) {
  const names = [...new Set(items.flatMap(Object.keys))].filter((name) => !APART.has(name) && !aside.includes(name) && name !== otherLanguage());
  const tells = (name) => items.some((item) => !["", null, undefined].includes(item[name]) && !ID.test(item[name]));
  return names.filter(tells);
}

/* Several of one kind within a record stand below each other, a column for each thing said of them. */
function rowsOf(items) {
  const columns = columnsOf(items);
  return element("div", { class: "scroll" }, element("table", { class: "items" },
    element("thead", {}, element("tr", {}, ...columns.map((name) => element("th", { scope: "col" }, label(name))))),
    element("tbody", {}, ...items.map((item) => element("tr", {}, ...columns.map((name) => element("td", {}, plain(item[name], name))))))));
}

export function facts(body) {
  const pairs = Object.entries(body).filter(([name]) => !APART.has(name) || typeof body[name]?.[0] === "string");
  const many = pairs.filter(([, value]) => Array.isArray(value) && value.length && value.every(isObject));
  const single = pairs.filter((pair) => !many.includes(pair));
  const tables = many.map(([name, items]) => element("section", {}, element("h3", {}, label(name)), rowsOf(items)));
  return [element("section", {}, element("dl", {}, ...single.flatMap(([name, value]) => [
    element("dt", {}, label(name)), element("dd", {}, plain(value, name)),
  ]))), ...tables];
}
