/* All that there is to work with, by service: every list that the signed-in person may read, and what can be begun there. */

import { byId, element } from "./dom.js";
import { listsOf } from "./operations.js";
import { showRecord } from "./record.js";
import { onLanguage, term } from "./say.js";

const SERVICES = ["registry", "tiering", "pricing", "service-desk", "scoring"];

const button = (list) =>
  element("li", {}, element("button", { type: "button", "data-list": list.id, onclick: () => showRecord(list.title(), list.path) }, list.title()));

async function section(service) {
  const lists = await listsOf(service).catch((problem) => problem);
  const content = Array.isArray(lists)
    ? element("ul", { class: "plain works" }, ...lists.map(button))
    : element("p", { class: "answer bad" }, lists.message);
  return element("section", {}, element("h3", {}, term("services", service)), content);
}

let asked = 0;

export async function show() {
  const mine = ++asked;
  const sections = await Promise.all(SERVICES.map(section));
  if (mine === asked) byId("works").replaceChildren(...sections);
}

export function prepare() {
  onLanguage(() => {
    if (!byId("works-panel").hidden) show();
  });
}
