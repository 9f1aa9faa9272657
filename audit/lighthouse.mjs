// Reads {chromePath, chromeFlags, runs, jobs: [{name, url, shows, cookie, skipAudits}]}, has
// Lighthouse's phone open each page until it has `runs` results, and prints one line for each.
import { json } from "node:stream/consumers";
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

// Cookies too, which Lighthouse keeps by itself: with one in the jar no other one is sent.
const FORGOTTEN = ["cookies", "local_storage", "file_systems", "service_workers", "cache_storage"];
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];

// Now and then Lighthouse does not find the beginning of the page load in its own trace, so that it
// cannot time the page, and asks to be run again.
const WITHOUT_A_START = "NO_NAVSTART";
const MOST_REPEATS = 2;

const { chromePath, chromeFlags, runs, jobs } = await json(process.stdin);
const chrome = await launch({ chromePath, chromeFlags, logLevel: "silent" });
try {
  for (const job of jobs) {
    for (let run = 0; run < runs; run += 1) {
      console.log(JSON.stringify({ name: job.name, ...(await look(job)) }));
    }
  }
} finally {
  chrome.kill();
}

async function look(job) {
  let seen = await lookOnce(job);
  let repeats = 0;
  for (; seen.code === WITHOUT_A_START && repeats < MOST_REPEATS; repeats += 1) {
    seen = await lookOnce(job);
  }
  return { ...seen, repeats };
}

async function lookOnce({ url, shows, cookie, skipAudits }) {
  const { lhr, artifacts } = await lighthouse(url, {
    port: chrome.port,
    logLevel: "silent",
    onlyCategories: CATEGORIES,
    skipAudits,
    extraHeaders: cookie ? { Cookie: cookie } : {},
    clearStorageTypes: FORGOTTEN,
    disableFullPageScreenshot: true,
  });
  return {
    code: lhr.runtimeError?.code ?? "",
    error: lhr.runtimeError?.message ?? "",
    warnings: lhr.runWarnings.map(String),
    machine: Math.round(lhr.environment.benchmarkIndex),
    isShown: lhr.finalDisplayedUrl === url && artifacts.MainDocumentContent.includes(shows),
    marks: Object.fromEntries(
      CATEGORIES.map((name) => [name, Math.round((lhr.categories[name]?.score ?? 0) * 100)]),
    ),
    shift: lhr.audits["cumulative-layout-shift"]?.numericValue ?? null,
    short: Object.fromEntries(CATEGORIES.map((name) => [name, shortOf(lhr, name)])),
  };
}

// The audits that cost a category its full mark, each with its title and figure.
function shortOf(lhr, category) {
  return (lhr.categories[category]?.auditRefs ?? [])
    .filter(({ weight }) => weight > 0)
    .map(({ id }) => lhr.audits[id])
    .filter(({ score }) => score !== null && score < 1)
    .map(({ id, title, displayValue }) => [id, title, displayValue].filter(Boolean).join(": "));
}
