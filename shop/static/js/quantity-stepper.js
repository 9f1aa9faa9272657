/* <quantity-stepper>: two buttons around a quantity. In a cart, quick clicks are sent as one step. */

const PAUSE_MS = 250;

customElements.define("quantity-stepper", class extends HTMLElement {
  #pending = 0;
  #timer;
  #settle;

  connectedCallback() {
    this.onclick = (event) => {
      const button = event.target.closest(".stepper-button");
      if (!button) return;
      event.preventDefault();
      const input = this.querySelector("input");
      const before = Number(input.value) || Number(input.defaultValue) || 0;
      input.value = Math.max(button.name ? 0 : 1, before + Number(button.value));
      if (button.name) this.#count(Number(input.value) - before);
    };
  }

  #count(step) {
    this.#pending += step;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#settle();
      this.#settle = null;
    }, PAUSE_MS);
    if (this.#settle) return;
    const ready = new Promise((resolve) => { this.#settle = resolve; });
    const steps = () => {
      const sum = this.#pending;
      this.#pending = 0;
      return sum;
    };
    this.closest("cart-view").step(this, steps, ready);
  }
});
