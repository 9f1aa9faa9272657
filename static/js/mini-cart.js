/* <mini-cart>: the cart beside the page, opened when something was added. Its dialog closes by
   Escape, by its button and by a click beside it, and gives the focus back. */

import { notices } from "./cart.js";
import "./cart-view.js";

class MiniCart extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.view = this.querySelector("cart-view");
    this.dialog.addEventListener("click", ({ target }) => {
      if (target === this.dialog) this.dialog.close();
    });
    this.dialog.addEventListener("close", () => this.view.replaceChildren());
    document.addEventListener("cart", ({ detail: { page } }) => {
      if (this.isOpen) this.say(page);
    });
  }

  get isOpen() {
    return this.dialog.open;
  }

  /* Opens with the cart of this page, if it shows one, and what it says. */
  open(page) {
    this.say(page);
    if (!this.isOpen) this.dialog.showModal();
    this.view.show(page);
  }

  say(page) {
    const said = notices(page);
    if (said.length) this.querySelector(".notices").replaceChildren(...said);
  }
}

customElements.define("mini-cart", MiniCart);
