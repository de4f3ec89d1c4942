/* Turns times, codes and the parts of an event into words. */

import { caseNumber, organisationName, customerName, customerCode, codeText } from "./directory.js";
import { known, say, term, typeWords } from "./say.js";

const china = new Intl.DateTimeFormat("sv-SE", {
  timeZone: "Asia/Shanghai", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
});

/* 2026-11-21 09:30:00, in China's time wherever the browser is */
export const moment = (value) => china.format(new Date(value));
export const shortMoment = (value) => moment(value).slice(5);

export function span(milliseconds) {
  const seconds = Math.floor(Math.abs(milliseconds) / 1000);
  const two = (n) => String(n).padStart(2, "0");
  const clock = `${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  const days = Math.floor(seconds / 86400);
  return days ? `${days} ${say("day")} ${clock}` : clock;
}

export const lastLabel = (orgpath) => orgpath.split(".").pop();

const SHOWN = [
  "name", "kind", "step", "state", "lines", "line", "taken_lines", "channel", "category", "cause", "roles", "initial_class",
  "first_responder", "handler", "next_holder", "holder", "responsible", "breached_by", "above_limit", "satisfaction", "until", "due_at", "reason", "reasons",
];
const TIMES = new Set(["until", "due_at"]);
const ENOUGH = 5;

export function valueText(field, value) {
  if (Array.isArray(value)) return value.map((one) => valueText(field, one)).join("、");
  if (TIMES.has(field)) return moment(value).slice(0, 16);
  if (value && typeof value === "object") {
    if (value.step) return valueText("step", value.step);
    const role = value.role ? term("roles", value.role) : "";
    return [value.org_id ? organisationName(value.org_id) : "", role].filter(Boolean).join(" ");
  }
  return known(field === "roles" ? "roles" : "codes", value) ?? String(value);
}

/* The few facts of an event that a person wants to read in a list: pairs of label and text. */
export function summary(event) {
  const facts = [];
  for (const field of SHOWN) {
    const value = event.data[field];
    const empty = value === null || value === undefined || value === "" || value === false || value.length === 0;
    if (empty || (field === "name" && event.type.startsWith("registry.customer."))) continue;
    if (field === "next_holder" && !event.type.includes(".escalated.")) continue;
    const text = valueText(field, value);
    if (text) facts.push([term("fields", field), text]);
    if (facts.length === ENOUGH) break;
  }
  return facts;
}

/* Whom or what the event is about: a name and a number. */
export function about(event) {
  const { data } = event;
  const customerId = data.customer_id ?? null;
  const code = data.customer_code ?? customerCode(customerId);
  const number = data.case_no ?? caseNumber(data.subject?.id) ?? (code ? codeText(code) : null) ?? data.staff_no ?? null;
  return { name: customerId ? customerName(customerId) : "", number: number ?? "" };
}

/* What happened, in words; of a deadline also which one. */
export function heading(event) {
  const which = event.type.includes(".deadline.") ? known("codes", event.data.kind) : null;
  return which ? `${typeWords(event.type)}：${which}` : typeWords(event.type);
}

/* A type may break behind its dots and nowhere else. */
export function typeCode(type) {
  const parts = type.split(".");
  return parts.flatMap((part, at) => (at < parts.length - 1 ? [`${part}.`, document.createElement("wbr")] : [part]));
}

export function tone(type) {
  const past = type.split(".")[2];
  if (["breached", "escalated", "refused", "revoked"].includes(past)) return "bad";
  if (["warned", "expired", "lapsed", "returned", "reopened"].includes(past)) return "warn";
  return "good";
}
