/* A public page is the same for everybody. What only this browser sees of it comes in one small
   request, in its turn: it must not bring a count that a change has overtaken. */

import { announce, got, notices, post } from "./cart.js";
import { inTurn } from "./queue.js";

const { personal: address } = document.querySelector("cart-count").dataset;
let token = "";

export const isPublic = Boolean(address);

/* Shows it where the shop would have rendered it. Only messages that were shown are taken. */
export async function greet() {
  const page = await got(address);
  if (!page?.querySelector("cart-count")) return;
  const form = page.querySelector("#shown");
  token = form?.elements.csrf_token.value ?? "";
  const offer = page.querySelector("main > .notice-offer");
  if (offer) document.querySelector("main > .notices").after(offer);
  const said = notices(page);
  await announce({ page, isOurs: false, said });
  if (said.length) inTurn(() => post(address, new URLSearchParams(new FormData(form)))).catch(() => {});
}

/* Browsers say themselves where a form comes from. Where one does not, it needs the token. */
export function withToken(body) {
  if (token && !body.has("csrf_token")) body.set("csrf_token", token);
  return body;
}
