/* <copy-link>: puts the link beside it into the clipboard. */

class CopyLink extends HTMLElement {
  connectedCallback() {
    const [input, button] = [this.querySelector("input"), this.querySelector("button")];
    input.addEventListener("focus", () => input.select());
    button.addEventListener("click", async () => {
      input.select();
      try {
        await navigator.clipboard.writeText(input.value);
        this.querySelector("[role=status]").textContent = "The link is copied.";
      } catch {
        this.querySelector("[role=status]").textContent = "Your browser did not let us copy it. It is marked: copy it by hand.";
      }
    });
  }
}

customElements.define("copy-link", CopyLink);
