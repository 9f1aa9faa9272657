/* <copy-text>: copies its text to the clipboard. */

class CopyText extends HTMLElement {
  connectedCallback() {
    const field = this.querySelector("input, textarea");
    const said = this.querySelector("[role=status]");
    this.querySelector("button").addEventListener("click", () => {
      field.select();
      (navigator.clipboard?.writeText(field.value) ?? Promise.reject()).then(
        () => { said.textContent = this.dataset.copied; },
        () => { said.textContent = this.dataset.selected; },
      );
    });
  }
}

customElements.define("copy-text", CopyText);
