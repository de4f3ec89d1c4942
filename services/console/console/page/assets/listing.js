/* A list of a service, whatever it holds: a page of items, each of which opens where it has an address of its own. */

import { get } from "./api.js";
import { asking } from "./asking.js";
import { element } from "./dom.js";
import { columnsOf, label, plain } from "./facts.js";
import { addressesOf, askedOf } from "./operations.js";
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

const nothing = () => element("p", { class: "empty" }, say("emptyList"));
const counted = ({ total }) => (total === undefined || total === null ? "" : element("p", { class: "note" }, say("totalOf", { n: total })));

/* The rows of a list below their heads; `more` has the next page, where there is one. */
function drawn(first, addressOf, visit, next) {
  const lead = NAMES.find((name) => first.items.some((item) => item[name])) ?? "id";
  const told = columnsOf(first.items, [lead]);
  const columns = [...FIRST.filter((name) => told.includes(name)), ...told.filter((name) => !FIRST.includes(name))].slice(0, SHOWN_COLUMNS);
  const rows = element("tbody");
  const more = element("button", { type: "button", onclick: () => next(cursor).then(show, (problem) => more.before(refusal(problem))) }, say("more"));
  let cursor = null;
  const show = (page) => {
    rows.append(...page.items.map((item) => row(item, lead, columns, addressOf(item), visit)));
    cursor = page.next_cursor ?? null;
    more.hidden = cursor === null;
  };
  show(first);
  const head = element("thead", {}, element("tr", {}, element("th", { scope: "col" }, label(lead)), ...columns.map((name) => element("th", { scope: "col" }, label(name)))));
  return [counted(first), element("div", { class: "scroll" }, element("table", { class: "items" }, head, rows)), element("div", { class: "row foot" }, more)];
}

const refusal = (problem) => element("p", { class: "answer bad" }, problem.message);

/* Give a list whose first page was read; `visit` opens an item by its name and address. */
export async function table(first, path, visit) {
  const [addressOf, asked] = await Promise.all([addressesOf(path).catch(() => () => null), askedOf(path).catch(() => null)]);
  const place = element("div");
  const put = (page, query) => place.replaceChildren(...(page.items.length ? drawn(page, addressOf, visit, (cursor) => get(paged(path, query, cursor))) : [nothing()]));
  const refused = (problem) => place.replaceChildren(refusal(problem));
  const ask = (query) => get(paged(path, query)).then((page) => put(page, query), refused);
  put(first, new URLSearchParams());
  return element("section", {}, asked ? asking(asked, path, ask, refused) ?? "" : "", place);
}

const paged = (path, query, cursor = null) => `${path}?${new URLSearchParams([...query, ["limit", PAGE], ...(cursor ? [["cursor", cursor]] : [])])}`;
