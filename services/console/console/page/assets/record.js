/* One record in full: its facts, its clocks, its score lines with their evidence, and why. */

import { get } from "./api.js";
import { clocks } from "./clocks.js";
import { reasons, showDetail } from "./detail.js";
import { tick } from "./deadlines.js";
import { byId, element } from "./dom.js";
import { organisationName } from "./directory.js";
import { known, language, say, term } from "./say.js";
import { moment } from "./text.js";

const SHOWN_EVIDENCE = 12;
const APART = new Set(["because", "lines", "chain", "deadlines", "promised"]);

const label = (name) => known("columns", name) ?? term("fields", name);
const isTime = (name) => name.endsWith("_at") || name.endsWith("_since");
const isUnit = (name) => name === "unit" || name.endsWith("org_id");

function plain(value, name = "") {
  if (value === null || value === undefined) return say("none");
  if (Array.isArray(value)) return value.map((one) => plain(one, name)).join("、") || say("none");
  if (typeof value === "object") return value.name ?? Object.entries(value).filter(([part]) => !APART.has(part)).map(([part, one]) => `${label(part)} ${plain(one, part)}`).join("，");
  if (isTime(name)) return moment(value);
  if (isUnit(name)) return organisationName(value);
  return known("codes", value) ?? String(value);
}

/* What is asked for and cannot be shown is said where it would stand. */
async function shown(path, show) {
  try {
    show(await get(path));
  } catch (problem) {
    byId("detail-body").replaceChildren(element("p", { class: "answer bad" }, problem.message));
  }
  byId("detail").scrollTop = 0;
}

const openEvidence = (id) =>
  shown(`/api/scoring/v1/events/${id}`, (one) => showDetail({ ...one, id, data: one.data ?? {} }));

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

function facts(body) {
  const pairs = Object.entries(body).filter(([name]) => !APART.has(name) || typeof body[name]?.[0] === "string");
  return element("section", {}, element("dl", {}, ...pairs.flatMap(([name, value]) => [
    element("dt", {}, label(name)), element("dd", {}, plain(value, name)),
  ])));
}

/* What was told to the caller, and every clock behind it. */
function promises(body) {
  const told = body.promised?.[language()];
  if (!told && !body.deadlines?.length) return null;
  return element("section", {}, element("h3", {}, say("deadlines")), told ? element("p", { class: "because" }, told) : "", clocks(body.deadlines ?? []));
}

export function showRecord(title, path) {
  byId("detail-title").textContent = title;
  byId("detail-type").textContent = path.replace(/^\/api/, "");
  byId("detail-body").replaceChildren();
  byId("detail").showModal();
  return shown(path, (body) => {
    const lines = Array.isArray(body.lines) && typeof body.lines[0] === "object" ? body.lines.map(scoreLine) : [];
    byId("detail-body").replaceChildren(...[promises(body), reasons(body.because), facts(body), ...lines].filter(Boolean));
    tick();
  });
}
