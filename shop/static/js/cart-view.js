/* <cart-view>: changes the cart in place; until the shop responds, a line shows the requested quantity. */

import { change, fieldsOf, viewOf } from "./cart.js";
import "./quantity-stepper.js";

customElements.define("cart-view", class extends HTMLElement {
  connectedCallback() {
    this.onsubmit = this.submit;
    this.onchange = ({ target }) => target.form.requestSubmit();
    addEventListener("cart", ({ detail }) => this.show(detail.page));
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
    const body = fieldsOf(form);
    this.ariaBusy = "true";
    change(elsewhere ?? form.action, () => body);
  }

  /* Sends what `steps()` returns, once it is `ready`. */
  step(stepper, steps, ready) {
    const form = stepper.closest("form");
    stepper.closest("tr").querySelector(".line-total").classList.add("is-pending");
    this.ariaBusy = "true";
    const fields = () => {
      const step = steps();
      const body = fieldsOf(form);
      body.set("step", step);
      return step && body;
    };
    change(form.action, fields, { ready });
  }

  /* Shows what the cart page shows or, without one, reverts to the state before. */
  show(page) {
    if (this.closest("[hidden]") || (page && !viewOf(page))) return;
    this.ariaBusy = null;
    if (page) this.redraw(page);
    else this.calm();
  }

  redraw(page) {
    const refocus = this.contains(document.activeElement) && this.place();
    const pictures = new Map(Array.from(this.querySelectorAll("img"), (img) => [img.src, img]));
    this.replaceChildren(...viewOf(page).cloneNode(true).childNodes);
    for (const img of this.querySelectorAll("img")) {
      const kept = pictures.get(img.src);
      if (pictures.delete(img.src)) whole(img).replaceWith(whole(kept));
    }
    if (refocus) refocus();
  }

  calm() {
    for (const part of this.querySelectorAll("form, .line-going, .is-pending")) {
      part.classList.remove("line-going", "is-pending");
      delete part.dataset.sent;
      part.reset?.();
    }
  }

  /* Remembers which control of which line has the focus, and what is typed in it. Returns what moves
     the focus to an invalid field, the same control, the line's remove button or the first line. */
  place() {
    const control = document.activeElement;
    const line = control.closest("[data-line]");
    const at = this.lines().indexOf(line);
    const index = controlsOf(line ?? this).indexOf(control);
    const { value, defaultValue, form } = control;
    const typed = value === defaultValue || value === form?.dataset.sent ? null : value;
    if (typed) control.value = defaultValue; // otherwise its removal would count as a change
    return () => {
      const lines = this.lines();
      const same = lines.find((other) => other.dataset.line === line?.dataset.line);
      const scope = same ?? lines[Math.min(at, lines.length - 1)] ?? this;
      const controls = controlsOf(scope);
      const found = controls.at(same || scope === this ? index : -1) ?? controls[0];
      const isKept = same && typed && found.matches("input");
      if (isKept) found.value = typed;
      else found?.select?.();
      ((!isKept && this.querySelector("[aria-invalid]")) || found)?.focus();
    };
  }

  lines = () => [...this.querySelectorAll("[data-line]")];
});

/* A photo is replaced with its sources, or the browser would choose among them again. */
const whole = (img) => img.closest("picture") ?? img;

const controlsOf = (part) => [...part.querySelectorAll("a, button, input:not([type=hidden])")];
