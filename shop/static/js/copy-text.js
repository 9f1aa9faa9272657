/* <copy-text>: copies its text to the clipboard. */

class CopyText extends HTMLElement {
  connectedCallback() {
    const field = this.querySelector("input, textarea");
    const said = this.querySelector("[role=status]");
    this.querySelector("button").addEventListener("click", () => {
      field.select();
      (navigator.clipboard?.writeText(field.value) ?? Promise.reject()).then(
        () => { said.textContent = "Copied."; },
        () => { said.textContent = "It is selected: please copy it yourself."; },
      );
    });
  }
}

customElements.define("copy-text", CopyText);
