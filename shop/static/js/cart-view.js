/* <cart-view>: changes the cart in place; until the shop responds, a line shows the requested quantity. */

import { change, viewOf } from "./cart.js";
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

  /* Enter fires both change and submit: what a form has sent is not sent again. */
  submit(event) {
    event.preventDefault();
    const { target: form, submitter } = event;
    const elsewhere = submitter?.getAttribute("formaction");
    const sent = elsewhere ?? form.elements.quantity?.value ?? form.action;
    if (form.dataset.sent === sent) return;
    form.dataset.sent = sent;
    if (elsewhere) submitter.closest("tr").classList.add("line-going");
    const body = fields(form);
    this.ariaBusy = "true";
    change(elsewhere ?? form.action, () => body);
  }

  step({ target, detail: { steps, ready } }) {
    const form = target.closest("form");
    target.closest("tr").querySelector(".line-total").classList.add("is-pending");
    this.ariaBusy = "true";
    change(form.action, () => fields(form, steps()), { ready });
  }

  /* Shows what the cart page shows or, without one, reverts to the state before. */
  show(page) {
    if (this.closest("[hidden]") || (page && !viewOf(page))) return;
    this.ariaBusy = null;
    if (page) this.redraw(page);
    else this.calm();
  }

  redraw(page) {
    const place = this.contains(document.activeElement) && this.place();
    const pictures = new Map(Array.from(this.querySelectorAll("img"), (img) => [img.src, img]));
    this.replaceChildren(...viewOf(page).cloneNode(true).childNodes);
    for (const img of this.querySelectorAll("img")) {
      const kept = pictures.get(img.src);
      if (pictures.delete(img.src)) whole(img).replaceWith(whole(kept));
    }
    if (place) this.focusAt(place);
  }

  calm() {
    for (const part of this.querySelectorAll("form, .line-going, .is-pending")) {
      part.classList.remove("line-going", "is-pending");
      delete part.dataset.sent;
      part.reset?.();
    }
  }

  /* Which control of which line has the focus, and what is typed in it. */
  place() {
    const control = document.activeElement;
    const line = control.closest("[data-line]");
    const { value, defaultValue, form } = control;
    const typed = value === defaultValue || value === form?.dataset.sent ? null : value;
    if (typed) control.value = defaultValue; // otherwise its removal would count as a change
    return {
      typed,
      number: line?.dataset.line,
      at: this.lines().indexOf(line),
      control: [...(line ?? this).querySelectorAll(CONTROLS)].indexOf(control),
    };
  }

  /* Moves the focus to an invalid field, the same control, the line's remove button or the first line. */
  focusAt({ number, at, control, typed }) {
    const lines = this.lines();
    const same = lines.find((line) => line.dataset.line === number);
    const scope = same ?? lines[Math.min(at, lines.length - 1)] ?? this;
    const controls = [...scope.querySelectorAll(CONTROLS)];
    const found = controls.at(same || scope === this ? control : -1) ?? controls[0];
    const isKept = same && typed && found.matches("input");
    if (isKept) found.value = typed;
    else found?.select?.();
    ((!isKept && this.querySelector("[aria-invalid]")) || found)?.focus();
  }

  lines = () => [...this.querySelectorAll("[data-line]")];
}

/* A photo is replaced with its sources, or the browser would choose among them again. */
const whole = (img) => img.closest("picture") ?? img;

function fields(form, step) {
  const body = new URLSearchParams(new FormData(form));
  if (step !== undefined) body.set("step", step);
  return step === 0 ? null : body;
}

customElements.define("cart-view", CartView);
