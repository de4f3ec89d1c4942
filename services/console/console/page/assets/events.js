/* The list of events: a page of history, then live, newest first. */

import { get } from "./api.js";
import { showDetail } from "./detail.js";
import { answer, byId, element } from "./dom.js";
import { allOrganisations, learnFrom, organisationName } from "./directory.js";
import { Reader } from "./reader.js";
import { known, onLanguage, say, term } from "./say.js";
import { about, lastLabel, shortMoment, summary, tone, typeCode, heading } from "./text.js";

const PAGE = 100;
const KEPT = 500;
const SERVICES = ["registry", "tiering", "pricing", "service-desk", "scoring"];
const KINDS = {
  all: [],
  declaration: ["registry.declaration.*"],
  claim: ["registry.claim.*", "registry.dispute.*"],
  customer: ["registry.customer.*", "registry.assignment.*"],
  complaint: ["service-desk.complaint.*"],
  compensation: ["service-desk.compensation.*"],
  care: ["registry.visit.*", "registry.symposium.*"],
  usage: ["tiering.usage.*", "tiering.usage-file.*", "tiering.report.*"],
  tier: ["tiering.tier.*", "tiering.review.*"],
  pricing: ["pricing.tariff.*", "pricing.agreement.*", "pricing.arrears.*", "pricing.credit.*"],
  score: ["scoring.score.*", "scoring.notice.*"],
  deadline: SERVICES.map((service) => `${service}.deadline.*`),
  directory: ["registry.organisation.*", "registry.staff.*", "registry.rule.*", "registry.calendar.*"],
};

const listeners = [];
let kind = "all";
let organisation = "";
let reader = null;
let paused = false;
let waiting = [];
let events = [];
let oldest = null;
let generation = 0;

/* Calls the listener with every event that arrives live, whatever is paused. */
export function onLive(listener) {
  listeners.push(listener);
}

function query(more) {
  const parameters = new URLSearchParams(more);
  if (KINDS[kind].length) parameters.set("types", KINDS[kind].join(","));
  if (organisation) parameters.set("organisation", organisation);
  return parameters.toString();
}

function row(event, fresh) {
  const { name, number } = about(event);
  const facts = summary(event).map(([label, text]) => element("span", {}, element("b", {}, `${label} `), text));
  return element(
    "tr", { "data-tone": tone(event.type), "data-position": event.position, class: fresh ? "new" : null, onclick: () => showDetail(event) },
    element("td", {}, element("time", { datetime: event.time }, shortMoment(event.time))),
    element("td", {}, element("button", { type: "button", class: "open" }, heading(event)), element("code", { class: "type" }, ...typeCode(event.type))),
    element("td", {}, event.orgpath ? organisationName(lastLabel(event.orgpath)) : ""),
    element("td", {}, name, number ? element("span", { class: "note mono" }, number) : ""),
    element("td", {}, facts.length ? element("div", { class: "facts" }, ...facts) : ""),
  );
}

function draw() {
  byId("rows").replaceChildren(...events.map((event) => row(event, false)));
  state();
}

function state() {
  byId("no-events").hidden = events.length > 0;
  byId("older").hidden = oldest === null;
  const button = byId("pause");
  button.setAttribute("aria-pressed", String(paused));
  button.textContent = !paused ? say("pause") : waiting.length ? say("waiting", { n: waiting.length }) : say("resume");
}

function add(fresh) {
  const rows = byId("rows");
  for (const event of fresh) {
    events.unshift(event);
    rows.prepend(row(event, true));
  }
  for (const event of events.splice(KEPT)) {
    rows.querySelector(`[data-position="${event.position}"]`)?.remove();
    oldest = events.at(-1).position;
  }
  state();
}

function arrived(event) {
  learnFrom(event);
  for (const listener of listeners) listener(event);
  if (paused) {
    waiting.push(event);
    state();
  } else add([event]);
}

function connection(text) {
  const badge = byId("connection");
  badge.hidden = false;
  badge.dataset.state = { live: "live", connecting: "wait", retrying: "off" }[text];
  badge.dataset.word = text;
  badge.textContent = say(text);
}

async function history(before) {
  const page = await get(`/v1/events?${query({ order: "desc", limit: PAGE, ...(before ? { before } : {}) })}`);
  for (const event of [...page.items].reverse()) learnFrom(event);
  oldest = page.next_cursor === null ? null : Number(page.next_cursor);
  return page;
}

/* Shows the latest page and follows the stream from there. Retries until the console answers. */
export async function load(onRefused) {
  reader?.stop();
  const mine = ++generation;
  answer("events-answer", "");
  let page;
  try {
    page = await history(null);
  } catch (problem) {
    if (mine !== generation) return;
    if (problem.status === 401) return onRefused(problem);
    answer("events-answer", problem.message, true);
    connection("retrying");
    setTimeout(() => mine === generation && load(onRefused), 2000);
    return;
  }
  if (mine !== generation) return;
  events = page.items;
  waiting = [];
  draw();
  reader = new Reader(`/v1/stream?${query({})}`, page.last_position, {
    onEvent: arrived,
    onState: connection,
    onRefused: (problem) => (problem.code === "unknown-position" ? load(onRefused) : onRefused(problem)),
  });
}

export function stop() {
  generation += 1;
  reader?.stop();
  events = [];
  waiting = [];
  paused = false;
}

async function older() {
  try {
    const page = await history(oldest);
    events.push(...page.items);
    byId("rows").append(...page.items.map((event) => row(event, false)));
    state();
  } catch (problem) {
    answer("events-answer", problem.message, true);
  }
}

function pause() {
  paused = !paused;
  if (!paused) {
    add(waiting);
    waiting = [];
  }
  state();
}

function chips(choose) {
  byId("kinds").replaceChildren(
    ...Object.keys(KINDS).map((name) =>
      element("button", { type: "button", "aria-pressed": String(name === kind), "data-kind": name, onclick: () => choose(name) }, term("kinds", name))),
  );
}

export function fillOrganisations() {
  const options = allOrganisations().map((one) => element("option", { value: organisationName(one.org_id) }, one.org_id));
  byId("organisations").replaceChildren(...options);
}

function organisationNamed(text) {
  if (!text) return "";
  const found = allOrganisations().find((one) => one.org_id === text || one.name === text || one.name_en === text);
  return found?.org_id ?? null;
}

export function prepare(onRefused) {
  const choose = (name) => {
    kind = name;
    for (const chip of byId("kinds").children) chip.setAttribute("aria-pressed", String(chip.dataset.kind === kind));
    load(onRefused);
  };
  byId("pause").addEventListener("click", pause);
  byId("older").addEventListener("click", older);
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("organisation").addEventListener("change", () => {
    const found = organisationNamed(byId("organisation").value.trim());
    if (found === null) return answer("events-answer", say("unknownOrganisation"), true);
    organisation = found;
    return load(onRefused);
  });
  onLanguage(() => {
    chips(choose);
    draw();
    byId("organisation").placeholder = say("allOrganisations");
    if (known("page", byId("connection").dataset.word)) connection(byId("connection").dataset.word);
  });
}
