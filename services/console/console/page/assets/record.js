/* One record in full: its facts, its clocks, its score lines with their evidence, and why; what can be done with it and what
   belongs to it. A list stands here the same way. */

import { acts } from "./acting.js";
import { get, read } from "./api.js";
import { clocks } from "./clocks.js";
import { reasons, showDetail } from "./detail.js";
import { tick } from "./deadlines.js";
import { byId, element } from "./dom.js";
import { facts, label, plain } from "./facts.js";
import { table } from "./listing.js";
import { operationsAt } from "./operations.js";
import { language, say } from "./say.js";

const SHOWN_EVIDENCE = 12;

const listeners = [];
let trail = [];

/* Be told when something was done: lists behind it may show it. */
export const onDone = (listener) => listeners.push(listener);

function openEvidence(id) {
  follow(null);
  return shown(() => get(`/api/scoring/v1/events/${id}`), (one) => showDetail({ ...one, id, data: one.data ?? {} }));
}

function evidence(ids) {
  const links = ids.slice(0, SHOWN_EVIDENCE).map((id) =>
    element("button", { type: "button", class: "open mono", onclick: () => openEvidence(id) }, `…${id.slice(-8)}`));
  const more = ids.length > SHOWN_EVIDENCE ? say("moreEvidence", { n: ids.length - SHOWN_EVIDENCE }) : "";
  return element("div", { class: "facts evidence" }, element("b", {}, say("evidence", { n: ids.length })), ...links, more);
}

function scoreLine(one) {
  const points = one.assessed ? `${one.points} / ${one.base}` : say("notAssessed");
  const figures = Object.entries(one.figures ?? {}).map(([name, value]) => `${label(name)} = ${plain(value, name)}`).join(" · ");
  return element(
    "section", { class: "score-line" },
    element("div", { class: "head" }, element("h3", {}, one[language()] ?? one.item), element("strong", {}, points)),
    element("div", { class: "note mono" }, figures), evidence(one.evidence ?? []), reasons(one.because),
  );
}

/* What was told to the caller, and every clock behind it. */
function promises(body) {
  const told = body.promised?.[language()];
  if (!told && !body.deadlines?.length) return null;
  return element("section", {}, element("h3", {}, say("deadlines")), told ? element("p", { class: "because" }, told) : "", clocks(body.deadlines ?? []));
}

function partsOf(body) {
  const lines = Array.isArray(body.lines) && typeof body.lines[0] === "object" ? body.lines.map(scoreLine) : [];
  return [promises(body), reasons(body.because), ...facts(body), ...lines].filter(Boolean);
}

const isList = (body) => Array.isArray(body?.items);

function links(parts) {
  if (!parts.length) return null;
  return element("div", { class: "row parts" }, ...parts.map((one) => element("button", { type: "button", "data-part": one.id, onclick: () => visit(one.title(), one.path) }, one.title())));
}

/* What is asked for and cannot be shown is said where it would stand. */
async function shown(ask, show, said = "") {
  try {
    await show(await ask());
  } catch (problem) {
    byId("detail-body").replaceChildren(said, element("p", { class: "answer bad" }, problem.message));
  }
  byId("detail").scrollTop = 0;
}

/* A service whose document cannot be had shows its records all the same, and says that they cannot be worked now. */
const workOf = (path) => operationsAt(path).catch((problem) => ({ changes: [], parts: [], trouble: element("p", { class: "note" }, say("noActs"), " ", problem.message) }));

/* The way back is as long as the way that was come. */
function follow(step) {
  trail.push(step);
  byId("detail-back").hidden = trail.length < 2;
}

function drawn(title, path, said = "") {
  const mine = { title, path };
  follow(mine);
  byId("detail-title").textContent = title;
  byId("detail-type").textContent = path.replace(/^\/api/, "");
  return shown(() => read(path), async ({ body, etag }) => {
    const { changes, parts, trouble } = await workOf(path);
    const content = isList(body) ? [await table(body, path, visit)] : partsOf(body);
    if (trail.at(-1) !== mine) return;
    const reopen = () => {
      trail.pop();
      visit(title, path);
    };
    const again = (answered, operation) => done(operation, outcome(answered, body), title, path);
    byId("detail-body").replaceChildren(...[said, trouble, links(parts), acts(changes, { path, etag, body, reopen }, again), ...content].filter(Boolean));
    tick();
  }, said);
}

/* What was answered, folded where it is a step of the record, which is shown as it is now. */
function outcome(answered, record) {
  if (answered === null || typeof answered !== "object") return "";
  return element("details", { open: !(answered.state && record.state) }, element("summary", {}, say("outcome")), ...partsOf(answered));
}

/* What was done is said, with what came of it. */
function done(operation, came, title, path) {
  const told = element("p", { class: "answer", role: "status", "data-done": operation.id }, `✓ ${operation.title()}`);
  const said = element("div", { class: "said" }, told, came);
  for (const listener of listeners) listener();
  if (operation.method === "DELETE") return byId("detail-body").replaceChildren(said);
  trail.pop();
  return drawn(title, path, said);
}

function visit(title, path) {
  byId("detail-body").replaceChildren();
  return drawn(title, path);
}

export function showRecord(title, path) {
  trail = [];
  byId("detail").showModal();
  return visit(title, path);
}

export function prepare() {
  byId("detail").addEventListener("close", () => {
    if (byId("detail").open) return;
    trail = [];
    byId("detail-body").replaceChildren();
    byId("detail-back").hidden = true;
  });
  byId("detail-back").addEventListener("click", () => {
    trail.pop();
    const { title, path } = trail.pop();
    visit(title, path);
  });
}
