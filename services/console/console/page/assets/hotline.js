/* The hotline's screen: who is calling, what was spoken and what is open with them; then the complaint, while they speak. */

import { get } from "./api.js";
import { DESK, caseLine } from "./cases.js";
import { answer, byId, element } from "./dom.js";
import { codeText } from "./directory.js";
import { tick } from "./deadlines.js";
import * as intake from "./intake.js";
import { onLanguage, say, term } from "./say.js";
import { moment } from "./text.js";

const ANSWERERS = ["hotline-agent", "account-manager", "unit-head", "center-officer", "center-director", "inspector"];
const TAKERS = ANSWERERS.slice(0, -1);
const FEWEST_DIGITS = 5;
const EXTENSION = /\u8f6c|\u5206\u673a|ext\.?/gi;
const CALLED = "#/callers";

let found = null;
let chosen = null;
let asked = 0;
let takes = false;

export const isFor = (person) => person.roles.some((role) => ANSWERERS.includes(role));

/* One field for every way to look: a code, a credit code, a phone however written, else a part of the name or its initials. */
export function way(text) {
  const plain = text.normalize("NFKC").trim();
  const close = plain.replace(/\s/g, "").toUpperCase();
  if (/^[1-9]\d{13}$/.test(close)) return ["code", close];
  if (/^[0-9A-Z]{18}$/.test(close)) return ["credit_code", close];
  const spoken = plain.replace(EXTENSION, "");
  if (spoken.replace(/\D/g, "").length >= FEWEST_DIGITS && !/\p{L}/u.test(spoken)) return ["phone", plain];
  return ["q", plain];
}

function contact(one) {
  const words = [one.step, one.channel, one.category].filter(Boolean).map((code) => term("codes", code)).join(" · ");
  return element("li", {}, element("time", {}, moment(one.at).slice(0, 16)), ` ${words} `, element("span", { class: "note mono" }, one.case_no));
}

function part(title, items) {
  if (!items?.length) return "";
  return element("section", {}, element("h3", {}, title), element("ul", { class: "plain" }, ...items));
}

function card(one) {
  const { customer, manager, unit } = one;
  const isChosen = chosen?.customer_id === customer.customer_id;
  const tags = [
    element("span", { class: "tag", "data-class": customer.class }, customer.class ? say("classOf", { n: customer.class }) : say("noClass")),
    customer.vip ? element("span", { class: "tag warn" }, "VIP") : "",
    customer.risk && customer.risk !== "none" ? element("span", { class: "tag bad" }, `${say("risk")} ${term("codes", customer.risk)}`) : "",
  ];
  return element(
    "li", { class: "card", "data-chosen": String(isChosen) },
    element("div", { class: "row" },
      takes
        ? element("button", { type: "button", "aria-pressed": String(isChosen), onclick: () => choose(customer) }, customer.name)
        : element("strong", {}, customer.name),
      element("span", { class: "mono" }, codeText(customer.code ?? "")), ...tags),
    element("p", { class: "note" }, `${unit?.name ?? ""} · ${say("manager")} ${manager?.name ?? say("none")}`),
    part(say("openCases"), one.open_cases.map(caseLine)), part(say("lastContacts"), one.last_contacts.map(contact)),
  );
}

function draw() {
  const cards = found?.cards ?? [];
  byId("caller-cards").replaceChildren(...cards.map(card), ...(found?.open_cases ?? []).map((one) => element("li", { class: "card" }, element("ul", { class: "plain" }, caseLine(one)))));
  if (found) answer("caller-answer", say(found.more ? "match_more" : `match_${found.match}`, { n: cards.length }));
  tick();
}

function choose(customer) {
  chosen = customer;
  draw();
  intake.of(customer);
}

async function lookUp() {
  const [name, value] = way(byId("caller-wanted").value);
  if (!value) return;
  const mine = ++asked;
  [found, chosen] = [null, null];
  try {
    const body = await get(`${DESK}/callers?${new URLSearchParams({ [name]: value })}`);
    if (mine !== asked) return;
    found = body;
    chosen = body.match === "one" ? body.cards[0].customer : null;
  } catch (problem) {
    if (mine !== asked) return;
    answer("caller-answer", problem.message, true);
  }
  draw();
  if (!found || !takes) return;
  await intake.begin(name === "phone" ? value : "", chosen);
  if (mine === asked && found.match === "several") byId("caller-cards").querySelector("button").focus();
}

/* The telephone system's link has the number behind the #; it is taken from there and does not stay in the address. */
export function called() {
  if (!location.hash.startsWith(CALLED)) return false;
  const phone = new URLSearchParams(location.hash.slice(CALLED.length + 1)).get("phone");
  history.replaceState(null, "", CALLED);
  if (phone) {
    byId("caller-wanted").value = phone;
    lookUp();
  }
  return true;
}

/* Nothing of the last caller stays on the page. */
export function clear() {
  asked += 1;
  [found, chosen] = [null, null];
  byId("caller-wanted").value = "";
  answer("caller-answer", "");
  draw();
  intake.end();
}

export function start(person) {
  takes = person.roles.some((role) => TAKERS.includes(role));
}

export function prepare() {
  byId("caller-form").addEventListener("submit", (event) => {
    event.preventDefault();
    lookUp();
  });
  intake.prepare(() => {
    clear();
    byId("caller-wanted").focus();
  });
  onLanguage(draw);
}
