/* What every page has: adding in place, the count, the mini-cart, and the cart as other tabs and
   the way back have left it. */

import { QUIET, announce, change, look, notices, viewOf } from "./cart.js";
import { inTurn } from "./queue.js";
import "./cart-count.js";
import "./mini-cart.js";

const mini = document.querySelector("mini-cart");
let adding = 0;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  event.preventDefault();
  if (form.matches("[data-add-form]")) add(form, event.submitter);
  else inTurn(() => leave(form));
});

async function add(form, button) {
  const body = new URLSearchParams(new FormData(form));
  const takeBack = document.querySelector("cart-count").expect(Number(body.get("quantity") ?? 1));
  if (button) button.ariaBusy = "true";
  adding += 1;
  const page = await change(form.action, () => body);
  adding -= 1;
  if (button) button.ariaBusy = null;
  if (!page) return;
  if (!viewOf(page)) takeBack();
  const answered = form.matches(".add") && page.querySelector(".add .field-error");
  if (answered) refuse(form, answered.closest("form"));
  else mini.open(page);
  if (viewOf(page)) forgive(form);
}

/* The form as the shop sends it back, with the reason at its field. */
function refuse(form, answered) {
  form.replaceWith(answered);
  answered.elements.quantity.focus();
}

function forgive(form) {
  form.querySelector(".field-error")?.remove();
  form.querySelector(".field-wrong")?.classList.remove("field-wrong");
  form.querySelector("[aria-invalid]")?.removeAttribute("aria-invalid");
}

/* A form that leads to another page holds its turn until that page is there. */
function leave(form) {
  form.submit();
  return new Promise((resolve) => { addEventListener("pagehide", resolve, { once: true }); });
}

/* One voice: the mini-cart's while it is open or about to be, else the page's. */
document.addEventListener("cart", ({ detail: { page } }) => {
  const said = adding || mini.isOpen || !viewOf(page) ? [] : notices(page);
  if (said.length) document.querySelector("main > .notices").replaceChildren(...said);
});

const refresh = async () => announce(await look(QUIET), false);
let tabs;
addEventListener("pageshow", ({ persisted }) => {
  tabs = new BroadcastChannel("crumb cart");
  tabs.addEventListener("message", refresh);
  const [arrival] = performance.getEntriesByType("navigation");
  if (persisted || arrival.type === "back_forward") refresh();
});
/* A page that the browser keeps for the way back would be dropped at the first message. */
addEventListener("pagehide", () => tabs.close());
document.addEventListener("cart", ({ detail: { isOurs } }) => { if (isOurs) tabs.postMessage(null); });
