/* A change is a form's POST, as without JavaScript. Once no more changes of this tab wait, the cart
   page is fetched and shown, with any refusals. */

import { inTurn } from "./queue.js";

export const PATIENCE_MS = 20_000;
export const QUIET = { "Crumb-Quiet": "1" };
const { lost: LOST, unseen: UNSEEN } = document.querySelector("mini-cart").dataset;
const cartAddress = document.querySelector(".top-cart").href;
let waiting = 0;
let isOwed = false;
let refusals = [];

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
    refusal.body.append(notice(LOST));
  }
  waiting -= 1;
  if (!answered?.(refusal) && refusal) refusals.push(refusal);
  if (!waiting) await settle();
}

async function settle() {
  const [isOurs, refused] = [isOwed, refusals];
  [isOwed, refusals] = [false, []];
  const isAnswer = !isOurs && refused.length === 1 && viewOf(refused[0]);
  const page = isAnswer ? refused.pop() : await look();
  const said = [...refused, page ?? document.createElement("p")].flatMap(notices);
  const alerts = new Set(refused.map((wrong) => complaint(wrong) || LOST));
  if (isOurs && !page) alerts.add(UNSEEN);
  announce({ page, isOurs, said: [...said, ...Array.from(alerts, notice)] });
}

/* The cart page as it is, or null. A QUIET request leaves messages to the tab they are meant for. */
export async function look(headers) {
  const page = await got(cartAddress, headers);
  return page && viewOf(page) && page;
}

/* A page of the shop in its turn, or null. */
export async function got(address, headers) {
  try {
    return await inTurn(async () => parsed(await ask(address, { headers })));
  } catch {
    return null;
  }
}

/* Shows a cart in every part of this page and, when the change is ours, in every other tab. Waits
   until a pressed button is released, or its click would be lost; the line in use stays in place. */
export async function announce(detail) {
  while (document.querySelector("button:active")) await new Promise((later) => setTimeout(later, 50));
  const inUse = () => document.activeElement.closest("[data-line]");
  const [line, top] = [inUse(), inUse()?.getBoundingClientRect().top];
  document.dispatchEvent(new CustomEvent("cart", { detail }));
  (line?.closest(".mini-body") ?? window).scrollBy(0, inUse()?.getBoundingClientRect().top - top || 0);
  inUse()?.querySelector("[aria-invalid]")?.scrollIntoView({ block: "nearest" });
}

export const isBusy = () => waiting > 0;

export async function idle() {
  while (waiting) await new Promise((heard) => document.addEventListener("cart", heard, { once: true }));
}

export const viewOf = (page) => page.querySelector("main cart-view");

export const notices = (page) => [...page.querySelectorAll("main > .notices .notice")].map((said) => said.cloneNode(true));

const WRONG = ".field-error, .notice-alert, .error p:not([class])";
const complaint = (page) => Array.from(page.querySelectorAll(WRONG), (part) => part.textContent.trim()).join(" ");

function notice(text) {
  const said = document.createElement("p");
  said.className = "notice notice-alert";
  said.textContent = text;
  return said;
}

export async function post(action, body) {
  if (!body) return null;
  const answer = await ask(action, { method: "POST", body, redirect: "manual", keepalive: true });
  return answer.type === "opaqueredirect" ? null : parsed(answer);
}

const ask = (address, how) => fetch(address, { ...how, signal: AbortSignal.timeout(PATIENCE_MS) });

const parse = (html) => new DOMParser().parseFromString(html, "text/html");

const parsed = async (answer) => parse(await answer.text());
