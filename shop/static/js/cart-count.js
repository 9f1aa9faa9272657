customElements.define("cart-count", class extends HTMLElement {
  connectedCallback() {
    let known = this.innerHTML;
    addEventListener("cart", ({ detail: { page, isOurs } }) => {
      if (page) {
        delete this.dataset.personal;
        known = page.querySelector("cart-count").innerHTML;
      } else if (isOurs) known = this.innerHTML;
      this.innerHTML = known;
    });
  }

  /* Shows the expected count until the shop responds, if one is known. */
  expect(more) {
    if ("personal" in this.dataset) return;
    const [figure, noun] = this.childNodes;
    const sum = Number(figure.data) + Number(more);
    if (!(sum > 0 && more > 0)) return;
    figure.data = `${sum} `;
    const plurals = new Intl.PluralRules(document.documentElement.lang);
    noun.textContent = JSON.parse(this.dataset.nouns)[plurals.select(sum)];
  }
});
