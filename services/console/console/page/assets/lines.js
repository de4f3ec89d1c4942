/* The lines of business, as the law of the signed-in person's organisation names them. */

import { get } from "./api.js";

let known = [];

export const lines = () => known;

/* Without them a form takes their codes as text. */
export async function learnLines(orgId) {
  known = [];
  const page = await get(`/api/registry/v1/rules?${new URLSearchParams({ org_id: orgId, limit: 200 })}`).catch(() => ({ items: [] }));
  known = page.items.find((one) => one.topic === "business-lines")?.value.map((one) => one.code) ?? [];
}
