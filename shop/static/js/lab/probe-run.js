/* <probe-run>: makes the requests of a run by fetch and shows its progress; the server leads. */

import { PATIENCE_MS } from "../cart.js";
import { inTurn } from "../queue.js";

const HEADERS = { "Crumb-Probe": "1" };
const STOPPED = {
  410: "This run was started too long ago or in another browser. Start again in the laboratory.",
  429: "Too many requests came from your connection. Continue in a minute.",
};

class ProbeRun extends HTMLElement {
  async connectedCallback() {
    this.bar = this.querySelector("progress");
    this.output = this.querySelector("[role=status]");
    await settled(this.querySelectorAll("img"));
    try {
      let step = { next: this.dataset.next, fallback: this.dataset.fallback };
      while (!step.is_over) step = await this.stretch(step);
      location.replace(step.next);
    } catch (stop) {
      this.show(`The run has stopped. ${STOPPED[stop.cause] ?? "The shop does not respond."} Your cart is as it was.`);
    }
  }

  /* While the browser may evict the cart, the run holds its turn: nothing else changes the cart. */
  stretch(first) {
    const walk = async () => {
      let step = first;
      do step = await this.ask(step);
      while (!step.is_over && step.may_evict === first.may_evict);
      return step;
    };
    return first.may_evict ? inTurn(walk) : walk();
  }

  async ask(step) {
    if (step.is_page) {
      location.assign(step.next);
      return new Promise(() => {});
    }
    const report = step.script ? `&report=${encodeURIComponent(JSON.stringify(await reportOf(step.script)))}` : "";
    let [code, next] = await fetched(step.next + report);
    if (!next && !STOPPED[code]) [code, next] = await fetched(`${step.fallback}&stopped=${code}`);
    if (!next) throw new Error("stopped", { cause: code });
    if (!next.is_over) this.show(next.status, next.done);
    return next;
  }

  show(status, done = this.bar.value) {
    this.bar.value = done;
    if (this.output.textContent !== status) this.output.textContent = status;
  }
}

/* The pictures have arrived or been refused: their cookies say what the route lets through. */
function settled(pictures) {
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  return Promise.race([late, Promise.allSettled([...pictures].map((picture) => picture.decode()))]);
}

async function fetched(address) {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const response = await fetch(address, { headers: HEADERS, cache: "no-store", signal });
    return [response.status, response.ok ? await response.json() : undefined];
  } catch {
    return [0, undefined]; // closed without a response, or too late
  }
}

async function reportOf({ writes, sees, about }) {
  for (const text of writes) document.cookie = text;
  const shown = new Map(document.cookie.split("; ").map((pair) => pair.split(/=(.*)/s)));
  const cookie = about ? await window.cookieStore?.get(about) : null;
  return {
    sees: Object.fromEntries(sees.map((name) => [name, shown.get(name) ?? null])),
    life: cookie?.expires ? Math.round((cookie.expires - Date.now()) / 1000) : null,
    site: cookie?.sameSite ?? null,
  };
}

customElements.define("probe-run", ProbeRun);
