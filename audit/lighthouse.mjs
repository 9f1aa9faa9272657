// Reads {chromePath, chromeFlags, runs, jobs: [{name, url, shows, cookie, skipAudits}]}, opens
// each page `runs` times as Lighthouse's phone does, and prints one line for each time.
import { json } from "node:stream/consumers";
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

// Cookies too, which Lighthouse keeps by itself: with one in the jar no other one is sent.
const FORGOTTEN = ["cookies", "local_storage", "file_systems", "service_workers", "cache_storage"];
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];

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

async function look({ url, shows, cookie, skipAudits }) {
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
