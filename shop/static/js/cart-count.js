class CartCount extends HTMLElement {
  connectedCallback() {
    let known = this.firstChild.data;
    document.addEventListener("cart", ({ detail: { page, isOurs } }) => {
      if (page) this.replaceChildren(...page.querySelector("cart-count").cloneNode(true).childNodes);
      else if (!isOurs) this.firstChild.data = known;
      known = this.firstChild.data;
    });
  }

  /* Shows the expected count until the shop responds. */
  expect(more) {
    const figure = this.firstChild;
    const sum = Number(figure.data) + Number(more);
    if (sum > 0 && more > 0) figure.data = sum;
  }
}

customElements.define("cart-count", CartCount);
