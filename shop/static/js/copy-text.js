/* <copy-text>: copies its text to the clipboard. */

customElements.define("copy-text", class extends HTMLElement {
  connectedCallback() {
    const field = this.querySelector("input, textarea");
    const said = this.querySelector("[role=status]");
    this.querySelector("button").onclick = async () => {
      field.select();
      try {
        await navigator.clipboard.writeText(field.value);
        said.textContent = this.dataset.copied;
      } catch {
        said.textContent = this.dataset.selected;
      }
    };
  }
});
