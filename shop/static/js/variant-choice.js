/* <variant-choice>: shows another variant in place, as its own page does. */

import { paragraph, parsed, textOf } from "./cart.js";

customElements.define("variant-choice", class extends HTMLElement {
  connectedCallback() {
    this.onclick = (event) => {
      const link = event.target.closest("a");
      if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      this.ariaBusy = "true";
      show(link).catch(() => location.assign(link.href));
    };
  }
});

let last;

/* A later choice overtakes an earlier one. What cannot be shown here is shown as a page. */
async function show(link) {
  last = link;
  const address = link.href.split("#")[0];
  const page = await parsed(await fetch(address));
  if (last !== link) return;
  replace(page, link);
  document.title = page.title;
  history.replaceState(null, "", address);
  say();
}

function replace(page, link) {
  const both = (part) => [document, page].map((where) => where.querySelector(part));
  const [shown, next] = both(".product");
  const [typed, quantity] = both(".product input[name=quantity]");
  if (typed && quantity) quantity.value = typed.value;
  const [picture, following] = both(".product-first");
  if (picture.innerHTML === following.innerHTML) following.replaceWith(picture);
  const at = optionsOf(shown).indexOf(link.closest("fieldset"));
  shown.replaceWith(next);
  optionsOf(next)[at].querySelector("[aria-current]").focus({ preventScroll: true });
}

const optionsOf = (article) => [...article.querySelectorAll("variant-choice fieldset")];

/* The links say by themselves what is chosen; nothing else would say what that costs, and whether
   there is any. */
function say() {
  const said = textOf(document, ".product-price, .product .state", ". ");
  document.querySelector("main > .notices").replaceChildren(paragraph(said, "quiet"));
}
