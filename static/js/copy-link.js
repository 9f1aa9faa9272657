/* <copy-link>: puts its link into the clipboard. */

class CopyLink extends HTMLElement {
  connectedCallback() {
    const input = this.querySelector("input");
    const said = this.querySelector("[role=status]");
    this.querySelector("button").addEventListener("click", () => {
      input.select();
      (navigator.clipboard?.writeText(input.value) ?? Promise.reject()).then(
        () => { said.textContent = "The link is copied."; },
        () => { said.textContent = "It is marked now: please copy it by hand."; },
      );
    });
  }
}

customElements.define("copy-link", CopyLink);
