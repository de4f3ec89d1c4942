/* A form for what an operation takes, made from its schema; what is left empty is not sent. */

import { element } from "./dom.js";
import { label } from "./facts.js";
import { lines } from "./lines.js";
import { known, say, term } from "./say.js";

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
  const read = () => schema.enum.find((code) => String(code) === control.value && (isNeeded || code !== schema.default));
  return { node: labelled(name, isNeeded, control), read, controls: [control] };
}

function choices(name, isNeeded, codes) {
  const controls = codes.map((code) => element("input", { type: "checkbox", name, value: code }));
  const boxes = controls.map((control) => element("label", { class: "box" }, control, ` ${word(control.value)}`));
  const read = () => controls.filter((control) => control.checked).map((control) => control.value);
  return { node: group(name, isNeeded, element("div", { class: "row" }, ...boxes)), read: () => (isNeeded || read().length ? read() : undefined), controls };
}

function box(name, isNeeded, schema) {
  const usual = schema.default ?? false;
  const control = element("input", { type: "checkbox", name, checked: usual });
  const read = () => (isNeeded || control.checked !== usual ? control.checked : undefined);
  return { node: element("label", { class: "box" }, control, ` ${label(name)}`), read, controls: [control] };
}

function line(name, isNeeded, schema) {
  const types = { date: "date", "date-time": "datetime-local" };
  const isNumber = ["integer", "number"].includes(schema.type);
  const type = isFile(schema) ? "file" : isNumber ? "number" : types[schema.format] ?? "text";
  const isLong = type === "text" && (schema.maxLength ?? 0) >= LONG;
  const control = isLong
    ? element("textarea", { name, rows: 3, required: isNeeded })
    : element("input", { name, type, required: isNeeded, maxlength: type === "text" ? schema.maxLength : null, step: type === "number" ? "any" : null, placeholder: schema.examples?.[0] ?? null, autocomplete: "off" });
  const read = () => {
    if (type === "file") return control.files[0];
    const value = text(control);
    if (value === undefined) return undefined;
    return type === "number" ? Number(value) : type === "datetime-local" ? `${value}${CHINA}` : value;
  };
  return { node: labelled(name, isNeeded, control, isLong), read, controls: [control] };
}

function texts(name, isNeeded) {
  const control = element("textarea", { name, rows: 2, required: isNeeded, placeholder: say("oneALine") });
  const read = () => control.value.split("\n").map((one) => one.trim()).filter(Boolean);
  return { node: labelled(name, isNeeded, control, true), read: () => (read().length ? read() : undefined), controls: [control] };
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
  const read = () => added.map((one) => one.read()).filter((one) => one !== undefined);
  return { node, read: () => (isNeeded || read().length ? read() : undefined), get controls() { return added.flatMap((one) => one.controls); } };
}

/* What no field fits is written as it is sent. */
function raw(name, isNeeded) {
  const control = element("textarea", { name, rows: 3, required: isNeeded, class: "mono", placeholder: "JSON", spellcheck: "false" });
  control.addEventListener("input", () => control.setCustomValidity(isJson(control.value) ? "" : say("noJson")));
  return { node: labelled(name, isNeeded, control, true), read: () => (text(control) === undefined ? undefined : JSON.parse(control.value)), controls: [control] };
}

function isJson(value) {
  try {
    return !value.trim() || JSON.parse(value) !== undefined;
  } catch {
    return false;
  }
}

function whole(name, isNeeded, schema, schemas) {
  const required = new Set(schema.required ?? []);
  const parts = Object.entries(schema.properties).map(([each, of]) => [each, part(each, isNeeded && required.has(each), of, schemas)]);
  const read = () => {
    const said = parts.map(([each, one]) => [each, one.read()]).filter(([, value]) => value !== undefined);
    return said.length || isNeeded ? Object.fromEntries(said) : undefined;
  };
  const nodes = parts.map(([, one]) => one.node);
  return { node: name ? group(name, isNeeded, element("div", { class: "fields" }, ...nodes)) : element("div", { class: "fields" }, ...nodes), read, get controls() { return parts.flatMap(([, one]) => one.controls); } };
}

function part(name, isNeeded, given, schemas) {
  const schema = plain(given, schemas);
  const items = schema.items && plain(schema.items, schemas);
  if (schema.type === "object") return schema.properties ? whole(name, isNeeded, schema, schemas) : raw(name, isNeeded);
  if (schema.enum) return choice(name, isNeeded, schema);
  if (items?.enum) return choices(name, isNeeded, items.enum);
  if (items?.type === "object" && items.properties) return several(name, isNeeded, schema, schemas);
  if (name === "lines" && lines().length) return choices(name, isNeeded, lines());
  if (items?.type === "string") return texts(name, isNeeded);
  if (schema.type === "boolean") return box(name, isNeeded, schema);
  if (schema.type && isFlat(schema)) return line(name, isNeeded, schema);
  return raw(name, isNeeded);
}

/* Give the fields of a schema: their element, what they say, and the one that a problem's pointer means. */
export function fieldsOf(schema, schemas) {
  const made = schema ? whole("", true, plain(schema, schemas), schemas) : { node: element("div"), read: () => ({}), controls: [] };
  const meant = (pointer) => made.controls.find((control) => control.name === pointer?.split("/").filter((part) => !/^\d+$/.test(part)).pop());
  return { node: made.node, read: made.read, meant };
}
