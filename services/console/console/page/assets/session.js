/* Signing in, with a development account or a token that is pasted. */

import { get, keepToken, post } from "./api.js";
import { answer, byId, element } from "./dom.js";
import { onLanguage, say, term } from "./say.js";

const SHOWN = 60;
let accounts = [];
let entered = null;

function matches(account, text, role) {
  const all = [account.account, account.name, account.organisation.name, account.organisation.org_id].join(" ").toLowerCase();
  return (!role || account.roles.includes(role)) && text.split(/\s+/).every((part) => all.includes(part));
}

function draw() {
  const found = accounts.filter((one) => matches(one, byId("account-search").value.trim().toLowerCase(), byId("account-role").value));
  byId("account-count").textContent = say("accountsShown", { shown: Math.min(found.length, SHOWN), total: found.length });
  byId("accounts").replaceChildren(...found.slice(0, SHOWN).map((one) =>
    element("li", {}, element("button", { type: "button", "data-account": one.account, onclick: () => enterAs(one.account) },
      element("strong", {}, one.name),
      element("span", { class: "roles" }, one.roles.map((role) => term("roles", role)).join("、")),
      element("span", { class: "note" }, `${one.organisation.name} · ${one.account}`)))));
}

function roles() {
  const chosen = byId("account-role").value;
  const present = [...new Set(accounts.flatMap((one) => one.roles))];
  byId("account-role").replaceChildren(
    element("option", { value: "" }, say("allRoles")),
    ...present.map((role) => element("option", { value: role, selected: role === chosen }, term("roles", role))),
  );
}

async function enterAs(account) {
  try {
    await enterWith((await post("/dev/token", { account })).access_token);
  } catch (problem) {
    answer("sign-in-answer", problem.message, true);
  }
}

async function enterWith(token) {
  keepToken(token);
  try {
    entered(await get("/v1/session"));
  } catch (problem) {
    keepToken(null);
    answer("sign-in-answer", problem.message, true);
  }
}

/* Gives whether this console has development accounts at all; a production console has none. */
export async function offer(message) {
  byId("sign-in").hidden = false;
  answer("sign-in-answer", message ?? "", true);
  try {
    accounts = (await get("/dev/accounts")).items;
  } catch {
    accounts = [];
  }
  byId("accounts-part").hidden = accounts.length === 0;
  if (!accounts.length) byId("token-part").open = true;
  roles();
  draw();
}

export function prepare(onEntered) {
  entered = onEntered;
  byId("account-search").addEventListener("input", draw);
  byId("account-role").addEventListener("change", draw);
  byId("token-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const token = byId("token").value.trim().replace(/^Bearer\s+/i, "");
    byId("token").value = "";
    if (token) enterWith(token);
  });
  onLanguage(() => {
    roles();
    draw();
  });
}
