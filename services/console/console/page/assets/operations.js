/* What can be done with a record or a list, and what belongs to it, as the services' own OpenAPI documents say. */

import { get } from "./api.js";
import { language } from "./say.js";

const ADDRESS = /^(\/api\/([^/]+))(\/[^?]*)/;
const CHANGING = ["post", "patch", "delete"];

const documents = new Map();
let roles = [];

export function learnRoles(own) {
  roles = own;
}

function documentOf(service) {
  if (!documents.has(service)) {
    const asked = get(`/api/${service}/v1/openapi.json`);
    asked.catch(() => documents.delete(service));
    documents.set(service, asked);
  }
  return documents.get(service);
}

const isParameter = (part) => part.startsWith("{");

/* Of the paths that an address fits, the one with the fewest parameters: `form.xlsx` is nobody's id. */
function templateOf(paths, address) {
  const wanted = address.split("/");
  const fits = (template) => {
    const parts = template.split("/");
    return parts.length === wanted.length && parts.every((part, at) => part === wanted[at] || (isParameter(part) && wanted[at]));
  };
  const count = (template) => template.split("/").filter(isParameter).length;
  return Object.keys(paths).filter(fits).sort((one, other) => count(one) - count(other))[0];
}

/* `list_usage_files` → Usage files, `answer_complaint` → Answer complaint */
function english(id) {
  const words = id.replace(/^(list|get)_/, "").replaceAll("_", " ");
  return words[0].toUpperCase() + words.slice(1);
}

const succeeds = (operation) => Object.keys(operation.responses).some((status) => status.startsWith("2"));
const isForMe = (operation) => !operation["x-roles"]?.length || operation["x-roles"].some((role) => roles.includes(role));
const needed = (operation) => (operation.parameters ?? []).some((one) => one.in === "query" && one.required);

function described(method, operation, path, document) {
  const [[media, body] = []] = Object.entries(operation.requestBody?.content ?? {});
  return {
    id: operation.operationId, title: () => (language() === "zh" ? operation.summary : english(operation.operationId)),
    method: method.toUpperCase(), path, isForm: media === "multipart/form-data", schema: body?.schema ?? null, schemas: document.components?.schemas ?? {},
    isLook: Boolean(operation["x-reads"]), isVersioned: "428" in operation.responses, versionOf: operation["x-version-of"],
  };
}

const answersJson = (operation) => "application/json" in (operation.responses["200"]?.content ?? {});

/* Give what somebody of my roles may do at an address or behind it (`changes`), and what can be read behind it (`parts`). */
export async function operationsAt(address) {
  const [, base, service, path] = ADDRESS.exec(address);
  const document = await documentOf(service);
  const own = templateOf(document.paths, path);
  const [changes, parts] = [[], []];
  for (const [template, methods] of Object.entries(document.paths)) {
    const behind = template.slice(own?.length);
    if (!own || (template !== own && !template.startsWith(`${own}/`)) || behind.includes("{")) continue;
    for (const [method, operation] of Object.entries(methods)) {
      if (!succeeds(operation) || !isForMe(operation)) continue;
      const found = described(method, operation, base + path + behind, document);
      if (CHANGING.includes(method)) changes.push(found);
      else if (behind && answersJson(operation) && !needed(operation)) parts.push(found);
    }
  }
  return { changes, parts };
}

/* The address of one of a list's items, where it has one: the list's own and what the item is called by there. */
export async function addressesOf(address) {
  const [, base, service, path] = ADDRESS.exec(address);
  const { paths } = await documentOf(service);
  const own = templateOf(paths, path);
  const one = Object.keys(paths).find((template) => template.startsWith(`${own}/{`) && !template.slice(own.length + 1).includes("/") && paths[template].get);
  const name = one?.slice(own.length + 2, -1);
  return (item) => {
    const key = name && (item[name] ?? item[`${name}_id`] ?? item.id ?? item.customer_id);
    return key ? `${base}${path}/${encodeURIComponent(key)}` : null;
  };
}

const QUERY_OF_EVERY_LIST = new Set(["cursor", "limit", "format", "sort"]);
const isYesOrNo = (schema) => [schema, ...(schema.anyOf ?? [])].some((one) => one.type === "boolean");
const choices = (schema) => [schema, ...(schema?.anyOf ?? [])].flatMap((one) => one?.enum ?? []);

/* What a list may be asked: a schema of its filters, its orders, and the formats in which it is given whole. */
export async function askedOf(address) {
  const [, , service, path] = ADDRESS.exec(address);
  const document = await documentOf(service);
  const { parameters = [] } = document.paths[templateOf(document.paths, path)].get;
  const given = Object.fromEntries(parameters.filter((one) => one.in === "query").map((one) => [one.name, one.schema]));
  const filters = Object.entries(given).filter(([name]) => !QUERY_OF_EVERY_LIST.has(name));
  const properties = Object.fromEntries(filters.map(([name, schema]) => [name, isYesOrNo(schema) ? { enum: ["true", "false"] } : schema]));
  return { schema: { type: "object", properties }, schemas: document.components?.schemas ?? {}, sorts: choices(given.sort), formats: choices(given.format).filter((one) => one !== "json") };
}

/* Every list of a service that somebody of my roles may read. */
export async function listsOf(service) {
  const document = await documentOf(service);
  return Object.entries(document.paths).flatMap(([path, { get: operation }]) => {
    const isList = operation?.operationId.startsWith("list_") && !path.includes("{") && answersJson(operation);
    return isList && isForMe(operation) && !needed(operation) ? [described("get", operation, `/api/${service}${path}`, document)] : [];
  });
}
