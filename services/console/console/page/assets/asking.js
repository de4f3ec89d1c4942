/* What of a list is wanted: by what it is filtered, in which order, and all of it as a sheet. */

import { download } from "./api.js";
import { element } from "./dom.js";
import { label } from "./facts.js";
import { fieldsOf } from "./forms.js";
import { say } from "./say.js";

const inWords = (sort) => `${label(sort.replace(/^-/, ""))} ${sort.startsWith("-") ? "↓" : "↑"}`;

function orderOf(sorts) {
  if (!sorts.length) return null;
  return element("select", { name: "sort" }, element("option", { value: "" }, say("usualOrder")), ...sorts.map((sort) => element("option", { value: sort }, inWords(sort))));
}

const isSaid = ([, value]) => value !== undefined && value !== "";

/* Give the form above a list: `show` gets the query that is asked, `refused` a problem. Nothing where nothing can be asked. */
export function asking({ schema, schemas, sorts, formats }, path, show, refused) {
  if (!Object.keys(schema.properties).length && !sorts.length && !formats.length) return null;
  const [fields, order] = [fieldsOf(schema, schemas), orderOf(sorts)];
  const asked = (more = {}) => new URLSearchParams(Object.entries({ ...fields.read(), sort: order?.value, ...more }).filter(isSaid));
  const submit = (event) => {
    event.preventDefault();
    show(asked());
  };
  const sheet = (format) =>
    element("button", { type: "button", "data-sheet": format, onclick: () => download(`${path}?${asked({ format })}`).catch(refused) }, say("sheet", { format: format.toUpperCase() }));
  const sorted = order ? element("label", {}, say("order"), " ", order) : "";
  return element("details", { class: "asking" }, element("summary", {}, say("narrow")),
    element("form", { onsubmit: submit }, fields.node, element("div", { class: "row" }, sorted, element("button", { type: "submit" }, say("showThese")), ...formats.map(sheet))));
}
