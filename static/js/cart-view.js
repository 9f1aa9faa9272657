/* <cart-view>: the lines and sums of a cart, changed in place. What it shows comes from the shop;
   until that answers, a changed line shows what was asked for and its sums are dimmed. */

import { alert, change, viewOf } from "./cart.js";
import "./quantity-stepper.js";

const CONTROLS = "a, button, input:not([type=hidden])";

class CartView extends HTMLElement {
  connectedCallback() {
    for (const type of ["submit", "steps", "change"]) this.addEventListener(type, this);
    document.addEventListener("cart", this);
  }

  handleEvent(event) {
    if (event.type === "cart") this.show(event.detail.page);
    else if (event.type === "steps") this.step(event);
    else if (event.type === "change") event.target.form.requestSubmit();
    else this.submit(event);
  }

  submit(event) {
    event.preventDefault();
    const { target: form, submitter } = event;
    const elsewhere = submitter?.getAttribute("formaction");
    const typed = form.elements.quantity;
    if (elsewhere) submitter.closest("tr").classList.add("line-going");
    else if (typed) {
      if (typed.dataset.sent === typed.value) return;
      typed.dataset.sent = typed.value;
    }
    this.send(elsewhere ?? form.action, () => fields(form));
  }

  step({ target, detail }) {
    const form = target.closest("form");
    this.send(form.action, () => fields(form, detail.steps()), detail.settled);
  }

  async send(action, body, ready) {
    this.ariaBusy = "true";
    const page = await change(action, body, ready);
    if (!page || viewOf(page)) return;
    this.ariaBusy = null;
    this.querySelector(".line-going")?.classList.remove("line-going");
    this.querySelector("[data-sent]")?.removeAttribute("data-sent");
    this.querySelector(":scope > .notice-alert")?.remove();
    this.prepend(alert(page));
  }

  /* Takes over what the cart page shows; pictures that stay are not loaded again. */
  show(page) {
    const view = viewOf(page);
    if (!view || this.closest("dialog:not([open])")) return;
    const place = this.contains(document.activeElement) && this.place();
    const pictures = new Map(Array.from(this.querySelectorAll("img"), (img) => [img.src, img]));
    this.replaceChildren(...view.cloneNode(true).childNodes);
    for (const img of this.querySelectorAll("img")) {
      const kept = pictures.get(img.src);
      if (pictures.delete(img.src)) img.replaceWith(kept);
    }
    this.ariaBusy = null;
    if (place) this.focusAt(place);
  }

  /* Where the focus is: which control of which line. */
  place() {
    const control = document.activeElement;
    const line = control.closest("[data-line]");
    return {
      number: line?.dataset.line,
      at: this.lines().indexOf(line),
      control: [...(line ?? this).querySelectorAll(CONTROLS)].indexOf(control),
    };
  }

  /* The focus to a field that is wrong; else to the same control of the same line; else to the
     removal of the line that took its place; else to what comes first. */
  focusAt({ number, at, control }) {
    const lines = this.lines();
    const same = lines.find((line) => line.dataset.line === number);
    const scope = same ?? lines[Math.min(at, lines.length - 1)] ?? this;
    const controls = [...scope.querySelectorAll(CONTROLS)];
    const wrong = this.querySelector("[aria-invalid]");
    (wrong ?? controls.at(same || scope === this ? control : -1) ?? controls[0])?.focus();
  }

  lines() {
    return [...this.querySelectorAll("[data-line]")];
  }
}

function fields(form, step) {
  const body = new URLSearchParams(new FormData(form));
  if (step) body.set("step", step);
  return body;
}

customElements.define("cart-view", CartView);
