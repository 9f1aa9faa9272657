/* What the shop is asked and what it answers. A change is a form's POST, as without JavaScript;
   then the cart page is fetched once for all changes that waited, and shown as it is. */

import { inTurn } from "./queue.js";

const PATIENCE_MS = 20_000;
const LOST = "The shop could not be reached. Your cart is shown as we last knew it. Please try again.";
const cartAddress = document.querySelector(".top-cart").href;
let waiting = 0;

/* Sends the fields that `fields()` gives when their turn comes, not before `ready`. Resolves to
   the page that answers, or to null when a later change will bring one. */
export async function change(action, fields, ready) {
  waiting += 1;
  let refusal;
  try {
    await ready;
    refusal = await inTurn(() => post(action, fields()));
  } catch {
    refusal = unreachable();
  }
  waiting -= 1;
  if (!refusal && waiting) return null;
  const page = refusal ?? (await look());
  announce(page, !refusal);
  return page;
}

/* The cart page as it is now; a quiet look leaves messages to the tab that they are meant for. */
export async function look(headers = {}) {
  try {
    return await inTurn(async () => parsed(await ask(cartAddress, { headers })));
  } catch {
    return unreachable();
  }
}

export const QUIET = { "Crumb-Quiet": "1" };

/* Lets every part of this page, and with `isOurs` every other tab, show this page's cart. */
export function announce(page, isOurs) {
  document.dispatchEvent(new CustomEvent("cart", { detail: { page, isOurs } }));
}

export const viewOf = (page) => page.querySelector("main cart-view");

/* A page's messages; of a page that went wrong, what it says, as one. */
export function notices(page) {
  const said = [...page.querySelectorAll("main > .notices .notice")];
  return (said.length || viewOf(page) ? said : [alert(page)]).map((notice) => notice.cloneNode(true));
}

export function alert(page) {
  const parts = page.querySelectorAll(".field-error, .notice-alert, .error h1, .error p:not([class])");
  const said = document.createElement("p");
  said.className = "notice notice-alert";
  said.role = "alert";
  said.textContent = Array.from(parts, (part) => part.textContent.trim()).join(" ");
  return said;
}

async function post(action, body) {
  const answer = await ask(action, { method: "POST", body, redirect: "manual" });
  return answer.type === "opaqueredirect" ? null : parsed(answer);
}

const ask = (address, how) => fetch(address, { ...how, signal: AbortSignal.timeout(PATIENCE_MS) });

const parse = (html) => new DOMParser().parseFromString(html, "text/html");

const parsed = async (answer) => parse(await answer.text());

const unreachable = () => parse(`<p class="notice-alert">${LOST}</p>`);
