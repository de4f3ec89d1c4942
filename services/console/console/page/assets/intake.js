/* Taking a complaint down: what is likely the same is shown before it is made, its number and what to tell the caller after. */

import { get, keys, post } from "./api.js";
import { DESK, caseLine } from "./cases.js";
import { clocks } from "./clocks.js";
import { tick } from "./deadlines.js";
import { answer, byId, element } from "./dom.js";
import { allOrganisations, organisationName } from "./directory.js";
import { language, onLanguage, say, term } from "./say.js";

const COMPLAINTS = `${DESK}/complaints`;
const FIELDS = ["phone", "name", "category", "content", "mail_no", "city", "place"];

let customer = null;
let categories = [];
let anyway = false;
let asked = 0;
let keyOf = keys();

const field = (name) => byId(`intake-${name}`);
const value = (name) => field(name).value.trim() || undefined;
const mailNo = () => value("mail_no")?.toUpperCase();
const caller = () => ({ phone: value("phone"), name: value("name"), customer_id: customer?.customer_id });

function drawChoices() {
  const [category, city] = [field("category").value, field("city").value];
  field("category").replaceChildren(element("option", { value: "" }, say("choose")), ...categories.map((one) => element("option", { value: one.code }, one[language()])));
  const cities = allOrganisations().filter((one) => one.kind === "city");
  field("city").replaceChildren(element("option", { value: "" }, say("cityOfCustomer")), ...cities.map((one) => element("option", { value: one.org_id }, organisationName(one.org_id))));
  [field("category").value, field("city").value] = [category, city];
  byId("intake-of").textContent = customer ? customer.name : say("unknownCaller");
}

async function learnCategories() {
  if (categories.length) return;
  try {
    ({ categories } = await get(`${DESK}/complaint-words`));
  } catch (problem) {
    answer("intake-answer", problem.message, true);
  }
}

/* Begin with a caller: by the phone that calls, as the customer that it means if it is one. */
export async function begin(phone, meant) {
  end();
  field("phone").value = phone;
  customer = meant;
  const mine = asked;
  await learnCategories();
  if (mine !== asked) return;
  drawChoices();
  byId("intake-form").hidden = false;
  if (meant || phone) field("category").focus();
}

export function of(meant) {
  customer = meant;
  drawChoices();
  look();
  field("category").focus();
}

export function end() {
  byId("intake-form").hidden = byId("receipt").hidden = true;
  for (const name of FIELDS) field(name).value = "";
  for (const id of ["receipt-number", "receipt-words"]) byId(id).textContent = "";
  answer("intake-answer", "");
  showSimilar([]);
  [customer, anyway, keyOf] = [null, false, keys()];
  asked += 1;
}

function showSimilar(items) {
  byId("similar").hidden = items.length === 0;
  byId("similar-cases").replaceChildren(...items.map((one) => {
    const line = caseLine(one);
    line.firstChild.append(
      element("span", { class: "note" }, say("same", { what: one.same.map((name) => term("fields", name)).join("、") })),
      element("button", { type: "button", onclick: () => add(one.case_no) }, say("addToIt")),
    );
    return line;
  }));
}

async function look() {
  const mine = ++asked;
  if (!value("category") || (!customer && !value("phone") && !mailNo())) return showSimilar([]);
  try {
    const { items } = await post(`${COMPLAINTS}/similar`, { caller: caller(), category: value("category"), mail_no: mailNo() });
    if (mine === asked) showSimilar(items);
  } catch (problem) {
    if (mine === asked) answer("intake-answer", problem.message, true);
  }
}

const send = (path, body) => post(path, body, keyOf([path, body]));

async function add(case_no) {
  try {
    await send(`${COMPLAINTS}/${case_no}/additions`, { content: value("content") ?? "", channel: "hotline" });
    showReceipt(case_no, say("added"), []);
  } catch (problem) {
    refused(problem);
  }
}

async function take(event) {
  event.preventDefault();
  const body = {
    channel: "hotline", language: language(), caller: caller(), category: value("category"), content: value("content"),
    mail_no: mailNo(), city: value("city"), place: value("place"), unless_similar: !anyway,
  };
  byId("intake-take").disabled = true;
  const then = await send(COMPLAINTS, body).then(made, (problem) => () => refused(problem));
  byId("intake-take").disabled = false;
  then();
}

const made = (one) => () => showReceipt(one.case_no, one.promised[language()], one.deadlines, one.first_responder);

/* Said once: who takes it down again means another matter. */
function warn(items) {
  anyway = true;
  showSimilar(items);
  answer("intake-answer", say("maybeSame"), true);
  byId("intake-take").focus();
}

function refused(problem) {
  if (problem.code === "likely-duplicate") return warn(problem.body.similar);
  answer("intake-answer", problem.message, true);
  const named = FIELDS.find((name) => problem.body?.pointer?.endsWith(`/${name}`));
  if (named) field(named).focus();
}

function showReceipt(case_no, words, deadlines, responder) {
  byId("intake-form").hidden = true;
  byId("receipt").hidden = false;
  byId("receipt-number").textContent = case_no;
  byId("receipt-words").textContent = words;
  byId("receipt-clocks").replaceChildren(
    clocks(deadlines), element("p", { class: "note" }, responder ? `${term("fields", "first_responder")} ${responder.name}` : ""),
  );
  tick();
  byId("receipt-next").focus();
}

export function prepare(next) {
  byId("intake-form").addEventListener("submit", take);
  for (const name of ["category", "mail_no"]) field(name).addEventListener("change", look);
  for (const name of FIELDS) field(name).addEventListener("input", () => { anyway = false; });
  field("content").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.ctrlKey) byId("intake-form").requestSubmit();
  });
  byId("receipt-next").addEventListener("click", next);
  onLanguage(drawChoices);
}
