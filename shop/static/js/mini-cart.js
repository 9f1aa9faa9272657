/* <mini-cart>: the cart beside a page on which something was added. It takes neither the focus nor
   the page: what it would cover can be scrolled clear of it, and what has the focus is. */

const GAP_PX = 12; // room for the ring around what has the focus

customElements.define("mini-cart", class extends HTMLElement {
  #panel = this.querySelector(".mini-panel");
  #opener;

  connectedCallback() {
    this.onclick = ({ target }) => {
      if (target.matches(".mini-close")) this.close();
    };
    addEventListener("keydown", ({ key, isComposing }) => {
      if (key === "Escape" && !isComposing && this.isOpen) this.close();
    });
    addEventListener("focusin", () => this.#uncover());
    new ResizeObserver(() => this.#uncover()).observe(this);
    addEventListener("pagehide", () => this.close());
  }

  get isOpen() {
    return !this.#panel.hidden;
  }

  /* A focus that is inside when the mini-cart closes returns to `opener`. */
  open(opener) {
    this.#opener = opener;
    this.#panel.hidden = false;
  }

  close() {
    const heir = this.#opener?.isConnected ? this.#opener : document.querySelector("main");
    if (this.contains(document.activeElement)) heir.focus();
    this.#panel.hidden = true;
    for (const part of this.querySelectorAll(".notices, cart-view")) part.replaceChildren();
  }

  /* The page can be scrolled further by as much as is covered. Some browsers do not focus a button
     that is clicked: then the opener is what is in use. */
  #uncover() {
    const mine = this.getBoundingClientRect();
    const covered = mine.height && innerHeight - mine.top + GAP_PX;
    document.documentElement.style.setProperty("--covered", `${covered}px`);
    const focused = document.activeElement;
    const used = focused === document.body ? this.#opener : focused;
    if (covered && used && !this.contains(used) && meets(mine, used.getBoundingClientRect()))
      used.scrollIntoView({ block: "nearest", behavior: "instant" });
  }
});

const meets = (a, b) =>
  a.left < b.right && b.left < a.right && a.top < b.bottom + GAP_PX && b.top < a.bottom;
