/* A case in a line: its number, which opens it, what it is about, and every clock of it. */

import { clocks } from "./clocks.js";
import { element } from "./dom.js";
import { showRecord } from "./record.js";
import { term } from "./say.js";

export const DESK = "/api/service-desk/v1";

export function caseLine(one) {
  const path = `${DESK}/${one.type === "compensation" ? "compensations" : "complaints"}/${one.case_no}`;
  return element(
    "li", {},
    element("div", { class: "row" },
      element("button", { type: "button", class: "open mono", onclick: () => showRecord(one.case_no, path) }, one.case_no),
      element("span", {}, [one.type, one.category, one.state].filter(Boolean).map((code) => term("codes", code)).join(" · "))),
    clocks(one.deadlines ?? []),
  );
}
