/* A change is a form's POST, as without JavaScript. Once no more changes of this tab wait, the cart
   page is fetched and shown, with any refusals. */

import { inTurn } from "./queue.js";

export const PATIENCE_MS = 20_000;
export const QUIET = { "Crumb-Quiet": "1" };
const { lost, unseen } = document.querySelector("mini-cart").dataset;
export let waiting = 0;
let isOwed = false;
const refusals = [];

/* Waits its turn and for `ready`, then sends what `fields()` returns; null sends nothing.
   `answered` receives the refusal, or null, and returns whether it has shown it. */
export async function change(action, fields, { ready, answered } = {}) {
  waiting += 1;
  let refusal;
  try {
    await ready;
    refusal = await inTurn(() => post(action, fields()));
    isOwed ||= !refusal;
  } catch {
    refusal = parse("");
  }
  waiting -= 1;
  if (!answered?.(refusal) && refusal) refusals.push(refusal);
  if (!waiting) await settle();
}

async function settle() {
  const isOurs = isOwed;
  const refused = refusals.splice(0);
  isOwed = false;
  const isAnswer = !isOurs && refused.length === 1 && viewOf(refused[0]);
  const page = isAnswer ? refused.pop() : await look();
  const said = [...refused, page ?? parse("")].flatMap(notices);
  const complaints = ".field-error, .notice-alert, .error p:not([class])";
  const alerts = new Set(refused.map((page) => textOf(page, complaints, " ") || lost));
  if (isOurs && !page) alerts.add(unseen);
  for (const text of alerts) said.push(paragraph(text, "notice notice-alert"));
  announce({ page, isOurs, said });
}

/* The cart page as it is, or null. A QUIET request leaves messages to the tab they are meant for. */
export async function look(headers) {
  const page = await got(document.querySelector(".top-cart").href, headers);
  return page && viewOf(page) && page;
}

/* A page of the shop in its turn, or null. */
export const got = (address, headers) =>
  inTurn(async () => parsed(await ask(address, { headers }))).catch(() => null);

/* Shows a cart in every part of this page and, when the change is ours, in every other tab. Waits
   until a pressed button is released, or its click would be lost; the line in use stays in place. */
export async function announce(detail) {
  while (document.querySelector("button:active")) await new Promise((later) => setTimeout(later, 50));
  const inUse = () => document.activeElement.closest("[data-line]");
  const topOf = (line) => line?.getBoundingClientRect().top;
  const line = inUse();
  const top = topOf(line);
  document.dispatchEvent(new CustomEvent("cart", { bubbles: true, detail }));
  (line?.closest(".mini-body") ?? window).scrollBy(0, topOf(inUse()) - top || 0);
  inUse()?.querySelector("[aria-invalid]")?.scrollIntoView({ block: "nearest" });
}

export async function idle() {
  while (waiting) await new Promise((heard) => addEventListener("cart", heard));
}

export const viewOf = (page) => page.querySelector("main cart-view");

/* They leave their page once they are shown. */
export const notices = (page) => [...page.querySelectorAll("main > .notices .notice")];

export const textOf = (page, parts, between) =>
  Array.from(page.querySelectorAll(parts), (part) => part.textContent.trim()).join(between);

export const paragraph = (textContent, className) =>
  Object.assign(document.createElement("p"), { textContent, className });

export const fieldsOf = (form) => new URLSearchParams(new FormData(form));

export async function post(action, body) {
  if (!body) return null;
  const answer = await ask(action, { method: "POST", body, redirect: "manual", keepalive: true });
  return answer.type === "opaqueredirect" ? null : parsed(answer);
}

const ask = (address, how) => fetch(address, { ...how, signal: AbortSignal.timeout(PATIENCE_MS) });

const parse = (html) => new DOMParser().parseFromString(html, "text/html");

export const parsed = async (answer) => parse(await answer.text());
