"""The conformance page, its way without a script and with one, and what it leaves behind."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest

from shop.limits.cases import families
from shop.limits.chain import BY_SCRIPT
from tests.conftest import OpenShop
from tests.integration.client import LintingClient, attributes, elements, parsed, text_of
from tests.integration.model_visit import ModelVisit
from tests.model_browser import ModelBrowser

ADDRESS = "/limits/conformance"
HOST = "localhost"


def gone_through(visit: ModelVisit, address: str) -> str:
    """The address of the report, after all questions were put to the browser as the page's
    script puts them."""
    told = ""
    while True:
        step: dict[str, Any] = visit.asks(address + told, headers={BY_SCRIPT: "1"}).json or {}
        address = step["next"]
        if step.get("is_over"):
            return address
        for text in (step["script"] or {}).get("writes", ()):
            visit.browser.take(text, ADDRESS, by_script=True)
        told = "&told={}" if step["script"] else ""


def test_a_browser_by_the_book_goes_the_whole_way_and_keeps_nothing(shop: OpenShop) -> None:
    visit = ModelVisit(shop, ModelBrowser(HOST, is_secure=True))
    visit.browser.take("foo=another program's; Path=/", "/")
    (run,) = elements(parsed(visit.asks(visit.begins(ADDRESS)).text), "chain-run")
    report = gone_through(visit, attributes(run)["data-next"] or "")
    assert [cookie.name for cookie in visit.browser.kept] == ["foo", "session"]
    page = visit.asks(report).text
    assert text_of(page, ".lead").endswith("0 cases deviate.")
    rows = elements(parsed(page), ".case-family tbody th")
    names = [case.name for family in families() for case in family.cases]
    assert [row.to_text().strip() for row in rows] == names


@pytest.mark.parametrize("address", ["", "/jar/", "/jar/PATH0017/foo//qux", "/clean", "/page"])
@pytest.mark.parametrize("state", ["", "x", "WzBd.x.y", "%00%FF", "a" * 5000])
def test_a_state_that_is_not_ours_goes_nowhere(
    visitor: LintingClient, address: str, state: str
) -> None:
    response = visitor.get(f"{ADDRESS}{address}?s={state}&told=x&stopped=y")
    assert response.status_code in (303, 400)


def test_a_state_of_other_cases_is_not_read(shop: OpenShop, visitor: LintingClient) -> None:
    signer = shop.app.extensions["shop"].signer("conformance of another day")
    response = visitor.get(f"{ADDRESS}?s={signer.dumps([[], [], False, 0])}")
    assert (response.status_code, response.location) == (303, "/limits")


def test_it_is_begun_by_a_form_only(visitor: LintingClient) -> None:
    assert visitor.post(ADDRESS).status_code == 400
    page = visitor.get("/limits").text
    assert len(elements(parsed(page), f"form[action='{ADDRESS}']")) == 1
    assert "431 cases" in page


def test_the_way_is_gone_on_with_at_the_address_where_it_was_left(shop: OpenShop) -> None:
    visit = ModelVisit(shop, ModelBrowser(HOST))
    address = visit.begins(ADDRESS)
    passed: list[str] = []
    links: list[str] = []
    while len(links) < 2:
        response = visit.asks(address)
        if response.status_code == 200:
            (link,) = elements(parsed(response.text), ".progress a")
            links.append(urlsplit(attributes(link)["href"] or "").path)
            address = attributes(link)["href"] or ""
        else:
            address = response.location
        passed.append(urlsplit(address).path)
    assert passed[0] == f"{ADDRESS}/jar/"
    assert links == [f"{ADDRESS}/jar/", f"{ADDRESS}/jar/0004/cookie-parser"]
