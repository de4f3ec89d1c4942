/* A case in a line: its number, which opens it, what it is about, and every clock of it. */

import { clocks } from "./clocks.js";
import { element } from "./dom.js";
import { label } from "./facts.js";
import { showRecord } from "./record.js";
import { term } from "./say.js";
import { moment } from "./text.js";

export const DESK = "/api/service-desk/v1";
const LISTS = { complaint: "complaints", compensation: "compensations", "service-request": "service-requests" };

/* What the case is, and how far: that it is open is said by its standing here. */
const about = (one) => [one.type, one.kind, one.priority, one.category, one.state === "open" ? "" : one.state].filter(Boolean);

/* By when a service request is wanted: a time of its own beside its clocks. */
const wanted = (one) => (one.wanted_by ? element("p", { class: "note" }, `${label("wanted_by")} ${moment(one.wanted_by).slice(0, 16)} `, element("strong", { "data-due": one.wanted_by })) : "");

export function caseLine(one) {
  const path = `${DESK}/${LISTS[one.type] ?? LISTS.complaint}/${one.case_no}`;
  return element(
    "li", {},
    element("div", { class: "row" },
      element("button", { type: "button", class: "open mono", onclick: () => showRecord(one.case_no, path) }, one.case_no),
      element("span", {}, about(one).map((code) => term("codes", code)).join(" · "))),
    wanted(one), clocks(one.deadlines ?? []),
  );
}
