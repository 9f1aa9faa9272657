"""The largest headers that a real server accepts, as measured by the page and the command."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, Response, Route, expect

from e2e.support import carts, layout
from e2e.support.demo_catalogue import MUG
from e2e.support.demo_shop import Look, Stage, numbers_of
from e2e.support.pages import Shopper
from e2e.support.playwright_config import context_options
from e2e.support.scripts import script
from e2e.support.server import PROJECT, RunningShop
from e2e.support.subjects import SUBJECT
from shop.core.cookie import BROWSER_LIMIT_BYTES
from shop.lab.header_limits import search
from shop.lab.header_limits.page import BETWEEN

LONGEST_FIELD = 65_536
"""The shop's setting of gunicorn's limit_request_field_size."""
VALUE = 65_526
"""gunicorn counts the whole line: with `Cookie: ` and the line end, 10 bytes more."""
MOST_FIELDS = 100
"""gunicorn's default limit_request_fields, which the shop does not change."""
CHROMIUM_HEADER_BYTES = 262_144
LARGEST_PROBED_BYTES = 1_048_576
SEARCH_MS = 60_000


def probe(page: Page) -> Locator:
    """Presses the button by keyboard, and returns the report once it is there."""
    page.get_by_role("button", name="Probe the route").press("Enter")
    expect(page.get_by_role("status").filter(has_text="The search is finished.")).to_be_visible(
        timeout=SEARCH_MS
    )
    return page.get_by_role("table", name="Measured from this browser")


def row(report: Locator, title: str) -> Locator:
    return report.get_by_role("row").filter(has_text=title)


@dataclass(frozen=True, slots=True)
class Searched:
    """A page after a whole search: its outcomes as they were sent to the shop, the browser's
    cookies before it, and the first response of a server that passed."""

    shopper: Shopper
    report: Locator
    outcomes: list[str]
    before: list[Any]
    echoed: Response


@pytest.fixture(scope="module")
def searched(browser: Browser, shop: RunningShop) -> Iterator[Searched]:
    """A search takes seconds, so several tests look at this one."""
    with browser.new_context(**context_options()) as context:
        shopper = Shopper(context.new_page(), shop.url)
        carts.put(context, shop.url, carts.value_of({MUG: 2}))
        page = shopper.visits("/limits")
        before = list(context.cookies())
        asked: list[list[str]] = []
        page.on("request", lambda request: asked.append(outcomes_in(request.url)))
        with page.expect_response("**/limits/way/echo") as echoed:
            report = probe(page)
        yield Searched(shopper, report, max(asked, key=len), before, echoed.value)


def outcomes_in(address: str) -> list[str]:
    """The outcomes that are sent to the shop in a query."""
    (written,) = parse_qs(urlsplit(address).query).get("outcomes", [""])
    return written.split(BETWEEN) if written else []


def after(made: list[str]) -> Callable[[Route], None]:
    """Answers as if the search had already made attempts with these outcomes: the shop leads it
    on from there."""

    def go_on(route: Route) -> None:
        written = BETWEEN.join([*made, *outcomes_in(route.request.url)])
        address, _, _ = route.request.url.partition("?")
        route.continue_(url=f"{address}?outcomes={written}")

    return go_on


def run_command(shop: RunningShop) -> dict[str, Any]:
    command = [sys.executable, "-m", "shop.cli", "limits", "--json", "--url", shop.url]
    process = subprocess.run(
        command, env=shop.environ, cwd=PROJECT, check=True, capture_output=True, text=True
    )
    measured: dict[str, Any] = json.loads(process.stdout)
    return measured


def test_the_page_measures_the_server_settings(searched: Searched) -> None:
    field = row(searched.report, "Largest request header")
    expect(field).to_contain_text(f"{VALUE:,} bytes, {LONGEST_FIELD:,} with “Cookie: ”")
    expect(field).to_contain_text(f"{VALUE + 1:,}: 431")
    fields = row(searched.report, "Request headers")
    expect(fields).to_contain_text(f"{MOST_FIELDS}, ")
    expect(fields).to_contain_text(": 431")
    back = row(searched.report, "Largest response header")
    expect(back).to_contain_text("your browser refuses it")
    expect(back).to_contain_text(f"at most {CHROMIUM_HEADER_BYTES:,} bytes")
    page = searched.shopper.page
    expect(page.get_by_text("A full cart (4,096 bytes) passes here")).to_be_visible()


def test_chromium_refuses_a_header_one_byte_beyond_its_limit(searched: Searched) -> None:
    others = sum(
        len(f"{field['name']}: {field['value']}\r\n") for field in searched.echoed.headers_array()
    )
    whole = len("HTTP/1.1 200 OK\r\n") + others + len("\r\n")
    most = CHROMIUM_HEADER_BYTES - whole - len(f"{search.BACK}: \r\n")
    back = row(searched.report, "Largest response header")
    expect(back).to_contain_text(f"{most:,} bytes, ")
    expect(back).to_contain_text(f"{most + 1:,}: your")


def test_the_search_leaves_no_cookies(searched: Searched) -> None:
    assert searched.shopper.page.context.cookies() == searched.before
    searched.shopper.in_another_tab().opens_cart().holds("Everyday mug", 2)


def test_the_command_measures_the_same(shop: RunningShop) -> None:
    measured = run_command(shop)

    field, fields = measured["request_field_bytes"], measured["request_fields"]
    assert (field["most"], field["least_refused"], field["status"]) == (VALUE, VALUE + 1, 431)
    assert (fields["header_fields"], fields["status"]) == (MOST_FIELDS, 431)
    assert measured["answer_field_bytes"]["most"] == LARGEST_PROBED_BYTES
    assert measured["answer_field_bytes"]["least_refused"] is None
    assert measured["cart_budget_bytes"] == BROWSER_LIMIT_BYTES
    assert measured["depends_on_timing"] is False
    assert measured["requests"] <= 115


def test_a_stopped_search_says_so_and_can_be_restarted(
    shopper: Shopper, searched: Searched
) -> None:
    page = shopper.visits("/limits")
    page.route("**/limits/way/next*", lambda route: route.abort())
    page.get_by_role("button", name="Probe the route").click()
    expect(page.get_by_text("The search has stopped: the shop does not respond.")).to_be_visible()

    page.unroute("**/limits/way/next*")
    page.route("**/limits/way/echo*", _too_many)
    page.get_by_role("button", name="Probe the route").click()
    expect(page.get_by_text("The search has stopped: too many requests.")).to_be_visible()

    page.unroute("**/limits/way/echo*")
    *made, _, _ = searched.outcomes
    page.route("**/limits/way/next*", after(made))
    with page.expect_response("**/limits/way/echo*"):
        report = probe(page)
    expect(row(report, "Request headers")).to_contain_text(f"{MOST_FIELDS}, ")
    expect(row(report, "Largest response header")).to_contain_text("your browser refuses it")


def test_an_unresponsive_shop_times_out(shopper: Shopper) -> None:
    page = shopper.page
    page.add_init_script(script("impatient"))
    shopper.visits("/limits")
    page.route("**/limits/way/next*", _never)
    page.get_by_role("button", name="Probe the route").click()
    expect(page.get_by_text("The search has stopped: the shop does not respond.")).to_be_visible()


def test_a_second_search_starts_with_an_empty_progress_bar(
    shopper: Shopper, searched: Searched
) -> None:
    page = shopper.visits("/limits")
    page.route("**/limits/way/next*", after(searched.outcomes[:-1]))
    probe(page)
    page.route("**/limits/way/next*", _never)
    button = page.get_by_role("button", name="Probe the route")
    button.click()
    expect(page.get_by_role("progressbar", name="Requests made")).to_have_js_property("value", 0)
    expect(button).to_have_css("border-style", "dashed")


def test_the_page_names_what_is_being_measured(shopper: Shopper) -> None:
    page = shopper.visits("/limits")
    page.route("**/limits/way/echo*", _never)
    page.get_by_role("button", name="Probe the route").click()
    status = page.locator("header-search").get_by_role("status")
    expect(status).to_have_text("Largest request header")


def test_an_attempt_cut_short_by_the_time_limit_does_not_count_as_refused(shopper: Shopper) -> None:
    page = shopper.visits("/limits")
    page.route("**/limits/way/next*", _two_seconds)
    page.route("**/limits/way/echo*", _no_response_beyond_4096)
    report = probe(page)
    field = row(report, "Largest request header")
    expect(field).to_contain_text("at least 4,096 bytes, ")
    expect(field.get_by_role("cell").last).to_have_text("not measured")
    expect(row(report, "Largest response header")).to_contain_text("not measured")
    expect(page.get_by_text("before everything was measured.")).to_be_visible()


def test_the_report_has_no_layout_faults(
    browser: Browser, shop: RunningShop, searched: Searched
) -> None:
    stage = Stage(browser, shop, numbers_of(shop))
    subject = SUBJECT["limits-way"]
    with stage.page(Look()) as page:
        page.route("**/limits/way/next*", after(searched.outcomes))
        layout.watch(page)
        faults = layout.faults(page, layout.REPORT_WIDTHS, lambda: stage.arrange(page, subject))
    assert not faults, "\n".join(faults)


def test_without_javascript_the_command_replaces_the_button(
    browser: Browser, shop: RunningShop
) -> None:
    context = browser.new_context(**context_options(), java_script_enabled=False)
    page = Shopper(context.new_page(), shop.url).visits("/limits")
    expect(page.get_by_text(f"shop limits --url {shop.url}/")).to_be_visible()
    expect(page.get_by_role("button", name="Probe the route")).to_be_hidden()
    context.close()


def _too_many(route: Route) -> None:
    route.fulfill(status=429)


def _never(route: Route) -> None:
    """Never responds to a request."""


def _two_seconds(route: Route) -> None:
    response = route.fetch()
    step = response.json()
    route.fulfill(response=response, json=step | {"most_seconds": 2})


def _no_response_beyond_4096(route: Route) -> None:
    if len(route.request.headers.get("crumbs", "")) <= 4096:
        route.continue_()
