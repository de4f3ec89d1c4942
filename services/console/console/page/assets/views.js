/* Lists of what the services hold beside the events: cases, classes, usage files, tariff requests, scores. One table, several views. */

import { get } from "./api.js";
import { DESK } from "./cases.js";
import { answer, byId, element } from "./dom.js";
import { organisationName } from "./directory.js";
import { onDone, showRecord } from "./record.js";
import { businessNow } from "./clock.js";
import { known, onLanguage, say, term } from "./say.js";
import { moment, valueText } from "./text.js";
import * as works from "./works.js";

const PAGE = 50;
const QUARTERS = 5;

const text = (value) => (value === null || value === undefined ? "" : String(value));
const unit = (org_id) => (org_id ? organisationName(org_id) : "");
const time = (value) => (value ? moment(value).slice(0, 16) : "");
const code = (value) => (value === null || value === undefined ? "" : known("codes", value) ?? String(value));
const share = (value) => (value === null || value === undefined ? "" : `${(Number(value) * 100).toFixed(1)} %`);
const classBadge = (value) => (value ? element("span", { class: "tag", "data-class": value }, say("classOf", { n: value })) : say("noClass"));

const isOpen = (one) => ["running", "breached", "paused"].includes(one.state);

/* The clock of a case that comes first, or came and was missed. */
function nextDue(row) {
  const [first] = row.deadlines.filter(isOpen).sort((one, other) => one.due_at.localeCompare(other.due_at));
  if (!first) return "";
  const late = first.state === "breached" ? [" ", element("span", { class: "tag bad" }, say("breached"))] : [];
  return [`${time(first.due_at)} ${code(first.kind)}`, ...late];
}

const VIEWS = {
  complaints: {
    path: () => `${DESK}/complaints`,
    one: (row) => `${DESK}/complaints/${row.case_no}`,
    title: (row) => `${code(row.type)} ${row.case_no}`,
    columns: {
      case_no: (row) => element("span", { class: "mono" }, row.case_no), customer: (row) => [text(row.customer_name), ...(row.vip ? [" ", element("span", { class: "tag warn" }, "VIP")] : [])],
      category: (row) => code(row.category), state: (row) => code(row.state), first_responder: (row) => unit(row.first_responder),
      handler: (row) => unit(row.handler), received_at: (row) => time(row.received_at), due_at: nextDue,
    },
  },
  tiers: {
    path: () => "/api/tiering/v1/tiers",
    one: (row) => `/api/tiering/v1/tiers/${row.customer_id}`,
    title: (row) => row.name,
    columns: {
      customer: (row) => [row.name, element("span", { class: "note mono" }, text(row.customer_code))],
      class: (row) => classBadge(row.class), tier: (row) => code(row.tier), basis: (row) => code(row.basis),
      valid_from: (row) => text(row.valid_from), organisation: (row) => unit(row.org_id),
    },
  },
  usage: {
    path: () => "/api/tiering/v1/usage-files",
    one: (row) => `/api/tiering/v1/usage-files/${row.id}`,
    title: (row) => `${unit(row.org_id)} ${row.month}`,
    columns: {
      organisation: (row) => unit(row.org_id), month: (row) => text(row.month), state: (row) => code(row.state),
      loaded_rows: (row) => text(row.loaded_rows), refused_rows: (row) => text(row.refused_rows),
      received_at: (row) => time(row.received_at), late: (row) => (row.late ? element("span", { class: "tag warn" }, say("late")) : ""),
    },
  },
  tariffs: {
    path: () => "/api/pricing/v1/tariff-requests",
    one: (row) => `/api/pricing/v1/tariff-requests/${row.id}`,
    title: (row) => `${say("tariffs")} · ${row.customer?.name ?? ""}`,
    columns: {
      customer: (row) => [text(row.customer?.name), element("span", { class: "note mono" }, text(row.customer?.code))],
      lines: (row) => valueText("lines", row.lines ?? []), state: (row) => code(row.state), level: (row) => code(row.level),
      organisation: (row) => unit(row.org_id), deciding: (row) => unit(row.deciding_org_id), due_at: (row) => time(row.due_at),
      late: (row) => (row.late?.length ? element("span", { class: "tag bad" }, say("late")) : ""),
    },
  },
  scores: {
    path: () => `/api/scoring/v1/scores?period=${byId("period").value}`,
    one: (row) => `/api/scoring/v1/scores/${row.org_id}/${row.period}`,
    title: (row) => `${unit(row.org_id)} ${row.period}`,
    columns: {
      rank: (row) => text(row.rank), organisation: (row) => unit(row.org_id), total: (row) => text(row.total),
      assessed: (row) => text(row.assessed), share: (row) => share(row.share), state: (row) => code(row.state),
    },
  },
};

let chosen = "events";
let rows = [];
let next = null;
let total = null;
let asked = 0;

function quarters() {
  const [first, month] = moment(businessNow()).split("-").map(Number);
  let [year, quarter] = [first, Math.ceil(month / 3)];
  return Array.from({ length: QUARTERS }, () => {
    const name = `${year}Q${quarter}`;
    quarter -= 1;
    if (quarter === 0) [year, quarter] = [year - 1, 4];
    return name;
  });
}

function fillPeriods() {
  const before = byId("period").value;
  const names = quarters();
  byId("period").replaceChildren(...names.map((name) => element("option", { value: name }, name)));
  byId("period").value = names.includes(before) ? before : names[0];
}

function line(row) {
  const view = VIEWS[chosen];
  const cells = Object.values(view.columns).map((cell) => [cell(row)].flat());
  const [first, ...others] = cells;
  const open = () => showRecord(view.title(row), view.one(row));
  return element(
    "tr", { onclick: open },
    element("td", {}, element("button", { type: "button", class: "open" }, first[0]), ...first.slice(1)),
    ...others.map((cell) => element("td", {}, ...cell)),
  );
}

function draw() {
  if (!(chosen in VIEWS)) return;
  const names = Object.keys(VIEWS[chosen].columns);
  byId("list-title").textContent = say(chosen);
  byId("list-head").replaceChildren(element("tr", {}, ...names.map((name) => element("th", { scope: "col" }, term("columns", name)))));
  byId("list-rows").replaceChildren(...rows.map(line));
  byId("list-count").textContent = total === null ? "" : say("totalOf", { n: total });
  byId("list-empty").hidden = rows.length > 0;
  byId("list-more").hidden = next === null;
}

async function load(cursor = null) {
  const mine = ++asked;
  const path = VIEWS[chosen].path();
  const parameters = new URLSearchParams({ limit: PAGE, ...(cursor ? { cursor } : {}) });
  try {
    const page = await get(`${path}${path.includes("?") ? "&" : "?"}${parameters}`);
    if (mine !== asked) return;
    rows = cursor ? [...rows, ...page.items] : page.items;
    next = page.next_cursor ?? null;
    total = page.total;
    answer("list-answer", "");
  } catch (problem) {
    if (mine !== asked) return;
    [rows, next, total] = [[], null, null];
    answer("list-answer", problem.message, true);
  }
  draw();
}

export function show(name) {
  chosen = name;
  for (const tab of document.querySelectorAll("#views button")) tab.setAttribute("aria-current", tab.dataset.view === name ? "page" : "false");
  byId("events-panel").hidden = name !== "events";
  byId("hotline-panel").hidden = name !== "hotline";
  byId("works-panel").hidden = name !== "works";
  byId("list-panel").hidden = !(name in VIEWS);
  byId("period-part").hidden = name !== "scores";
  if (name === "hotline") byId("caller-wanted").focus();
  if (name === "works") works.show();
  if (!(name in VIEWS)) return;
  [rows, next, total] = [[], null, null];
  if (name === "scores") fillPeriods();
  draw();
  load();
}

export function prepare() {
  for (const name of ["hotline", "events", ...Object.keys(VIEWS), "works"]) {
    byId("views").append(element("button", { type: "button", "data-view": name, "data-say": name, onclick: () => show(name) }));
  }
  byId("period").addEventListener("change", () => load());
  byId("list-more").addEventListener("click", () => load(next));
  byId("list-refresh").addEventListener("click", () => load());
  byId("list-work").addEventListener("click", () => showRecord(say(chosen), VIEWS[chosen].path()));
  onLanguage(draw);
  onDone(() => chosen in VIEWS && load());
  works.prepare();
}
