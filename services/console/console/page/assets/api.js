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
  return response.status === 204 ? null : response.json();
}

export const get = (path) => send(path, { headers: headers() });

export const post = (path, body, key = crypto.randomUUID()) =>
  send(path, {
    method: "POST",
    headers: headers({ "Content-Type": "application/json", "Idempotency-Key": key }),
    body: JSON.stringify(body),
  });
