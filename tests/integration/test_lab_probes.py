"""The chain of probes over HTTP: a browser without any limit walks it to its end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from itertools import groupby
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.test import TestResponse

from shop.core import cookie
from shop.core.cart import Line
from shop.lab.carts import exact_size
from shop.lab.carts.cookie_limit import CookieLimit
from shop.lab.engine.run import BY_SCRIPT
from shop.lab.probes.known_answers import QUESTIONS
from shop.lab.probes.page import run
from tests.conftest import KEY, START, OpenShop
from tests.integration.client import (
    LintingClient,
    attributes,
    elements,
    parsed,
)
from tests.integration.model_visit import ModelVisit, running, signed
from tests.model_browser import ModelBrowser

PROBE = "/limits/probe"
OF_GUNICORN = len(
    "Server: gunicorn\r\nDate: Mon, 23 Nov 2026 12:00:00 GMT\r\nConnection: close\r\n"
)
JAR = f"{PROBE}/jar"
HELD = {"MUG": 2, "PENCIL": 5}
SCRIPT = {BY_SCRIPT: "1"}


class Visit(ModelVisit):
    """One that walks the chain."""

    def __init__(
        self,
        shop: OpenShop,
        browser: ModelBrowser | None = None,
        *,
        cart: str = "",
        base_url: str = "http://localhost",
    ) -> None:
        super().__init__(shop, browser or ModelBrowser(), base_url=base_url)
        cart = cart or f"cart={shop.cookie(HELD)}"
        self.browser.take(f"{cart}; Path=/; Secure; Priority=High", "/")
        self.began = self.begins(PROBE)

    @property
    def cart(self) -> str:
        (cart,) = (kept.value for kept in self.browser.kept if kept.name == "cart")
        return cart

    def walks(self) -> str:
        """Follows redirects and refreshes to the report, whose page it gives."""
        next_address = self.began
        while next_address and len(self.answers) < 2000:
            answer = self.asks(next_address)
            for picture in elements(parsed(answer.text), "img[alt='a picture']"):
                self.asks(attributes(picture)["src"] or "")
            next_address = answer.location or _refresh(answer.text)
        return answer.text

    def steps(self, told: object) -> Iterator[dict[str, Any]]:
        """Goes the way as the page's script does, which tells this whenever it is asked: what it
        is told in turn, to the address of the report."""
        step: dict[str, Any] = {"next": f"{JAR}/?s={state_of(self.began)}", "script": None}
        while not step.get("is_over"):
            if step.get("is_page"):
                (picture,) = elements(parsed(self.asks(step["next"]).text), "img")
                self.asks(attributes(picture)["src"] or "")
                step["next"] = step["next"].replace("/page", "/jar/")
            tail = f"&report={json.dumps(told)}" if step["script"] else ""
            step = self.asks(step["next"] + tail, headers=SCRIPT).get_json()
            yield step


@pytest.fixture
def visit(shop: OpenShop) -> Visit:
    return Visit(shop)


def _refresh(html: str) -> str:
    refreshes = elements(parsed(html), "meta[http-equiv=refresh]")
    if not refreshes:
        # A parser that runs scripts sees no element in a noscript.
        _, _, rest = html.partition('content="0; url=')
        return unescape(rest.partition('"')[0])
    return (attributes(refreshes[0])["content"] or "").partition("url=")[2]


def report(html: str) -> dict[str, dict[str, object]]:
    (area,) = elements(parsed(html), "#report-json")
    measured: dict[str, dict[str, object]] = json.loads(area.to_text())["measured"]
    return measured


def cart_of(octets: int, name: str = "cart") -> str:
    """Name and value of a cart that take so many octets."""
    limit = CookieLimit(name, (KEY,), 4096)
    cart = exact_size.cart_of_exactly(octets, limit, first=[Line(1, 1)], now=START)
    assert cart is not None
    return f"{name}={cookie.encode(cart, [KEY], name=name)}"


def octets_of_header(answer: TestResponse) -> int:
    """Of all of an answer that stands before its content."""
    fields = [f"{name}: {text}" for name, text in answer.headers]
    return len("\r\n".join([f"HTTP/1.1 {answer.status}", *fields, "", ""]))


def state_of(address: str) -> str:
    return parse_qs(urlsplit(address).query)["s"][0]


def test_it_ends_with_a_report_and_deletes_all_it_has_set(visit: Visit) -> None:
    cart = visit.cart
    found = report(visit.walks())

    assert list(found) == [question.key for question in QUESTIONS]
    assert (found["largest"]["largest"], found["overwriting"]["old"]) == (4096, "kept")
    assert (found["eviction"]["kept"], found["eviction"]["left"]) == (180, 150)
    assert visit.cart == cart
    assert {kept.name for kept in visit.browser.kept} == {"cart", "session"}
    assert len(visit.answers) < 600


def test_only_its_own_path_and_prefixes_and_the_cart_are_written(visit: Visit) -> None:
    visit.walks()
    lines = [line for answer in visit.answers for line in answer.headers.getlist("Set-Cookie")]
    beyond = {line.partition("=")[0] for line in lines if "Path=/limits" not in line}
    assert {name for name in beyond if not name.lower().startswith("__host-")} == {
        "cart",
        "session",
    }
    carts = {line.partition(";")[0] for line in lines if line.startswith("cart=")}
    assert carts == {f"cart={visit.cart}"}


def test_its_answers_pass_a_proxy_but_for_the_sizes_that_are_asked_about(visit: Visit) -> None:
    visit.walks()
    several = [
        lines for answer in visit.answers if len(lines := answer.headers.getlist("Set-Cookie")) > 1
    ]
    assert len(several) > 40
    assert max(sum(map(len, lines)) for lines in several) < 3000
    assert max(map(len, several)) <= 40


@pytest.mark.parametrize("is_scripted", [False, True], ids=["without a script", "with one"])
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("octets", [1200, 2300])
def test_beside_a_large_cart_a_whole_header_stays_below_four_kilobytes(
    shop: OpenShop, octets: int, scheme: str, is_scripted: bool
) -> None:
    cart = cart_of(octets, "__Host-cart" if scheme == "https" else "cart")
    visit = Visit(shop, cart=cart, base_url=f"{scheme}://localhost")
    if is_scripted:
        list(visit.steps({}))
    else:
        visit.walks()
    at = next(at for at, answer in enumerate(visit.answers) if "10 of 10" in answer.text)
    endangering = [answer for answer in visit.answers[at:] if "cart=" in str(answer.headers)]
    assert len(endangering) > 40
    assert max(map(octets_of_header, visit.answers[at:])) + OF_GUNICORN < 4096


@pytest.mark.parametrize("most", [180, 10_000])
def test_no_browser_is_redirected_more_often_than_it_follows(shop: OpenShop, most: int) -> None:
    visit = Visit(shop, ModelBrowser(most=most, left=most - 30))
    visit.walks()
    are_redirects = [answer.status_code == 303 for answer in visit.answers]
    rows = [len(list(row)) for is_redirect, row in groupby(are_redirects) if is_redirect]
    assert len(rows) > 10
    assert max(rows) <= 16


def test_a_script_is_told_the_way(visit: Visit) -> None:
    step = visit.asks(f"{JAR}/?s={state_of(visit.began)}", headers=SCRIPT).get_json()
    assert step["next"].startswith(f"{JAR}/?s=")
    assert step["status"] == "1 of 10: The largest cookie"
    assert not step["may_evict"]
    stopped = visit.asks(f"{step['fallback']}&stopped=431", headers=SCRIPT).get_json()
    page = visit.asks(f"{PROBE}?s={state_of(stopped['next'])}").text
    assert "The measurement stopped early: a request got 431" in page


def test_what_a_script_tells_is_measured(visit: Visit) -> None:
    told = {"life": 34_560_000, "site": "lax", "sees": {"lab-h": None, "lab-s": "server"}}
    steps = list(visit.steps(told))
    found = report(visit.asks(steps[-1]["next"]).text)
    assert found["lifetime"]["seconds"] == 34_560_000
    assert found["http-only"]["seen"] is False
    assert found["http-only"]["others seen"] is True
    # Announced before the first answer of that question, and until the jar has overflowed.
    at = [number for number, step in enumerate(steps) if step.get("may_evict")]
    assert at == list(range(at[0], at[0] + len(at)))
    assert len(at) > 40


def test_nothing_that_a_script_tells_breaks_it(shop: OpenShop) -> None:
    # Not secure, so that a script is asked about SameSite, too.
    visit = Visit(shop, ModelBrowser(is_secure=False))
    odd = ("[]", "7", '"x"', "null", "{}", '{"life": "x", "sees": 5, "site": 7}', "{" * 1900)
    asked = set()
    for step in visit.steps({}):
        if step.get("script"):
            asked.add(step["status"])
            for told in odd:
                query = {"s": state_of(step["next"]), "told": told}
                answer = visit.client.get(f"{JAR}/", query_string=query, headers=SCRIPT)
                assert answer.status_code == 200, (step["status"], told)
    assert asked == {
        "5 of 10: Control characters, written by a script",
        "6 of 10: Max-Age beyond 400 days",
        "8 of 10: HttpOnly and scripts",
        "9 of 10: Without SameSite",
    }


def test_after_a_page_of_no_origin_the_chain_s_own_goes_on(visit: Visit) -> None:
    step = next(step for step in visit.steps({}) if step.get("is_page"))
    next_address = step["next"].replace("/page", "/jar/")
    # A page goes there by itself, and so without the header of a script.
    answer = visit.asks(next_address)
    assert answer.status_code == 303
    assert urlsplit(answer.location).path == PROBE


def test_bars_do_not_break_the_table_of_a_report(
    visitor: LintingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = replace(QUESTIONS[2], title="this | that", describe=lambda found: "a | b")
    monkeypatch.setattr("shop.lab.probes.page.QUESTIONS", (question,))
    found = [{"old": "kept"}] * len(QUESTIONS)
    state = signed(f"{run.purpose}, report", [found, [], False, 0])
    page = visitor.get(PROBE, query_string={"s": state}).text
    (area,) = elements(parsed(page), "#report-markdown")
    lines = area.to_text().strip().splitlines()
    assert lines[-1].startswith("| this &#124; that | a &#124; b | ignored: the old one is kept (")
    assert [line.count("|") for line in lines[-3:]] == [7, 7, 7]


@pytest.mark.parametrize("stopped", ["4310", "43", "-43", "4.3", "٤٣١", "9" * 5000])
def test_what_is_no_status_is_no_answer(visit: Visit, stopped: str) -> None:
    step = visit.asks(f"{JAR}/?s={state_of(visit.began)}", headers=SCRIPT).get_json()
    over = visit.asks(f"{step['fallback']}&stopped={stopped}", headers=SCRIPT).get_json()
    page = visit.asks(f"{PROBE}?s={state_of(over['next'])}").text
    assert "The measurement stopped early: a request got no response" in page


def test_the_page_of_no_origin_is_sandboxed(visit: Visit) -> None:
    visit.walks()
    pages = [answer for answer in visit.answers if "A page of no origin" in answer.text]
    assert len(pages) == 1
    policies = pages[0].headers.getlist("Content-Security-Policy")
    assert "sandbox allow-scripts" in policies
    assert any("script-src 'self'" in policy for policy in policies)


@pytest.mark.parametrize(
    "told", ["", "x", "[]", "null", '{"life": "x", "sees": 5, "site": 7}', "{" * 5000, "%00"]
)
@pytest.mark.parametrize("at", ["jar/", "jar/deep/er", "clean", "page", "jar/witness"])
@pytest.mark.parametrize("token", ["", "x", "good", "picture", "over"])
def test_nothing_that_is_sent_breaks_it(
    visitor: LintingClient, at: str, told: str, token: str
) -> None:
    tokens = {
        "good": running(visitor, run.purpose, [[], [None], True, 0]),
        "picture": signed(f"{run.purpose}, picture", [[], [None], True, 0]),
        "over": signed(f"{run.purpose}, report", [[{}] * len(QUESTIONS), [], False, 0]),
    }
    answer = visitor.get(
        f"{PROBE}/{at}",
        query_string={"s": tokens.get(token, token), "told": told, "stopped": told},
    )
    assert answer.status_code in (200, 303, 400)


def test_a_state_that_is_signed_for_it_is_read(visitor: LintingClient) -> None:
    # Or the test above would try refused states only.
    state = running(visitor, run.purpose, [[], [None], True, 0])
    assert visitor.get(PROBE, query_string={"s": state}).status_code == 200


@pytest.mark.parametrize("audience", ["", "form", "picture"])
def test_a_state_of_another_purpose_is_none(visitor: LintingClient, audience: str) -> None:
    other = signed(f"{run.purpose}, {audience}", [[], [], False, 0])
    answer = visitor.get(PROBE, query_string={"s": other})
    assert (answer.status_code, answer.location) == (303, "/limits")


def test_a_link_leads_no_other_browser_through_it(visit: Visit, visitor: LintingClient) -> None:
    visitor.get("/limits")
    assert visitor.get(visit.began).status_code == 303
    answer = visitor.get(f"{JAR}/", query_string={"s": state_of(visit.began)})
    assert answer.status_code == 400
    assert visit.asks(f"{JAR}/?s={state_of(visit.began)}").status_code == 303


@pytest.mark.parametrize("life", ["1" + "0" * 1900, "-5", "true", "[" * 1900])
def test_figures_that_no_browser_has_are_not_believed(visit: Visit, life: str) -> None:
    step: dict[str, Any] = {"next": f"{JAR}/?s={state_of(visit.began)}", "script": None}
    while not (step["script"] or {}).get("about"):
        step = visit.asks(step["next"], headers=SCRIPT).get_json()
    tail = f'&report={{"life":{life}}}'
    step = visit.asks(step["next"] + tail, headers=SCRIPT).get_json()
    assert step["status"] == "6 of 10: Max-Age beyond 400 days"
    step = visit.asks(step["next"], headers=SCRIPT).get_json()
    page = visit.asks(f"{PROBE}?s={state_of(step['next'])}").text
    assert ("only a script can measure" if "[" in life else "not let scripts see") in page


def test_a_report_does_not_grow_old_but_a_chain_does(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = visit.walks()
    last = visit.answers[-1].request
    monkeypatch.setattr("shop.lab.engine.run.LIFE_SECONDS", -1)
    assert visit.asks(f"{last.path}?{last.query_string.decode()}").text == page
    assert visit.asks(visit.began).status_code == 303
    assert visit.asks(f"{JAR}/?s={state_of(visit.began)}").status_code == 400
