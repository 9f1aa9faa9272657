/* <mini-cart>: the cart beside the page, opened when something was added. */

import "./cart-view.js";

class MiniCart extends HTMLElement {
  connectedCallback() {
    const dialog = this.firstElementChild;
    dialog.addEventListener("click", ({ target }) => { if (target === dialog) dialog.close(); });
    dialog.addEventListener("close", () => this.querySelector("cart-view").replaceChildren());
  }

}

customElements.define("mini-cart", MiniCart);
