/* Business time, as the console tells it; in development it can be moved here. */

import { get, post } from "./api.js";
import { answer, byId, element } from "./dom.js";
import { onLanguage, say } from "./say.js";
import { moment, span } from "./text.js";

const STEPS = { step1: "PT1H", step2: "P1D", step3: "P2D", step4: "P7D" };
const LOOK = 15000;
const FAR = 5000;

let lead = 0; // business time minus this browser's clock, in milliseconds
let offset = null;
let movable = false;
const listeners = [];

export const businessNow = () => Date.now() + lead;

/* Calls the listener when business time jumped. */
export function onJump(listener) {
  listeners.push(listener);
}

export function learnNow(text) {
  const before = lead;
  lead = new Date(text).getTime() - Date.now();
  if (Math.abs(lead - before) > FAR) for (const listener of listeners) listener();
}

function took(state) {
  learnNow(state.now);
  offset = state.offset;
  tick();
}

export function tick() {
  byId("clock-now").textContent = moment(businessNow());
  const shown = byId("clock-offset");
  if (offset === null) shown.textContent = "";
  else if (Math.abs(offset) < 1) shown.textContent = `(${say("realNow")})`;
  else shown.textContent = `(${say("offset", { text: (offset < 0 ? "−" : "+") + span(offset * 1000) })})`;
}

async function look() {
  try {
    if (movable) took(await get("/dev/clock"));
    else learnNow((await get("/v1/session")).now);
  } catch {
    tick();
  }
}

/* An event far from what we hold for now says that somebody has moved the clock. */
export function hint(time) {
  if (Math.abs(new Date(time).getTime() - businessNow()) > FAR) look();
}

async function move(body) {
  const buttons = byId("clock-form").querySelectorAll("button");
  for (const button of buttons) button.disabled = true;
  try {
    took(await post("/dev/clock", body));
    answer("clock-answer", say("clockSet"));
  } catch (problem) {
    const names = problem.body?.services;
    answer("clock-answer", names ? say("notFollowed", { names: names.join(", ") }) : problem.message, true);
    await look();
  }
  for (const button of buttons) button.disabled = false;
}

function steps() {
  const buttons = Object.entries(STEPS).map(([word, advance]) =>
    element("button", { type: "button", onclick: () => move({ advance }) }, say(word)));
  byId("clock-steps").replaceChildren(...buttons);
}

export function prepare() {
  byId("clock-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = byId("clock-moment").value;
    if (text) move({ set: `${text.length === 16 ? `${text}:00` : text}+08:00` });
  });
  byId("clock-real").addEventListener("click", () => move({ real: true }));
  // On the click (a key's too), for "toggle" comes only after the person may have begun to type.
  byId("clock-controls").querySelector("summary").addEventListener("click", () => {
    answer("clock-answer", "");
    byId("clock-moment").value = moment(businessNow()).replace(" ", "T").slice(0, 16);
  });
  document.addEventListener("click", (event) => {
    if (!byId("clock-controls").contains(event.target)) byId("clock-controls").open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !byId("clock-controls").open) return;
    byId("clock-controls").open = false;
    byId("clock-controls").querySelector("summary").focus();
  });
  onLanguage(() => {
    steps();
    tick();
  });
  setInterval(look, LOOK);
}

export async function show(development) {
  movable = development;
  byId("clock").hidden = false;
  byId("clock-controls").hidden = !development;
  await look();
}
