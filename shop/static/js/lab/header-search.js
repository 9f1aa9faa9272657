/* <header-search>: asks what the shop says to ask, and shows the report that the shop makes of it. */

import { QUIET } from "../cart.js";

const TOO_MANY = 429;
const PATIENCE_MS = 5_000; // for what is no attempt, and so has nothing large in it

class HeaderSearch extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("button");
    this.bar = this.querySelector("progress");
    this.said = this.querySelector("[role=status]");
    this.report = this.querySelector(".way-report");
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
      this.tell(problem.message === String(TOO_MANY)
        ? "It has stopped: too many requests. Nothing was changed. Please try again in a minute."
        : "It has stopped: the shop does not answer. Nothing was changed. Please try again.");
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
      this.tell(step.said);
      this.bar.value = step.done;
      outcomes.push(await outcome(this.dataset.echo, step, until - performance.now()));
    }
    const page = new DOMParser().parseFromString(await (await read(step.report)).text(), "text/html");
    this.report.replaceChildren(...page.querySelector("main .way-report").childNodes);
    this.tell("It is done. The report is below.");
  }

  tell(said) {
    if (this.said.textContent !== said) this.said.textContent = said;
  }
}

const next = async (address, outcomes) =>
  (await read(`${address}?${new URLSearchParams({ outcomes: outcomes.join(".") })}`)).json();

async function read(address) {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const answer = await fetch(address, { cache: "no-store", headers: QUIET, signal });
  if (!answer.ok) throw new Error(answer.status);
  return answer;
}

/* Without cookies, so that those of the visitor are no part of what is measured, and none is set.
   What is cut short by the end of the search, `left` milliseconds away, was not silent. */
async function outcome(address, { attempt, back, seconds }, left) {
  if (left <= 0) return "over";
  const patience = seconds * 1000;
  const how = {
    headers: attempt.fields.map(([name, bytes]) => [name, "x".repeat(bytes)]),
    credentials: "omit",
    cache: "no-store",
    redirect: "manual",
    signal: AbortSignal.timeout(Math.min(left, patience)),
  };
  try {
    const answer = await fetch(attempt.back ? `${address}?back=${attempt.back}` : address, how);
    if (answer.status === TOO_MANY) throw new RangeError(TOO_MANY);
    if (answer.type === "opaqueredirect") return "moved";
    if (answer.status !== 200) return String(answer.status);
    const told = { ...(await answer.json()), back: (answer.headers.get(back) ?? "").length };
    return [200, told[attempt.reads], told.fields].join("-");
  } catch (problem) {
    if (problem instanceof RangeError) throw problem;
    if (problem.name !== "TimeoutError") return "closed";
    return left < patience ? "over" : "silent";
  }
}

customElements.define("header-search", HeaderSearch);
