"""The largest headers that a real server accepts, as measured by the page and the command."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from playwright.sync_api import Browser, Locator, Page, Route, expect

from e2e.support import carts, layout
from e2e.support.demo_catalogue import MUG
from e2e.support.pages import Shopper
from e2e.support.playwright_config import CONFIG, context_options
from e2e.support.scripts import script
from e2e.support.server import PROJECT, RunningShop
from shop.core.cookie import BROWSER_LIMIT_BYTES
from shop.lab.header_limits import search

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


def run_command(shop: RunningShop) -> dict[str, Any]:
    command = [sys.executable, "-m", "shop.cli", "limits", "--json", "--url", shop.url]
    process = subprocess.run(
        command, env=shop.environ, cwd=PROJECT, check=True, capture_output=True, text=True
    )
    measured: dict[str, Any] = json.loads(process.stdout)
    return measured


def test_the_page_measures_the_server_settings(shopper: Shopper) -> None:
    report = probe(shopper.visits("/limits"))

    field = row(report, "Largest request header")
    expect(field).to_contain_text(f"{VALUE:,} bytes, {LONGEST_FIELD:,} with “Cookie: ”")
    expect(field).to_contain_text(f"{VALUE + 1:,}: 431")
    fields = row(report, "Request headers")
    expect(fields).to_contain_text(f"{MOST_FIELDS}, ")
    expect(fields).to_contain_text(": 431")
    back = row(report, "Largest response header")
    expect(back).to_contain_text("your browser refuses it")
    expect(back).to_contain_text(f"at most {CHROMIUM_HEADER_BYTES:,} bytes")
    expect(shopper.page.get_by_text("A full cart (4,096 bytes) passes here")).to_be_visible()


def test_chromium_refuses_a_header_one_byte_beyond_its_limit(shopper: Shopper) -> None:
    page = shopper.visits("/limits")
    with page.expect_response("**/limits/way/echo") as echoed:
        report = probe(page)
    others = sum(
        len(f"{field['name']}: {field['value']}\r\n") for field in echoed.value.headers_array()
    )
    whole = len("HTTP/1.1 200 OK\r\n") + others + len("\r\n")
    most = CHROMIUM_HEADER_BYTES - whole - len(f"{search.BACK}: \r\n")
    expect(row(report, "Largest response header")).to_contain_text(f"{most:,} bytes, ")
    expect(row(report, "Largest response header")).to_contain_text(f"{most + 1:,}: your")


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


def test_the_search_leaves_no_cookies(shopper: Shopper) -> None:
    carts.put(shopper.page.context, shopper.url, carts.value_of({MUG: 2}))
    page = shopper.visits("/limits")
    before = page.context.cookies()

    probe(page)

    assert page.context.cookies() == before
    shopper.opens_cart().holds("Everyday mug", 2)


def test_a_stopped_search_says_so_and_can_be_restarted(shopper: Shopper) -> None:
    page = shopper.visits("/limits")
    page.route("**/limits/way/next*", lambda route: route.abort())
    page.get_by_role("button", name="Probe the route").click()
    expect(page.get_by_text("The search has stopped: the shop does not respond.")).to_be_visible()

    page.unroute("**/limits/way/next*")
    page.route("**/limits/way/echo*", _too_many)
    page.get_by_role("button", name="Probe the route").click()
    expect(page.get_by_text("The search has stopped: too many requests.")).to_be_visible()

    page.unroute("**/limits/way/echo*")
    expect(row(probe(page), "Request headers")).to_contain_text(f"{MOST_FIELDS}, ")


def test_an_unresponsive_shop_times_out(shopper: Shopper) -> None:
    page = shopper.page
    page.add_init_script(script("impatient"))
    shopper.visits("/limits")
    page.route("**/limits/way/next*", _never)
    page.get_by_role("button", name="Probe the route").click()
    expect(page.get_by_text("The search has stopped: the shop does not respond.")).to_be_visible()


def test_a_second_search_starts_with_an_empty_progress_bar(shopper: Shopper) -> None:
    page = shopper.visits("/limits")
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


def test_the_report_fits_a_phone(shopper: Shopper) -> None:
    shopper.page.set_viewport_size({"width": 360, "height": CONFIG.viewport_height})
    shopper.page.emulate_media(reduced_motion="reduce")
    page = shopper.visits("/limits")
    probe(page)
    assert [*layout.sticking_out(page), *layout.small_targets(page), *layout.pale(page)] == []


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
