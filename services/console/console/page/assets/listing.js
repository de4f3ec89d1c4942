/* A list of a service, whatever it holds: a page of items, each of which opens where it has an address of its own. */

import { get } from "./api.js";
import { element } from "./dom.js";
import { columnsOf, label, plain } from "./facts.js";
import { addressesOf } from "./operations.js";
import { say } from "./say.js";

const SHOWN_COLUMNS = 10;
const PAGE = 50;
/* What a reader of a list looks for stands first, wherever the service says it. */
const FIRST = ["state", "class", "suggested_class", "former"];
const NAMES = ["name", "case_no", "title", "customer_name", "customer", "staff_name"];

function row(item, lead, columns, address, visit) {
  const name = String(plain(item[lead] ?? item.id ?? item.org_id ?? "", lead));
  const opener = address ? element("button", { type: "button", class: "open", onclick: () => visit(name, address) }, name) : name;
  return element("tr", {}, element("td", {}, opener), ...columns.map((column) => element("td", {}, plain(item[column], column))));
}

/* Give a list whose first page was read; `visit` opens an item by its name and address. */
export async function table(first, path, visit) {
  const addressOf = await addressesOf(path).catch(() => () => null);
  const lead = NAMES.find((name) => first.items.some((item) => item[name])) ?? "id";
  const told = columnsOf(first.items, [lead]);
  const columns = [...FIRST.filter((name) => told.includes(name)), ...told.filter((name) => !FIRST.includes(name))].slice(0, SHOWN_COLUMNS);
  const rows = element("tbody");
  const more = element("button", { type: "button", onclick: () => add() }, say("more"));
  let next = null;
  const show = (page) => {
    rows.append(...page.items.map((item) => row(item, lead, columns, addressOf(item), visit)));
    next = page.next_cursor ?? null;
    more.hidden = next === null;
  };
  const add = () => get(paged(path, next)).then(show, (problem) => more.before(element("p", { class: "answer bad" }, problem.message)));
  show(first);
  const head = element("thead", {}, element("tr", {}, element("th", { scope: "col" }, label(lead)), ...columns.map((name) => element("th", { scope: "col" }, label(name)))));
  const count = first.total === undefined || first.total === null ? "" : element("p", { class: "note" }, say("totalOf", { n: first.total }));
  if (!first.items.length) return element("p", { class: "empty" }, say("emptyList"));
  return element("section", {}, count, element("div", { class: "scroll" }, element("table", { class: "items" }, head, rows)), element("div", { class: "row foot" }, more));
}

const paged = (path, cursor) => `${path}${path.includes("?") ? "&" : "?"}${new URLSearchParams({ limit: PAGE, ...(cursor ? { cursor } : {}) })}`;
