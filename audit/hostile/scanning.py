"""Wapiti, a scanner, let loose on a shop behind TLS: as a stranger, and as a keeper who signed in.

It is installed apart, in `.venv/wapiti`, and scans only the shop that the audit starts on this
machine. What it asks the shop to fetch leads to this machine as well.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from prometheus_client.parser import text_string_to_metric_families
from tqdm import tqdm

from audit.hostile.explained import Finding, unexplained
from audit.hostile.form_filler import STATES
from audit.hostile.starts import SCANS, Scan, filler
from audit.hostile.wire import behind_tls, over_http
from audit.report import Figure, Group, at_least, is_zero, not_checked
from e2e.support.proxy import tls_proxy
from e2e.support.server import DIRECT, free_port, prepare, running_shop

Requests = Counter[tuple[str, str, str]]
WAPITI = Path(sys.prefix) / "wapiti" / "bin" / "wapiti"
MODULES = (
    *("cookieflags", "csp", "csrf", "htaccess", "http_headers", "methods", "backup"),
    *("crlf", "file", "permanentxss", "redirect", "sql", "ssrf", "timesql", "upload"),
    *("xss", "xxe", "brute_login_form", *(("exec",) if sys.version_info < (3, 12) else ())),
)
"""Left out: modules about software that is not here (cms, wp_enum, nikto, log4shell, spring4shell,
network_device), names to guess (buster) or lists to download (wapp, htp), the names of the host
(takeover), and TLS, which is nginx's (ssl, https_redirect). So are ldap, which reports every form
that accepts some texts and refuses others, and shellshock: its requests come without Wapiti's
cookies, so that the shop begins another session, in which no token counts any more. On Python 3.12,
which gets Wapiti 3.3, exec is left out as well: it searches a page for the output of commands in a
time that grows with the square of its length, and stands still for minutes at a long one."""
CRAWL_SECONDS = 60
MODULE_SECONDS = 20
SCAN_SECONDS = CRAWL_SECONDS + MODULE_SECONDS * len(MODULES) + 60
LEFT_ALONE = ("csrf_token", "offer", "s", "back", *sorted(STATES))
"""Fields that are not attacked, as most of the time would go into these: what is signed, and the
state of the shop. Whatever else they say is refused, as the module csrf and the hostile requests
show."""
LEAST_VIEWS = {"keeper": 7, "stranger": 12}
"""Fewer views that accepted a form mean that a scanner got no further than token and checks."""
MANY = 6
"""A view that accepted so many forms accepted attacked ones: the pages of a scan show fewer of each
view but `cart.create`. On a machine with ten times too much to do, it is not many more."""
LEAST_ATTACKED = {"keeper": 4, "stranger": 5}
"""Of the views whose forms have fields to attack."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a scan found, how many pages it knows, what the shop fetched because of it, and its
    requests by view, method and class of status."""

    findings: list[Finding]
    pages: int
    fetched: list[str]
    requests: Requests

    def accepted(self) -> Counter[str]:
        """How many forms each view accepted."""
        accepted: Counter[str] = Counter()
        for (view, method, status), count in self.requests.items():
            if method == "POST" and status in ("2xx", "3xx"):
                accepted[view] += count
        return accepted


def measure(_: int) -> Group:
    """Findings of both scans above informational, and what the shop itself counted meanwhile."""
    title = "Wapiti, as a stranger and as a keeper"
    if not WAPITI.exists():
        return Group(title, [not_checked("Wapiti", "could not be installed on this Python")])
    scanned = {who: _scan(who) for who in tqdm(SCANS, desc="wapiti", disable=None, leave=False)}
    return group_of(title, scanned)


def _scan(who: str) -> Scanned:
    """Scans a shop of its own: in one that the keeper's scan has filled, a search may by chance
    answer as if it ran a stranger's SQL."""
    metrics = f"127.0.0.1:{free_port()}"
    settings = {"SHOP_WORKERS": "2", "SHOP_TRUSTED_PROXIES": "1", "SHOP_METRICS": metrics}
    with (
        tempfile.TemporaryDirectory() as folder,
        running_shop(prepare(Path(folder)), **settings) as shop,
    ):
        send = behind_tls(over_http(shop.url))
        scan = SCANS[who](shop, send)
        with tls_proxy(shop.url, filler(shop, send)) as url:
            return _run_wapiti(scan, url, metrics)


def group_of(title: str, scanned: Mapping[str, Scanned]) -> Group:
    """The figures of the scans, by who scanned."""
    figures: list[Figure] = []
    findings: dict[str, list[str]] = {}
    for who, scan in scanned.items():
        figures += _reached(who, scan)
        findings[f"accepted from the {who}"] = [_told(scan.accepted())]
    everything = [finding for scan in scanned.values() for finding in scan.findings]
    left, reasons = unexplained(everything)
    figures.append(is_zero("findings above informational without a reason", len(left)))
    findings["not explained"] = sorted(map(str, left))
    fetched = [path for scan in scanned.values() for path in scan.fetched]
    figures.append(is_zero("addresses that the shop was made to fetch", len(fetched)))
    findings["fetched"] = fetched
    requests = sum((scan.requests for scan in scanned.values()), Counter())
    broken = [f"{view} {method}" for view, method, status in requests if status == "5xx"]
    figures.append(is_zero("views with a 5xx", len(broken)))
    findings["5xx"] = broken
    unused = [reason for reason, count in reasons.items() if not count]
    figures.append(is_zero("reasons that explain nothing", len(unused)))
    findings["unused"] = [f"{reason.module}, {reason.info}" for reason in unused]
    findings["requests"] = [f"{requests.total():,}"]
    findings["explained"] = [
        f"{count} × {reason.module}, {reason.info}: {reason.why}"
        for reason, count in reasons.items()
    ]
    return Group(title, figures, findings)


def _reached(who: str, scan: Scanned) -> Iterator[Figure]:
    counts = scan.accepted().values()
    many = sum(count >= MANY for count in counts)
    yield at_least(f"pages and forms known to the {who}", scan.pages, 20)
    yield at_least(f"views that accepted a form from the {who}", len(counts), LEAST_VIEWS[who])
    yield at_least(f"views that accepted {MANY} forms from the {who}", many, LEAST_ATTACKED[who])


def _told(accepted: Counter[str]) -> str:
    return ", ".join(f"{view} {count:,}" for view, count in sorted(accepted.items())) or "none"


def requests_in(exposition: str) -> Requests:
    """How many requests a shop counted, by view, method and class of status."""
    counts: Requests = Counter()
    for family in text_string_to_metric_families(exposition):
        for sample in family.samples:
            if sample.name == "crumb_requests_total":
                labels = sample.labels
                counts[labels["endpoint"], labels["method"], labels["status"]] += int(sample.value)
    return counts


def findings_in(report: dict[str, Any]) -> list[Finding]:
    """The findings of a report in JSON, informational ones too."""
    groups = [report[kind] for kind in ("vulnerabilities", "anomalies", "additionals")]
    return [
        Finding(
            each["module"],
            each["method"],
            each["path"],
            each["level"],
            each["parameter"] or "",
            each["info"],
        )
        for group in groups
        for findings in group.values()
        for each in findings
    ]


def _run_wapiti(scan: Scan, url: str, metrics: str) -> Scanned:
    before = _requests(metrics)
    with tempfile.TemporaryDirectory() as name, _listening() as (listener, fetched):
        folder = Path(name)
        (folder / "cookies.json").write_text(json.dumps(_jar(scan)), "utf-8")
        command: list[str | Path] = [
            *(WAPITI, "--url", f"{url}{scan.start}", "--scope", "folder", "--verbose", "0"),
            *("--module", _modules(scan), "--endpoint", listener, "--no-bugreport"),
            *("--max-scan-time", str(CRAWL_SECONDS), "--max-attack-time", str(MODULE_SECONDS)),
            *("--scan-force", "paranoid", "--tasks", str(scan.at_once), "--verify-ssl", "0"),
            *("--store-session", folder / "session", "--store-config", folder / "config"),
            *("--cookie", folder / "cookies.json", "--header", f"Origin: {url}"),
            *("--format", "json", "--output", folder / "report.json"),
        ]
        for path in scan.excluded:
            command += ["--exclude", f"{url}{path}"]
        for path in scan.others:
            command += ["--start", f"{url}{path}"]
        for name in LEFT_ALONE:
            command += ["--skip", name]
        with (folder / "log").open("wb") as log:
            subprocess.run(command, stdout=log, stderr=log, timeout=SCAN_SECONDS, check=True)
        report = json.loads((folder / "report.json").read_text("utf-8"))
    requests = _requests(metrics) - before
    return Scanned(findings_in(report), report["infos"]["crawled_pages_nbr"], fetched, requests)


def _modules(scan: Scan) -> str:
    # `exec:post` would be shorter, but means the opposite in some versions.
    return ",".join([*MODULES, *(f"-{module}:get" for module in scan.for_forms)])


def _requests(metrics: str) -> Requests:
    with DIRECT.open(f"http://{metrics}/metrics", timeout=10) as response:
        return requests_in(response.read().decode())


def _jar(scan: Scan) -> dict[str, Any]:
    kept = {"expires": None, "secure": True, "port": None, "version": 0}
    cookies = {name: kept | {"value": value} for name, value in scan.cookies.items()}
    return {"127.0.0.1": {scan.start: cookies}}


@contextmanager
def _listening() -> Iterator[tuple[str, list[str]]]:
    """An address on this machine, and the paths that were fetched from it: all but those with which
    Wapiti asks for them."""
    fetched: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if not self.path.startswith(("/get_ssrf.php?", "/get_xxe.php?")):
                fetched.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(b"{}")

        do_POST = do_HEAD = do_GET  # noqa: N815 - the names are those of http.server

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Listener) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/", fetched
        finally:
            server.shutdown()
