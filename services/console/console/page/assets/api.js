/* Requests to the one origin; every refusal becomes a Problem in the page's language. */

import { language, say } from "./say.js";

let token = sessionStorage.getItem("keypost-token");

export const signedIn = () => token !== null;

export function keepToken(text) {
  token = text;
  if (text === null) sessionStorage.removeItem("keypost-token");
  else sessionStorage.setItem("keypost-token", text);
}

export class Problem extends Error {
  constructor(status, body) {
    super(body?.[language()]?.detail ?? body?.detail ?? body?.title ?? say("unreachable"));
    this.status = status;
    this.code = body?.code ?? "unreachable";
    this.body = body;
  }
}

export function headers(more = {}) {
  const all = { Accept: "application/json", "Accept-Language": language(), ...more };
  if (token !== null) all.Authorization = `Bearer ${token}`;
  return all;
}

export async function problemOf(response) {
  let body = null;
  try {
    body = await response.json();
  } catch {
    body = null;
  }
  return new Problem(response.status, body);
}

async function send(path, options) {
  let response;
  try {
    response = await fetch(path, { cache: "no-store", credentials: "same-origin", ...options });
  } catch {
    throw new Problem(0, null);
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

const bodyOf = (response) => (response.status === 204 ? null : response.json());

export const get = async (path) => bodyOf(await send(path, { headers: headers() }));

/* What is read to be changed is read with its version. */
export async function read(path) {
  const response = await send(path, { headers: headers() });
  return { body: await bodyOf(response), etag: response.headers.get("ETag") };
}

/* What a service gives as a file is saved under the name that it has there. */
export async function download(path) {
  const response = await send(path, { headers: headers({ Accept: "*/*" }) });
  const [, name] = /filename="?([^";]+)/.exec(response.headers.get("Content-Disposition") ?? "") ?? [];
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = name ?? path.split("?")[0].split("/").pop();
  link.click();
  URL.revokeObjectURL(link.href);
}

/* Change something: a body of fields or a form with a file, once for its key, and only what is still of its version. */
export async function change(method, path, body, { key = null, etag = null } = {}) {
  const isForm = body instanceof FormData;
  const more = { ...(isForm ? {} : { "Content-Type": "application/json" }), ...(key ? { "Idempotency-Key": key } : {}), ...(etag ? { "If-Match": etag } : {}) };
  return bodyOf(await send(path, { method, headers: headers(more), body: isForm ? body : JSON.stringify(body) }));
}

const told = (body) => JSON.stringify(body, (_, value) => (value instanceof File ? [value.name, value.size, value.lastModified] : value));

/* The same words are sent under the same key: what was answered is not made again, whatever became of the answer. */
export function keys() {
  let [before, key] = ["", ""];
  return (words) => {
    const now = told(words);
    if (now !== before) [before, key] = [now, crypto.randomUUID()];
    return key;
  };
}

export const post = (path, body, key = crypto.randomUUID()) => change("POST", path, body, { key });
