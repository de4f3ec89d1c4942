/* Names of organisations and of the customers that events have told us about. */

import { get } from "./api.js";
import { language, say } from "./say.js";

const organisations = new Map();
const customers = new Map();
const cases = new Map();

export async function learnOrganisations() {
  organisations.clear();
  const answer = await get("/v1/session/organisations");
  for (const one of answer.items) organisations.set(one.org_id, one);
}

/* Names of customers and numbers of cases that earlier events have told. */
export async function learnNames() {
  for (const types of ["registry.customer.*", "service-desk.complaint.*,service-desk.compensation.*"]) {
    const page = await get(`/v1/events?${new URLSearchParams({ types, order: "desc", limit: 200 })}`);
    for (const event of page.items.reverse()) learnFrom(event);
  }
}

export const allOrganisations = () => [...organisations.values()];

export function organisationName(orgId) {
  const found = organisations.get(orgId);
  if (!found) return orgId;
  return language() === "en" && found.name_en ? found.name_en : found.name;
}

export function learnFrom(event) {
  const { data } = event;
  if (event.type.startsWith("registry.organisation.")) organisations.set(data.org_id, data);
  if (event.type.startsWith("registry.customer.") && data.customer_id && data.name) {
    customers.set(data.customer_id, { name: data.name, code: data.customer_code });
  }
  const caseId = data.complaint_id ?? data.compensation_id;
  if (caseId && data.case_no) cases.set(caseId, data.case_no);
}

/* 42010000001233 → 420100 0000123 3 */
export const codeText = (code) => code.replace(/^(\d{6})(\d{7})(\d)$/, "$1 $2 $3");

export function customerName(id) {
  const found = customers.get(id);
  if (found) return found.name;
  return id ? `${say("customer")} …${id.slice(-6)}` : "";
}

export const caseNumber = (id) => cases.get(id) ?? null;

export function customerCode(id) {
  return customers.get(id)?.code ?? null;
}
