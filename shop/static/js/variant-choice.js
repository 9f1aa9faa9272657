/* <variant-choice>: shows another variant in place, as its own page does. */

class VariantChoice extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", this);
  }

  handleEvent(event) {
    const link = event.target.closest("a");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    show(link).catch(() => location.assign(link.href));
  }
}

let last;

/* A later choice overtakes an earlier one. What cannot be shown here is shown as a page. */
async function show(link) {
  last = link;
  link.closest("variant-choice").ariaBusy = "true";
  const address = link.href.split("#")[0];
  const answer = await fetch(address);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (last !== link) return;
  replace(document.querySelector(".product"), page.querySelector(".product"), link);
  document.title = page.title;
  history.replaceState(null, "", address);
  say();
}

function replace(shown, next, link) {
  const quantities = [shown, next].map((article) => article.querySelector("input[name=quantity]"));
  if (quantities.every(Boolean)) quantities[1].value = quantities[0].value;
  const [picture, following] = [shown, next].map((article) => article.querySelector(".product-first"));
  if (picture.innerHTML === following.innerHTML) following.replaceWith(picture);
  const at = optionsOf(shown).indexOf(link.closest("fieldset"));
  shown.replaceWith(next);
  optionsOf(next)[at].querySelector("[aria-current]").focus({ preventScroll: true });
}

const optionsOf = (article) => [...article.querySelectorAll("variant-choice fieldset")];

/* The links say by themselves what is chosen; nothing else would say what that costs, and whether
   there is any. */
function say() {
  const said = document.createElement("p");
  said.className = "quiet";
  const parts = document.querySelectorAll(".product-price, .product .state");
  said.textContent = Array.from(parts, (part) => part.textContent.trim()).join(". ");
  document.querySelector("main > .notices").replaceChildren(said);
}

customElements.define("variant-choice", VariantChoice);
