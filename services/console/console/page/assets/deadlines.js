/* The deadlines that run in any service, first due first, counting down on business time. */

import { get } from "./api.js";
import { businessNow } from "./clock.js";
import { answer, byId, element } from "./dom.js";
import { caseNumber, customerName, organisationName } from "./directory.js";
import { onLanguage, say, term } from "./say.js";
import { moment, span, valueText } from "./text.js";

const SERVICES = ["registry", "service-desk", "tiering", "pricing", "scoring"];
const SHOWN = 50;
const MISSED_SHOWN = 10; // what was missed long ago does not hide what is still running
const REFRESH = 30000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const GATHER = 600; // several events of one act cause one look

let deadlines = [];
let timer = null;
let running = false;

async function of(service) {
  const answers = ["running", "breached"].map((state) => get(`/api/${service}/v1/deadlines?state=${state}&limit=${SHOWN}`));
  const pages = await Promise.all(answers);
  return pages.flatMap((page) => page.items).map((one) => ({ ...one, service }));
}

async function look() {
  timer = null;
  const answers = await Promise.allSettled(SERVICES.map(of));
  if (!running) return;
  const silent = SERVICES.filter((_, at) => answers[at].status === "rejected" && answers[at].reason.status !== 403);
  answer("deadlines-answer", silent.length ? say("notAnswering", { names: silent.join(", ") }) : "", true);
  deadlines = inOrder(answers.flatMap((one) => (one.status === "fulfilled" ? one.value : [])));
  draw();
  refreshSoon(REFRESH);
}

/* The latest that were missed, then what runs, first due first, then what else was missed. */
function inOrder(all) {
  const sorted = all.sort((a, b) => a.due_at.localeCompare(b.due_at));
  const missed = sorted.filter((one) => one.state === "breached");
  const latest = missed.slice(-MISSED_SHOWN);
  return [...latest, ...sorted.filter((one) => one.state !== "breached"), ...missed.slice(0, -MISSED_SHOWN)];
}

export function refreshSoon(after = GATHER) {
  if (!running) return;
  if (timer !== null && after === REFRESH) return;
  clearTimeout(timer);
  timer = setTimeout(look, after);
}

function toneOf(one) {
  if (one.state === "breached" || new Date(one.due_at) <= businessNow()) return "bad";
  if (one.state === "paused") return "calm";
  return one.warned_at.length ? "warn" : "good";
}

/* Ids that mean something to a reader stand as they are; of the others the end is enough to tell them apart. */
const shortId = (id) => (UUID.test(id) ? `…${id.slice(-6)}` : id.split(":").pop());

function item(one) {
  const tone = toneOf(one);
  const tag = one.state === "breached" ? say("breached") : one.state === "paused" ? say("paused") : one.warned_at.length ? `${say("warned")} ×${one.warned_at.length}` : "";
  const subject = caseNumber(one.subject.id) ?? (one.customer_id ? customerName(one.customer_id) : shortId(one.subject.id));
  return element(
    "li", { "data-tone": tone, "data-id": one.id },
    element("div", { class: "head" },
      element("strong", {}, term("codes", one.kind)),
      tag ? element("span", { class: `tag ${tone}` }, tag) : ""),
    element("div", { class: "left", "data-due": one.due_at }),
    element("progress", { max: "1", "aria-hidden": "true", "data-from": one.started_at, "data-to": one.due_at }),
    element("div", { class: "note" }, `${term("codes", one.subject.type)} ${subject} · ${organisationName(one.org_id)}`),
    element("div", { class: "note" }, `${say("dueOn")} ${moment(one.due_at).slice(0, 16)} · ${say("holder")} ${valueText("holder", one.holder)}`),
  );
}

function draw() {
  byId("deadlines").replaceChildren(...deadlines.slice(0, SHOWN).map(item));
  byId("no-deadlines").hidden = deadlines.length > 0;
  const count = deadlines.length > SHOWN ? say("moreDeadlines", { n: SHOWN }) : say("running_count", { n: deadlines.length });
  byId("deadline-count").textContent = deadlines.length ? count : "";
  tick();
}

export function tick() {
  const now = businessNow();
  for (const place of document.querySelectorAll("[data-due]")) {
    const left = new Date(place.dataset.due) - now;
    place.textContent = left > 0 ? `${say("left")} ${span(left)}`.trim() : `${say("overdue")}${span(left)}`;
  }
  for (const bar of document.querySelectorAll("#deadlines progress")) {
    const from = new Date(bar.dataset.from);
    bar.value = Math.min(1, Math.max(0, (now - from) / (new Date(bar.dataset.to) - from)));
  }
}

export function start() {
  running = true;
  look();
}

export function stop() {
  running = false;
  clearTimeout(timer);
  timer = null;
  deadlines = [];
}

export function prepare() {
  onLanguage(draw);
}
