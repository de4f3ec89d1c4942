/* The clocks of a case: what each is for, when it is due, what is left. */

import { element } from "./dom.js";
import { say, term } from "./say.js";
import { moment } from "./text.js";

function clock(one) {
  const runs = one.state === "running" || one.state === "breached";
  return element(
    "li", { "data-tone": one.state === "breached" ? "bad" : "good" },
    element("span", {}, `${term("codes", one.kind)} · ${say("dueOn")} ${moment(one.due_at).slice(0, 16)}`),
    runs ? element("strong", { "data-due": one.due_at }) : element("span", { class: "tag" }, term("codes", one.state)),
  );
}

export const clocks = (deadlines) => element("ul", { class: "case-clocks" }, ...deadlines.map(clock));
