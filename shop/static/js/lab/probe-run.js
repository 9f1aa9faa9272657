/* <probe-run>: goes the way of a chain by fetch and shows how far it is; the server leads. */

import { PATIENCE_MS } from "../cart.js";
import { inTurn } from "../queue.js";

const HEADERS = { "Crumb-Probe": "1" };
const STOPPED = {
  400: "It was begun too long ago, or in another browser. Begin again in the laboratory.",
  429: "Too many requests came from your connection. Go on in a minute.",
};

class ProbeRun extends HTMLElement {
  async connectedCallback() {
    this.bar = this.querySelector("progress");
    this.said = this.querySelector("[role=status]");
    try {
      let step = { next: this.dataset.next, instead: this.dataset.instead };
      while (!step.is_over) step = await this.stretch(step);
      location.replace(step.next);
    } catch (stop) {
      this.tell(`It has stopped. ${STOPPED[stop.cause] ?? "Nothing answers."} Your cart is as it was.`);
    }
  }

  /* What may make the browser evict the cart holds its turn: meanwhile nobody changes it. */
  stretch(first) {
    const walk = async () => {
      let step = first;
      do step = await this.ask(step);
      while (!step.is_over && step.endangers === first.endangers);
      return step;
    };
    return first.endangers ? inTurn(walk) : walk();
  }

  async ask(step) {
    if (step.is_page) {
      location.assign(step.next);
      return new Promise(() => {});
    }
    const told = step.script ? `&told=${encodeURIComponent(JSON.stringify(await toldBy(step.script)))}` : "";
    let [status, next] = await answered(step.next + told);
    if (!next && !STOPPED[status]) [status, next] = await answered(`${step.instead}&stopped=${status}`);
    if (!next) throw new Error("stopped", { cause: status });
    if (!next.is_over) this.tell(next.said, next.done);
    return next;
  }

  tell(said, done = this.bar.value) {
    this.bar.value = done;
    if (this.said.textContent !== said) this.said.textContent = said;
  }
}

async function answered(address) {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const response = await fetch(address, { headers: HEADERS, cache: "no-store", signal });
    return [response.status, response.ok ? await response.json() : undefined];
  } catch {
    return [0, undefined]; // closed without an answer, or none in time
  }
}

async function toldBy({ writes, sees, about }) {
  for (const text of writes) document.cookie = text;
  const shown = new Map(document.cookie.split("; ").map((pair) => pair.split(/=(.*)/s)));
  const found = about ? await window.cookieStore?.get(about) : null;
  return {
    sees: Object.fromEntries(sees.map((name) => [name, shown.get(name) ?? null])),
    life: found?.expires ? Math.round((found.expires - Date.now()) / 1000) : null,
    site: found?.sameSite ?? null,
  };
}

customElements.define("probe-run", ProbeRun);
