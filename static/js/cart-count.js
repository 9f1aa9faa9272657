/* <cart-count>: how many things are in the cart, in the head of every page. */

class CartCount extends HTMLElement {
  connectedCallback() {
    document.addEventListener("cart", ({ detail: { page } }) => {
      const count = page.querySelector("cart-count");
      if (count) this.replaceChildren(...count.cloneNode(true).childNodes);
    });
  }

  /* Shows so many more until the shop has answered; gives back how to take that back. */
  expect(more) {
    const figure = this.firstChild;
    const before = figure.data;
    if (/^\d+$/.test(before.trim())) figure.data = Number(before) + more;
    return () => { figure.data = before; };
  }
}

customElements.define("cart-count", CartCount);
