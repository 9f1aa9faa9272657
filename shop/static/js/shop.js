/* On every page. */

import { PATIENCE_MS, QUIET, announce, change, fieldsOf, idle, look, notices, waiting } from "./cart.js";
import { greet, isGreeted, isPublic, keepsCookies, withToken } from "./personal.js";
import { inTurn } from "./queue.js";
import "./cart-count.js";
import "./cart-view.js";
import "./mini-cart.js";

const mini = document.querySelector("mini-cart");
let opener;

greet();
addEventListener("online", greet); // where it got no answer

addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || !keepsCookies) return;
  event.preventDefault();
  if (form.matches("[data-add-form]")) add(form, event.submitter);
  else inTurn(() => leave(form));
});

async function add(form, button) {
  const body = withToken(fieldsOf(form));
  document.querySelector("cart-count").expect(body.get("quantity") ?? 1);
  if (button) button.ariaBusy = "true";
  await change(form.action, () => body, { answered: (refusal) => isShownAt(form, refusal, button) });
  if (button) button.ariaBusy = null;
}

/* A refused product form is shown on its page; the mini-cart shows all else. */
function isShownAt(form, refusal, button) {
  const answered = form.matches(".add") && refusal?.querySelector(".add .field-error")?.closest("form");
  if (answered) {
    document.querySelector("cart-count").innerHTML = refusal.querySelector("cart-count").innerHTML;
    form.replaceWith(answered);
    answered.elements.quantity.focus();
    return true;
  }
  if (!refusal) {
    form.querySelector(".field-error")?.remove();
    for (const part of form.querySelectorAll("*")) {
      part.classList.remove("field-wrong");
      part.ariaInvalid = null;
    }
  }
  opener = button ?? form;
}

/* A form that leads to another page holds its turn until that page loads. */
function leave(form) {
  form.submit();
  return new Promise((resolve) => {
    addEventListener("pagehide", resolve);
    setTimeout(resolve, PATIENCE_MS);
  });
}

addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || link.hash || !waiting || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  idle().then(() => location.assign(link.href));
});

/* Before all others hear of a cart, as a hidden mini-cart shows none. Only one live region speaks: the
   page's, unless the mini-cart is open or the page has left no room for what comes later. */
addEventListener("cart", ({ detail: { said, isOurs } }) => {
  if (opener) mini.open(opener);
  opener = null;
  const voice = document.querySelector(`${mini.isOpen || isPublic ? ".mini" : "main"} > .notices`);
  if (said.length) voice.replaceChildren(...said);
  if (isOurs) tabs.postMessage(null);
}, true);

let tabs;
const listen = () => {
  tabs = new BroadcastChannel("crumb cart");
  tabs.onmessage = refresh;
};
listen();
/* A message would evict the page from the back/forward cache. */
addEventListener("pagehide", () => tabs.close());
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) listen();
  const { type } = performance.getEntriesByType("navigation")[0];
  if (persisted || (type === "back_forward" && !isPublic)) refresh();
});

/* For changes without a message, such as an order placed in another tab. */
addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });

async function refresh() {
  if (!isGreeted) return greet();
  const page = await look(QUIET);
  if (page) announce({ page, said: notices(page) });
}
