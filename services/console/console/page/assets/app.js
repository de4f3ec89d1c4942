/* Wires the page: sign in, then events, deadlines and the clock. */

import * as clock from "./clock.js";
import * as deadlines from "./deadlines.js";
import * as events from "./events.js";
import * as hotline from "./hotline.js";
import * as record from "./record.js";
import * as session from "./session.js";
import * as views from "./views.js";
import { get, keepToken, signedIn } from "./api.js";
import { byId } from "./dom.js";
import { learnNames, learnOrganisations } from "./directory.js";
import { learnLines } from "./lines.js";
import { learnRoles } from "./operations.js";
import { onLanguage, say, showWords, switchLanguage, term } from "./say.js";

let person = null;

function showPerson() {
  byId("language").textContent = say("language");
  byId("language").lang = say("language") === "English" ? "en" : "zh-CN";
  const roles = person?.roles.map((role) => term("roles", role)).join("、");
  byId("who").textContent = person ? `${person.name} · ${roles} · ${person.organisation.name}` : "";
}

async function enter(found) {
  person = found;
  byId("sign-in").hidden = true;
  byId("work").hidden = false;
  byId("sign-out").hidden = false;
  showPerson();
  clock.learnNow(found.now);
  learnRoles(found.roles);
  learnLines(found.organisation.org_id);
  await Promise.all([learnOrganisations(), learnNames()]);
  events.fillOrganisations();
  await Promise.all([clock.show(found.development), events.load(refused)]);
  deadlines.start();
  const answers = hotline.isFor(found);
  byId("views").querySelector("[data-view=hotline]").hidden = !answers;
  if (answers) hotline.start(found);
  byId("views").hidden = false;
  views.show("events");
  if (answers && (hotline.called() || found.roles.includes("hotline-agent"))) views.show("hotline");
}

function leave(message) {
  person = null;
  keepToken(null);
  events.stop();
  deadlines.stop();
  hotline.clear();
  for (const id of ["work", "views", "sign-out", "clock", "connection"]) byId(id).hidden = true;
  showPerson();
  session.offer(message);
}

function refused(problem) {
  leave(problem.status === 401 ? say("expired") : problem.message);
}

async function begin() {
  if (!signedIn()) return session.offer();
  try {
    return await enter(await get("/v1/session"));
  } catch (problem) {
    if (problem.status >= 400 && problem.status < 500) return refused(problem);
    byId("connection").hidden = false;
    byId("connection").textContent = say("unreachable");
    return setTimeout(begin, 2000);
  }
}

session.prepare(enter);
events.prepare(refused);
views.prepare();
hotline.prepare();
record.prepare();
deadlines.prepare();
clock.prepare();
clock.onJump(() => deadlines.refreshSoon());
events.onLive((event) => {
  clock.hint(event.time);
  deadlines.refreshSoon();
});
onLanguage(showPerson);
addEventListener("hashchange", () => {
  if (person && hotline.isFor(person) && hotline.called()) views.show("hotline");
});
byId("language").addEventListener("click", switchLanguage);
byId("sign-out").addEventListener("click", () => leave());
setInterval(() => {
  if (!person) return;
  clock.tick();
  deadlines.tick();
}, 1000);
showWords();
begin();
