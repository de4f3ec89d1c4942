/* Doing something with a record or a list: a button for each operation, its form, and what came of it. */

import { change, keys, read } from "./api.js";
import { element } from "./dom.js";
import { fieldsOf } from "./forms.js";
import { reasons } from "./detail.js";
import { say } from "./say.js";

function asForm(body) {
  const form = new FormData();
  for (const [name, value] of Object.entries(body)) form.append(name, value);
  return form;
}

async function version(operation, record) {
  if (!operation.isVersioned) return null;
  return operation.versionOf ? (await read(`${record.path}/${operation.versionOf}`)).etag : record.etag;
}

const OUTDATED = 412;

/* What was refused, why, and where somebody else was faster, the way to what there is now. */
function refusal(problem, record) {
  const again = problem.status === OUTDATED ? element("button", { type: "button", "data-reopen": "", onclick: record.reopen }, say("reopen")) : "";
  return [element("p", { class: "answer bad" }, problem.message), again, reasons(problem.body?.because) ?? ""];
}

function formOf(operation, record, done) {
  const fields = fieldsOf(operation.schema, operation.schemas, operation.method === "PATCH" ? record.body : {});
  const said = element("div", { role: "alert" });
  const go = element("button", { type: "submit", class: "primary" }, say(operation.isLook ? "look" : "doIt"));
  const keyOf = keys();
  const send = async (body) => {
    const [key, etag] = [operation.isLook ? null : keyOf(body), await version(operation, record)];
    return change(operation.method, operation.path, operation.isForm ? asForm(body) : body, { key, etag });
  };
  const submit = async (event) => {
    event.preventDefault();
    go.disabled = true;
    try {
      done(await send(fields.read()), operation);
    } catch (problem) {
      said.replaceChildren(...refusal(problem, record));
      (fields.meant(problem.body?.pointer) ?? go).focus();
    }
    go.disabled = false;
  };
  const form = element("form", { class: "act", onsubmit: submit }, element("h3", {}, operation.title()), fields.node, said, element("div", { class: "row" }, go));
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.ctrlKey) form.requestSubmit();
  });
  return form;
}

/* Give the part of the page from which a record or a list is worked: `done` gets the answer and its operation. */
export function acts(changes, record, done) {
  if (!changes.length) return null;
  const place = element("div");
  const show = (operation, button) => {
    for (const other of buttons) other.setAttribute("aria-expanded", String(other === button));
    const form = formOf(operation, record, done);
    place.replaceChildren(form);
    form.querySelector("input, select, textarea, .primary").focus();
  };
  const buttons = changes.map((operation) => {
    const button = element("button", { type: "button", "data-operation": operation.id, "aria-expanded": "false", onclick: () => show(operation, button) }, operation.title());
    return button;
  });
  return element("section", { class: "acts" }, element("h3", {}, say("acts")), element("div", { class: "row" }, ...buttons), place);
}
