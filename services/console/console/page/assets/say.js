/* The words of the page in the chosen language, and the marks in the document that show them. */

import { words as zh } from "./words-zh.js";
import { words as en } from "./words-en.js";

const languages = { zh, en };
const listeners = [];
let chosen = localStorage.getItem("keypost-language") === "en" ? "en" : "zh";

export const language = () => chosen;

export function onLanguage(listener) {
  listeners.push(listener);
}

export function say(key, values = {}) {
  const text = languages[chosen].page[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/* The word of a code; English falls back to the code itself with spaces. */
export function term(table, code) {
  return languages[chosen][table]?.[code] ?? String(code).replace(/[-_]/g, " ");
}

export function known(table, code) {
  return languages[chosen][table]?.[code];
}

/* `registry.claim.granted.v1` → 开发权已授予 / Claim granted */
export function typeWords(type) {
  const special = known("types", type);
  if (special) return special;
  const [, thing, past] = type.split(".");
  if (chosen === "zh") return term("things", thing) + term("pasts", past);
  const text = `${thing} ${past}`.replaceAll("-", " ");
  return text[0].toUpperCase() + text.slice(1);
}

export function switchLanguage() {
  chosen = chosen === "zh" ? "en" : "zh";
  localStorage.setItem("keypost-language", chosen);
  showWords();
}

export function showWords() {
  document.documentElement.lang = chosen === "zh" ? "zh-CN" : "en";
  document.title = say("title");
  for (const place of document.querySelectorAll("[data-say]")) place.textContent = say(place.dataset.say);
  for (const listener of listeners) listener();
}
