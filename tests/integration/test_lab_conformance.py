"""The conformance page: runs with and without a script, and what they leave behind."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest

from shop.lab.conformance.cases import families
from shop.lab.conformance.deviations import UNKNOWN
from shop.lab.conformance.page import run as conformance_run
from shop.lab.engine.exchange import Findings
from shop.lab.engine.run import BY_SCRIPT, STOPPED
from tests.conftest import OpenShop
from tests.integration.client import LintingClient, attributes, elements, parsed, text_of
from tests.integration.markup import Element
from tests.integration.model_visit import ModelVisit, Proxy, signed
from tests.model_browser import ModelBrowser
from tests.unit.lab.conformance.test_suite import run

ADDRESS = "/limits/conformance"
HOST = "localhost"
OWN_COOKIE = "own=abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


@dataclass(slots=True)
class NonConformingBrowser(ModelBrowser):
    """Sends a cookie of its own where the results of charset cases are read: recording the first
    leaves no room for the others."""

    def sent_to(self, address: str) -> str:
        # slots=True creates a new class, so super() without arguments does not work.
        return OWN_COOKIE if "/CHARSET" in address else ModelBrowser.sent_to(self, address)


def report_of(visitor: LintingClient, browser: ModelBrowser) -> Element:
    """The report page after all cases were run in the browser."""
    results = [run(family, browser) for family in families()]
    state = signed(f"{conformance_run.purpose}, report", [results, [], False, 0, None])
    return parsed(visitor.get(ADDRESS, query_string={"s": state}).text)


@pytest.fixture
def non_conforming_report(visitor: LintingClient) -> Element:
    """The report on a browser that drops tabs and also knows the prefixes of the next draft."""
    return report_of(visitor, NonConformingBrowser(HOST, drops_tabs=True, knows_http_prefixes=True))


def outcomes(page: Element, within: str) -> dict[str, dict[str, str]]:
    """What came back in each case, by the heading of its table and by its name."""
    return {
        elements(section, "h3, summary")[0].to_text().strip(): {
            elements(row, "th")[0].to_text().strip(): " ".join(
                elements(row, "td")[-1].to_text().split()
            )
            for row in elements(section, "tbody tr")
        }
        for section in elements(page, within)
    }


def cases_by_section(page: Element) -> dict[str, list[str]]:
    """The names of the cases in each section, by its heading."""
    return {
        elements(section, "h2")[0].to_text().strip(): [
            cell.to_text().strip() for cell in elements(section, "tbody th")
        ]
        for section in elements(page, "section")
        if elements(section, "h2") and elements(section, "tbody th")
    }


def findings(page: Element) -> dict[str, dict[str, dict[str, str]]]:
    """The deviations: what came back by section, by reason and by case."""
    return {
        heading.to_text(): outcomes(section, ".finding")
        for section in elements(page, "section")
        for heading in elements(section, "h2")
        if elements(section, ".finding")
    }


def run_all(visit: ModelVisit, address: str) -> str:
    """The address of the report, after running all cases in the browser as the page's script
    does."""
    reports = ""
    while True:
        step: dict[str, Any] = visit.request(address + reports, headers={BY_SCRIPT: "1"}).json or {}
        address = step["next"]
        if step.get("is_over"):
            return address
        for text in (step["script"] or {}).get("writes", ()):
            visit.browser.take(text, ADDRESS, by_script=True)
        reports = "&report={}" if step["script"] else ""


def test_a_conforming_browser_passes_every_case_and_keeps_no_cookie(shop: OpenShop) -> None:
    visit = ModelVisit(shop, ModelBrowser(HOST, is_secure=True))
    visit.browser.take("foo=another program's; Path=/", "/")
    (run,) = elements(parsed(visit.request(visit.start(ADDRESS)).text), "probe-run")
    report = run_all(visit, attributes(run)["data-next"] or "")
    assert [cookie.name for cookie in visit.browser.kept] == ["foo", "session"]
    clean = (
        response for response in visit.responses if response.request.path == f"{ADDRESS}/clean"
    )
    deletions = [response.headers.getlist("Set-Cookie") for response in clean]
    assert max(sum(map(len, lines)) for lines in deletions if len(lines) > 1) <= 5_000
    page = visit.request(report).text
    assert text_of(page, ".lead").endswith("0 cases deviate.")
    names = [case.name for family in families() for case in family.cases]
    as_required, untested = cases_by_section(parsed(page)).values()
    assert sorted(as_required + untested) == sorted(names)
    assert as_required == [name for name in names if name in as_required]


def test_behind_a_default_nginx_every_case_that_passes_is_run_without_a_script(
    shop: OpenShop,
) -> None:
    visit = ModelVisit(shop, ModelBrowser(HOST, is_secure=True), proxy=Proxy())
    began = visit.start(ADDRESS)
    page = visit.follow(began)
    assert {name.partition("-")[2] for name in visit.refused} == {
        "back6000", "back7900", "back10000", "back18000"
    }  # fmt: skip
    assert [cookie.name for cookie in visit.browser.kept] == ["session"]
    assert text_of(page, ".lead").endswith("0 cases deviate.")
    too_large = "17 cases: the route to this browser lets headers of 3,900 bytes through, no larger"
    assert too_large in " ".join(page.split())


@pytest.mark.parametrize("address", ["", "/jar/", "/jar/PATH0017/foo//qux", "/clean", "/page"])
@pytest.mark.parametrize("state", ["", "x", "WzBd.x.y", "%00%FF", "a" * 5000])
def test_an_invalid_state_is_rejected(visitor: LintingClient, address: str, state: str) -> None:
    response = visitor.get(f"{ADDRESS}{address}?s={state}&report=x&stopped=y")
    assert response.status_code in (303, 410)


@pytest.mark.parametrize("purpose", ["conformance", "conformance 0"])
def test_a_state_signed_for_another_edition_is_rejected(
    visitor: LintingClient, purpose: str
) -> None:
    for known, status in ((conformance_run.purpose, 200), (purpose, 303)):
        state = signed(f"{known}, report", [[], [], False, 0, None])
        assert visitor.get(ADDRESS, query_string={"s": state}).status_code == status


def test_the_report_counts_deviations_and_leaves_out_untested_cases(
    non_conforming_report: Element,
) -> None:
    (lead,) = elements(non_conforming_report, ".lead")
    text = " ".join(lead.to_text().split())
    assert text.startswith("339 of 354 cases gave the result that RFC 6265bis requires")
    assert text.endswith("15 cases deviate.")
    counts = [item.to_text() for item in elements(non_conforming_report, ".case-outcomes li")]
    assert [" ".join(count.split()) for count in counts] == [
        "It dropped a cookie that it should have sent : 11 cases",
        "It sent a cookie with another name or value : 1 case",
        "It sent something else that was not recorded : 3 cases",
        "It did what RFC 6265bis requires : 339 cases",
        "Not tested here : 77 cases",
    ]
    assert [len(cases) for cases in cases_by_section(non_conforming_report).values()] == [
        11, 1, 3, 339, 77,
    ]  # fmt: skip
    cases = outcomes(non_conforming_report, ".case-group")
    groups = {heading: len(rows) for heading, rows in cases.items()}
    assert groups["Values (http-state): 5 cases"] == 5
    assert groups["Control characters in values (web-platform-tests): 32 cases"] == 32
    assert groups["17 cases: a second host is needed"] == 17
    assert groups["3 cases: a page directly below the root of the host is needed"] == 3
    assert "Letters beyond ASCII (http-state)" not in " ".join(groups)


def test_a_section_groups_deviations_by_reason(non_conforming_report: Element) -> None:
    dropped, changed, unrecorded = findings(non_conforming_report).values()
    tabs, prefixes, unknown = dropped.values()
    assert tabs == {"value-ctl-dom-09": "nothing", "value-ctl-http-09": "nothing"}
    assert list(prefixes) == [
        "__Http.header-1",
        "__Http.header-2",
        "__Host-Http.header-1",
        "__Http.document-cookie-1",
        "__Http.document-cookie-2",
        "__Host-Http.document-cookie-1",
    ]
    assert list(unknown) == ["PATH0029", "VALUE0006", "value-21"]
    assert changed == {UNKNOWN: {"CHARSET0001": f"{OWN_COOKIE[:57]}..."}}
    assert list(unrecorded[UNKNOWN]) == ["CHARSET0002", "CHARSET0003", "CHARSET0004"]


def test_the_report_explains_what_firefox_does_with_cookies_without_a_name(
    visitor: LintingClient,
) -> None:
    page = report_of(visitor, ModelBrowser(HOST, takes_text_for_name=True))
    dropped, changed = findings(page).values()
    assert [list(cases) for cases in dropped.values()] == [
        ["NAME0017", "NAME0025"],
        ["0021", "CHROMIUM0012", "NAME0028", "name-and-value-8", "value-10"],
    ]
    ((reason, texts),) = changed.items()
    assert reason.startswith("Text without = is taken for the name of a cookie")
    assert len(texts) == 22
    assert texts["0004"] == "foo="
    assert texts["MOZILLA0017"] == "six=; seven=; test=six"


def test_a_stopped_family_is_not_tested(visitor: LintingClient) -> None:
    results: list[Findings] = [{STOPPED: 502} for _ in families()]
    state = signed(f"{conformance_run.purpose}, report", [results, [], False, 0, None])
    page = visitor.get(ADDRESS, query_string={"s": state}).text
    assert text_of(page, ".lead").startswith("0 of 0 cases")
    assert list(cases_by_section(parsed(page))) == ["Not tested here"]
    (heading,) = outcomes(parsed(page), ".case-group")
    assert heading == "431 cases: the run stopped before this case"


def test_the_json_report_has_every_case(non_conforming_report: Element) -> None:
    (area,) = elements(non_conforming_report, "#report-json")
    cases = json.loads(area.to_text())["cases"]
    assert len(cases) == 431
    assert sum(reports == "as expected" for reports in cases.values()) == 339
    assert cases["VALUE0006"] == {
        "sent": ["[09]foo[09]=[09]bar[09] [09];[09]ttt"],
        "expected": ["foo=bar"],
        "received": "",
    }
    assert cases["CHARSET0002"]["received"] == "something that was not recorded"
    assert cases["DOMAIN0008"].startswith("not tested: the domain above this host is needed")
    assert cases["DOMAIN0002"] == "not tested: a second host is needed"


def test_a_run_starts_only_from_a_form(visitor: LintingClient) -> None:
    assert visitor.post(ADDRESS).status_code == 400
    page = visitor.get("/limits").text
    assert len(elements(parsed(page), f"form[action='{ADDRESS}']")) == 1
    assert "431 cases" in page


def test_a_run_continues_at_the_address_where_it_paused(shop: OpenShop) -> None:
    visit = ModelVisit(shop, ModelBrowser(HOST))
    address = visit.start(ADDRESS)
    passed: list[str] = []
    links: list[str] = []
    while len(links) < 2:
        response = visit.request(address)
        if response.status_code == 200:
            (link,) = elements(parsed(response.text), ".progress a")
            links.append(urlsplit(attributes(link)["href"] or "").path)
            address = attributes(link)["href"] or ""
        else:
            address = response.location
        passed.append(urlsplit(address).path)
    assert passed[0] == f"{ADDRESS}/jar/"
    assert links == [f"{ADDRESS}/jar/", f"{ADDRESS}/jar/0004/cookie-parser"]
