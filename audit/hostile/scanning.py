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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from prometheus_client.parser import text_string_to_metric_families
from tqdm import tqdm

from audit.hostile.explained import Finding, unexplained
from audit.report import Figure, Group, at_least, is_zero, not_checked
from e2e.support import keepers
from e2e.support.proxy import tls_proxy
from e2e.support.server import DIRECT, RunningShop, free_port, prepare, running_shop
from shop.admin.session import PATH

WAPITI = Path(sys.prefix) / "wapiti" / "bin" / "wapiti"
MODULES = (
    *("cookieflags", "csp", "csrf", "htaccess", "http_headers", "methods", "backup"),
    *("crlf", "exec", "file", "ldap", "permanentxss", "redirect", "shellshock", "sql"),
    *("ssrf", "timesql", "upload", "xss", "xxe", "brute_login_form"),
)
"""Left out: modules about software that is not here (cms, wp_enum, nikto, log4shell, spring4shell,
network_device), names to guess (buster) or lists to download (wapp, htp), the names of the host
(takeover), and TLS, which is nginx's (ssl, https_redirect)."""
CRAWL_SECONDS = 60
MODULE_SECONDS = 30
SCAN_SECONDS = CRAWL_SECONDS + MODULE_SECONDS * len(MODULES) + 60
LEAST_REACHED = 5
"""Fewer views that accepted a form mean that the scanner got no further than the token."""


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan as somebody: where it begins, where it does not go, and with which cookies."""

    who: str
    start: str
    excluded: tuple[str, ...]
    cookies: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a scan found, how many pages it knows, and what the shop fetched because of it."""

    findings: list[Finding]
    pages: int
    fetched: list[str]


def measure(_: int) -> Group:
    """Findings of both scans above informational, and what the shop itself counted meanwhile."""
    title = "Wapiti, as a stranger and as a keeper"
    if not WAPITI.exists():
        return Group(title, [not_checked("Wapiti", "could not be installed on this Python")])
    metrics = f"127.0.0.1:{free_port()}"
    settings = {"SHOP_WORKERS": "2", "SHOP_TRUSTED_PROXIES": "1", "SHOP_METRICS": metrics}
    with (
        tempfile.TemporaryDirectory() as folder,
        running_shop(prepare(Path(folder)), **settings) as shop,
        tls_proxy(shop.url) as url,
    ):
        scanned = {scan.who: _scan(scan, url) for scan in _bar(list(_scans(shop)))}
        counts = requests_in(DIRECT.open(f"http://{metrics}/metrics", timeout=10).read().decode())
    return group_of(title, scanned, counts)


def group_of(
    title: str, scanned: dict[str, Scanned], counts: Counter[tuple[str, str, str]]
) -> Group:
    """The figures of the scans; `counts` has requests by view, method and class of status."""
    figures: list[Figure] = []
    findings: dict[str, list[str]] = {}
    everything = [finding for scan in scanned.values() for finding in scan.findings]
    left, reasons = unexplained(everything)
    for who, scan in scanned.items():
        figures.append(at_least(f"pages and forms known to the {who}", scan.pages, 20))
    figures.append(is_zero("findings above informational without a reason", len(left)))
    findings["not explained"] = sorted(map(str, left))
    fetched = [path for scan in scanned.values() for path in scan.fetched]
    figures.append(is_zero("addresses that the shop was made to fetch", len(fetched)))
    findings["fetched"] = fetched
    broken = [f"{view} {method}" for view, method, status in counts if status == "5xx"]
    figures.append(is_zero("views with a 5xx", len(broken)))
    findings["5xx"] = broken
    taken = {
        view for view, method, status in counts if method == "POST" and status in ("2xx", "3xx")
    }
    figures.append(at_least("views that accepted a form", len(taken), LEAST_REACHED))
    findings["views that accepted a form"] = [", ".join(sorted(taken)) or "none"]
    unused = [reason for reason, count in reasons.items() if not count]
    figures.append(is_zero("reasons that explain nothing", len(unused)))
    findings["unused"] = [f"{reason.module}, {reason.info}" for reason in unused]
    findings["requests"] = [f"{sum(counts.values()):,}"]
    findings["explained"] = [
        f"{count} × {reason.module}, {reason.info}: {reason.why}"
        for reason, count in reasons.items()
    ]
    return Group(title, figures, findings)


def requests_in(exposition: str) -> Counter[tuple[str, str, str]]:
    """How many requests a shop counted, by view, method and class of status."""
    counts: Counter[tuple[str, str, str]] = Counter()
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


def _scans(shop: RunningShop) -> Iterator[Scan]:
    # The other languages are the same views; so are the runs of the laboratory, hundreds each.
    languages = ("/de/*", "/fr/*", "/ar/*", "/en-gb/*")
    yield Scan("stranger", "/", (*languages, "/static/*", "/limits/*/jar/*"))
    cookies = {"__Secure-admin": keepers.signed_in(shop)}
    yield Scan("keeper", f"{PATH}/orders", ("/static/*", f"{PATH}/sign-out"), cookies)


def _bar(scans: list[Scan]) -> Iterator[Scan]:
    yield from tqdm(scans, desc="wapiti", disable=None, leave=False)


def _scan(scan: Scan, url: str) -> Scanned:
    with tempfile.TemporaryDirectory() as name, _listening() as (listener, fetched):
        folder = Path(name)
        (folder / "cookies.json").write_text(json.dumps(_jar(scan.cookies)), "utf-8")
        command: list[str | Path] = [
            *(WAPITI, "--url", f"{url}{scan.start}", "--scope", "domain", "--verbose", "0"),
            *("--module", ",".join(MODULES), "--endpoint", listener, "--no-bugreport"),
            *("--max-scan-time", str(CRAWL_SECONDS), "--max-attack-time", str(MODULE_SECONDS)),
            *("--max-files-per-dir", "8", "--tasks", "4", "--verify-ssl", "0"),
            *("--store-session", folder / "session", "--store-config", folder / "config"),
            *("--cookie", folder / "cookies.json", "--header", f"Origin: {url}"),
            *("--format", "json", "--output", folder / "report.json"),
        ]
        for path in scan.excluded:
            command += ["--exclude", f"{url}{path}"]
        with (folder / "log").open("wb") as log:
            subprocess.run(command, stdout=log, stderr=log, timeout=SCAN_SECONDS, check=True)
        report = json.loads((folder / "report.json").read_text("utf-8"))
    return Scanned(findings_in(report), report["infos"]["crawled_pages_nbr"], fetched)


def _jar(cookies: dict[str, str]) -> dict[str, Any]:
    kept = {"expires": None, "secure": True, "port": None, "version": 0}
    return {"127.0.0.1": {PATH: {name: kept | {"value": value} for name, value in cookies.items()}}}


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
