/* A case in a line: its number, which opens it, what it is about, and every clock of it. */

import { element } from "./dom.js";
import { showRecord } from "./record.js";
import { say, term } from "./say.js";
import { moment } from "./text.js";

export const DESK = "/api/service-desk/v1";

function clock(one) {
  const runs = one.state === "running" || one.state === "breached";
  return element(
    "li", { "data-tone": one.state === "breached" ? "bad" : "good" },
    element("span", {}, `${term("codes", one.kind)} · ${say("dueOn")} ${moment(one.due_at).slice(0, 16)}`),
    runs ? element("strong", { "data-due": one.due_at }) : element("span", { class: "tag" }, term("codes", one.state)),
  );
}

export function caseLine(one) {
  const path = `${DESK}/${one.type === "compensation" ? "compensations" : "complaints"}/${one.case_no}`;
  return element(
    "li", {},
    element("div", { class: "row" },
      element("button", { type: "button", class: "open mono", onclick: () => showRecord(one.case_no, path) }, one.case_no),
      element("span", {}, [one.type, one.category, one.state].filter(Boolean).map((code) => term("codes", code)).join(" · "))),
    element("ul", { class: "case-clocks" }, ...(one.deadlines ?? []).map(clock)),
  );
}
