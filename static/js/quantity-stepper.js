/* <quantity-stepper>: two buttons around a quantity. Quick clicks count together; in a cart they
   are sent as one step once they have paused. */

const PAUSE_MS = 250;

class QuantityStepper extends HTMLElement {
  #pending = 0;
  #timer = 0;
  #settle = null;

  connectedCallback() {
    this.addEventListener("click", this);
  }

  handleEvent(event) {
    const button = event.target.closest(".stepper-button");
    if (!button) return;
    event.preventDefault();
    const step = Number(button.value);
    const input = this.querySelector("input");
    const before = Number(input.value) || 0;
    const lowest = button.name ? 0 : 1;
    input.value = Math.max(lowest, before + step);
    if (button.name) this.#count(Number(input.value) - before);
  }

  #count(step) {
    this.#pending += step;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#settle(), PAUSE_MS);
    if (this.#settle) return;
    const settled = new Promise((resolve) => { this.#settle = resolve; });
    const steps = () => {
      const sum = this.#pending;
      this.#pending = 0;
      return sum;
    };
    settled.then(() => { this.#settle = null; });
    this.closest("tr")?.querySelector(".line-total")?.classList.add("is-pending");
    this.dispatchEvent(new CustomEvent("steps", { bubbles: true, detail: { steps, settled } }));
  }
}

customElements.define("quantity-stepper", QuantityStepper);
