/* One record in full: its facts, its score lines with their evidence, and why. */

import { get } from "./api.js";
import { reasons, showDetail } from "./detail.js";
import { byId, element } from "./dom.js";
import { known, language, say } from "./say.js";

const SHOWN_EVIDENCE = 12;
const APART = new Set(["because", "lines", "chain"]);

const plain = (value) => {
  if (value === null || value === undefined) return say("none");
  if (Array.isArray(value)) return value.map(plain).join("、") || say("none");
  if (typeof value === "object") return value.name ?? Object.entries(value).map(([name, one]) => `${name} ${plain(one)}`).join("，");
  return known("codes", value) ?? String(value);
};

async function openEvidence(id) {
  const one = await get(`/api/scoring/v1/events/${id}`);
  showDetail({ ...one, id, data: one.data ?? {} });
}

function evidence(ids) {
  const links = ids.slice(0, SHOWN_EVIDENCE).map((id) =>
    element("button", { type: "button", class: "open mono", onclick: () => openEvidence(id) }, `…${id.slice(-8)}`));
  const more = ids.length > SHOWN_EVIDENCE ? say("moreEvidence", { n: ids.length - SHOWN_EVIDENCE }) : "";
  return element("div", { class: "facts evidence" }, element("b", {}, say("evidence", { n: ids.length })), ...links, more);
}

function scoreLine(one) {
  const points = one.assessed ? `${one.points} / ${one.base}` : say("notAssessed");
  const figures = Object.entries(one.figures ?? {}).map(([name, value]) => `${name} = ${plain(value)}`).join(" · ");
  return element(
    "section", { class: "score-line" },
    element("div", { class: "head" }, element("h3", {}, one[language()] ?? one.item), element("strong", {}, points)),
    element("div", { class: "note mono" }, figures), evidence(one.evidence ?? []), reasons(one.because),
  );
}

function facts(body) {
  const pairs = Object.entries(body).filter(([name]) => !APART.has(name) || typeof body[name]?.[0] === "string");
  return element("section", {}, element("dl", {}, ...pairs.flatMap(([name, value]) => [
    element("dt", {}, known("columns", name) ?? known("fields", name) ?? name), element("dd", {}, plain(value)),
  ])));
}

export async function showRecord(title, path) {
  byId("detail-title").textContent = title;
  byId("detail-type").textContent = path.replace(/^\/api/, "");
  byId("detail-body").replaceChildren();
  byId("detail").showModal();
  try {
    const body = await get(path);
    const lines = Array.isArray(body.lines) && typeof body.lines[0] === "object" ? body.lines.map(scoreLine) : [];
    byId("detail-body").replaceChildren(...[reasons(body.because), facts(body), ...lines].filter(Boolean));
  } catch (problem) {
    byId("detail-body").replaceChildren(element("p", { class: "answer bad" }, problem.message));
  }
  byId("detail").scrollTop = 0;
}
