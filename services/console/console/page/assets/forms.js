/* A form for what an operation takes, made from its schema. What is left empty is not sent; where a record is changed its
   fields hold what there is, only what differs is sent, and a field that was emptied says so (null).

   A field has its `node`, what it has `said` (undefined: nothing), what it says by itself (`usual`), how to `fill` it, and
   its `controls`. */

import { element } from "./dom.js";
import { label } from "./facts.js";
import { lines } from "./lines.js";
import { known, say, term } from "./say.js";
import { moment } from "./text.js";

const LONG = 400;
const CHINA = "+08:00";

/* A reference is looked up, and `or null` left out: an empty field says the same. */
function plain(schema, schemas) {
  if (schema.$ref) return plain({ ...schemas[schema.$ref.split("/").pop()], ...schema, $ref: undefined }, schemas);
  const others = (schema.anyOf ?? schema.allOf ?? []).filter((one) => one.type !== "null");
  return others.length === 1 ? plain({ ...others[0], ...schema, anyOf: undefined, allOf: undefined }, schemas) : schema;
}

const word = (code) => known("roles", code) ?? term("codes", code);
const isFile = (schema) => schema.format === "binary" || schema.contentMediaType === "application/octet-stream";
const isFlat = (schema) => !["object", "array"].includes(schema.type);
const text = (control) => control.value.trim() || undefined;

function labelled(name, isNeeded, control, wide = false) {
  return element("label", { class: wide ? "wide" : null }, element("span", {}, label(name), isNeeded ? element("b", { class: "needed", "aria-hidden": "true" }, " *") : ""), " ", control);
}

function choice(name, isNeeded, schema) {
  const options = schema.enum.map((code) => element("option", { value: code, selected: code === schema.default }, word(code)));
  const control = element("select", { name, required: isNeeded }, element("option", { value: "" }, isNeeded ? say("choose") : ""), ...options);
  const said = () => schema.enum.find((code) => String(code) === control.value);
  const fill = (was) => { control.value = String(was); };
  return { node: labelled(name, isNeeded, control), said, usual: schema.default, fill, controls: [control] };
}

function choices(name, isNeeded, codes) {
  const controls = codes.map((code) => element("input", { type: "checkbox", name, value: code }));
  const boxes = controls.map((control) => element("label", { class: "box" }, control, ` ${word(control.value)}`));
  const said = () => controls.filter((control) => control.checked).map((control) => control.value);
  const fill = (was) => controls.forEach((control) => { control.checked = was.includes(control.value); });
  return { node: group(name, isNeeded, element("div", { class: "row" }, ...boxes)), said, usual: [], fill, controls };
}

function box(name, schema) {
  const usual = schema.default ?? false;
  const control = element("input", { type: "checkbox", name, checked: usual });
  const fill = (was) => { control.checked = was; };
  return { node: element("label", { class: "box" }, control, ` ${label(name)}`), said: () => control.checked, usual, fill, controls: [control] };
}

function line(name, isNeeded, schema) {
  const types = { date: "date", "date-time": "datetime-local" };
  const isNumber = ["integer", "number"].includes(schema.type);
  const type = isFile(schema) ? "file" : isNumber ? "number" : types[schema.format] ?? "text";
  const isLong = type === "text" && (schema.maxLength ?? 0) >= LONG;
  const control = isLong
    ? element("textarea", { name, rows: 3, required: isNeeded })
    : element("input", { name, type, required: isNeeded, maxlength: type === "text" ? schema.maxLength : null, step: type === "number" ? "any" : null, placeholder: schema.examples?.[0] ?? null, autocomplete: "off" });
  const said = () => {
    if (type === "file") return control.files[0];
    const value = text(control);
    if (value === undefined) return undefined;
    return type === "number" ? Number(value) : type === "datetime-local" ? `${value}${CHINA}` : value;
  };
  const fill = (was) => { control.value = type === "datetime-local" ? moment(was).slice(0, 16).replace(" ", "T") : was; };
  return { node: labelled(name, isNeeded, control, isLong), said, fill, controls: [control] };
}

function texts(name, isNeeded) {
  const control = element("textarea", { name, rows: 2, required: isNeeded, placeholder: say("oneALine") });
  const each = () => control.value.split("\n").map((one) => one.trim()).filter(Boolean);
  const fill = (was) => { control.value = was.join("\n"); };
  return { node: labelled(name, isNeeded, control, true), said: () => (each().length ? each() : undefined), fill, controls: [control] };
}

const group = (name, isNeeded, ...children) =>
  element("fieldset", { class: "wide group" }, element("legend", {}, label(name), isNeeded ? element("b", { class: "needed", "aria-hidden": "true" }, " *") : ""), ...children);

function several(name, isNeeded, schema, schemas) {
  const [added, place] = [[], element("div", { class: "group-items" })];
  const add = () => {
    const one = part(name, true, schema.items, schemas);
    added.push(one);
    place.append(one.node);
  };
  if (isNeeded) add();
  const node = group(name, isNeeded, place, element("button", { type: "button", onclick: add }, say("oneMore")));
  const said = () => added.map((one) => one.read()).filter((one) => one !== undefined);
  return { node, said, usual: [], get controls() { return added.flatMap((one) => one.controls); } };
}

/* What no field fits is written as it is sent. */
function raw(name, isNeeded) {
  const control = element("textarea", { name, rows: 3, required: isNeeded, class: "mono", placeholder: "JSON", spellcheck: "false" });
  control.addEventListener("input", () => control.setCustomValidity(isJson(control.value) ? "" : say("noJson")));
  return { node: labelled(name, isNeeded, control, true), said: () => (text(control) === undefined ? undefined : JSON.parse(control.value)), controls: [control] };
}

function isJson(value) {
  try {
    return !value.trim() || JSON.parse(value) !== undefined;
  } catch {
    return false;
  }
}

function whole(name, isNeeded, schema, schemas, now = {}) {
  const required = new Set(schema.required ?? []);
  const parts = Object.entries(schema.properties).map(([each, of]) => [each, part(each, isNeeded && required.has(each), of, schemas, now[each])]);
  const said = () => Object.fromEntries(parts.map(([each, one]) => [each, one.read()]).filter(([, value]) => value !== undefined));
  const nodes = parts.map(([, one]) => one.node);
  return { node: name ? group(name, isNeeded, element("div", { class: "fields" }, ...nodes)) : element("div", { class: "fields" }, ...nodes), said, usual: {}, get controls() { return parts.flatMap(([, one]) => one.controls); } };
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/* Whether a field can hold what there is; what is masked is not put into one. */
const holds = (schema, was) =>
  was !== null && Array.isArray(was) === (schema.type === "array") && [was].flat().every((one) => typeof one !== "object") && !JSON.stringify(was).includes("**");

/* A field as a part of a form: `read` gives what of it is sent. */
function part(name, isNeeded, given, schemas, was = null) {
  const schema = plain(given, schemas);
  const one = field(name, isNeeded, schema, schemas);
  const isHeld = Boolean(one.fill) && holds(schema, was);
  if (isHeld) one.fill(was);
  const before = isHeld ? one.said() : one.usual;
  one.read = () => {
    const said = one.said();
    if (same(said, before)) return isNeeded && !isHeld ? said : undefined;
    return isHeld ? said ?? null : said;
  };
  return one;
}

function field(name, isNeeded, schema, schemas) {
  const items = schema.items && plain(schema.items, schemas);
  if (schema.type === "object") return schema.properties ? whole(name, isNeeded, schema, schemas) : raw(name, isNeeded);
  if (schema.enum) return choice(name, isNeeded, schema);
  if (items?.enum) return choices(name, isNeeded, items.enum);
  if (items?.type === "object" && items.properties) return several(name, isNeeded, schema, schemas);
  if (name === "lines" && lines().length) return choices(name, isNeeded, lines());
  if (items?.type === "string") return texts(name, isNeeded);
  if (schema.type === "boolean") return box(name, schema);
  if (schema.type && isFlat(schema)) return line(name, isNeeded, schema);
  return raw(name, isNeeded);
}

/* Give the fields of a schema: their element, what they say, and the one that a problem's pointer means. `now` is what a record
   that is changed holds. */
export function fieldsOf(schema, schemas, now = {}) {
  const made = schema ? whole("", true, plain(schema, schemas), schemas, now) : { node: element("div"), said: () => ({}), controls: [] };
  const meant = (pointer) => made.controls.find((control) => control.name === pointer?.split("/").filter((part) => !/^\d+$/.test(part)).pop());
  return { node: made.node, read: made.said, meant };
}
