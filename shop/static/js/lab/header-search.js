/* <header-search>: makes the attempts that the shop asks for, one by one, and shows its report. */

import { QUIET } from "../cart.js";

const TOO_MANY = 429;
const PATIENCE_MS = 5_000; // for requests that are not attempts, and so have nothing large in them

class HeaderSearch extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("button");
    this.bar = this.querySelector("progress");
    this.status = this.querySelector("[role=status]");
    this.report = this.querySelector(".route-report");
    this.button.addEventListener("click", () => this.start());
  }

  async start() {
    if (this.button.ariaDisabled) return;
    this.button.ariaDisabled = "true";
    this.bar.value = 0;
    this.bar.parentElement.hidden = false;
    this.report.replaceChildren();
    try {
      await this.search();
    } catch (problem) {
      this.show(problem.message === String(TOO_MANY)
        ? "The search has stopped: too many requests. Nothing was changed. Please try again in a minute."
        : "The search has stopped: the shop does not respond. Nothing was changed. Please try again.");
    }
    this.bar.parentElement.hidden = true;
    this.button.ariaDisabled = null;
  }

  async search() {
    const outcomes = [];
    let until = Infinity;
    let step;
    while (!(step = await next(this.dataset.next, outcomes)).report) {
      until = Math.min(until, performance.now() + step.most_seconds * 1000);
      this.show(step.title);
      this.bar.value = step.done;
      outcomes.push(await outcome(this.dataset.echo, step, until - performance.now()));
    }
    const page = new DOMParser().parseFromString(await (await read(step.report)).text(), "text/html");
    this.report.replaceChildren(...page.querySelector("main .route-report").childNodes);
    this.show("The search is finished. The report is below.");
  }

  show(message) {
    if (this.status.textContent !== message) this.status.textContent = message;
  }
}

const next = async (address, outcomes) =>
  (await read(`${address}?${new URLSearchParams({ outcomes: outcomes.join(".") })}`)).json();

async function read(address) {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const response = await fetch(address, { cache: "no-store", headers: QUIET, signal });
  if (!response.ok) throw new Error(response.status);
  return response;
}

/* Sends no cookies, so that the visitor's own are not measured too, and accepts none. An attempt cut
   short by the end of the search, `left` milliseconds away, is "over" rather than "silent". */
async function outcome(address, { attempt, back, seconds }, left) {
  if (left <= 0) return "over";
  const patience = seconds * 1000;
  const options = {
    headers: attempt.fields.map(([name, bytes]) => [name, "x".repeat(bytes)]),
    credentials: "omit",
    cache: "no-store",
    redirect: "manual",
    signal: AbortSignal.timeout(Math.min(left, patience)),
  };
  try {
    const response = await fetch(attempt.back ? `${address}?back=${attempt.back}` : address, options);
    if (response.status === TOO_MANY) throw new RangeError(TOO_MANY);
    if (response.type === "opaqueredirect") return "moved";
    if (response.status !== 200) return String(response.status);
    const figures = { ...(await response.json()), back: (response.headers.get(back) ?? "").length };
    return [200, figures[attempt.reads], figures.fields].join("-");
  } catch (problem) {
    if (problem instanceof RangeError) throw problem;
    if (problem.name !== "TimeoutError") return "closed";
    return left < patience ? "over" : "silent";
  }
}

customElements.define("header-search", HeaderSearch);
