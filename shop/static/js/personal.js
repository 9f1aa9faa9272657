/* A public page is the same for everybody. What only this browser sees of it comes in one small
   request, in its turn: it must not bring a count that a change has overtaken. */

import { announce, fieldsOf, got, notices, post } from "./cart.js";
import { inTurn } from "./queue.js";

const { personal: address } = document.querySelector("cart-count").dataset;
let token = "";

export const isPublic = Boolean(address);

/* False while the shop has not yet said what is only for this browser. */
export let isGreeted = !isPublic;

/* The mark: from now on this browser may get public pages, until it ends or its scripts are turned off. */
const mark = (age = "") => {
  document.cookie = `script=1; Path=/; SameSite=Lax${location.protocol === "https:" ? "; Secure" : ""}${age}`;
};
mark();
export const keepsCookies = document.cookie.includes("script=1");
unmarkFor(document);

/* Shows it where nothing on the page moves. Only messages that were shown are taken. */
export async function greet() {
  const page = isGreeted ? null : await got(address);
  if (isGreeted || !page?.querySelector("cart-count")) return;
  isGreeted = true;
  const form = page.querySelector("#shown");
  token = form?.elements.csrf_token.value ?? "";
  const said = notices(page);
  await announce({ page, said: [...said, ...unmarkFor(page)] });
  if (said.length) inTurn(() => post(address, fieldsOf(form))).catch(() => {});
}

/* While an expired cart is on offer, the shop renders it in the next pages, so that they need no room
   for it later. Returns the offer, if there is one. */
function unmarkFor(page) {
  const offers = [...page.querySelectorAll("main > .notice-offer")];
  if (offers.length) mark("; Max-Age=0");
  return offers;
}

/* Browsers say themselves where a form comes from. Where one does not, it needs the token. */
export function withToken(body) {
  if (token && !body.has("csrf_token")) body.set("csrf_token", token);
  return body;
}
