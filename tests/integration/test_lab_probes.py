"""The probes over HTTP: a browser without any limit completes a run."""

from __future__ import annotations

import hashlib
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
from shop.lab.engine.room import OTHER_OCTETS
from shop.lab.engine.run import BY_SCRIPT
from shop.lab.probes.known_answers import QUESTIONS
from shop.lab.probes.page import run
from tests.conftest import KEY, START, OpenShop
from tests.integration.client import (
    LintingClient,
    elements,
    parsed,
)
from tests.integration.model_visit import (
    ONWARD,
    SERVER_OCTETS,
    ModelVisit,
    Proxy,
    header_octets,
    signed,
    signed_for_session,
)
from tests.model_browser import ModelBrowser

PROBE = "/limits/probe"
JAR = f"{PROBE}/jar"
HELD = {"MUG": 2, "PENCIL": 5}
LARGE = ["back6000", "back7900", "back10000", "back18000"]
ROOM = [18_000, 8_000]
SCRIPT = {BY_SCRIPT: "1"}


class Visit(ModelVisit):
    """A visit that runs the probes."""

    def __init__(
        self,
        shop: OpenShop,
        browser: ModelBrowser | None = None,
        *,
        cart: str = "",
        base_url: str = "http://localhost",
        proxy: Proxy | None = None,
    ) -> None:
        super().__init__(shop, browser or ModelBrowser(), base_url=base_url, proxy=proxy)
        cart = cart or f"cart={shop.cookie(HELD)}"
        self.browser.take(f"{cart}; Path=/; Secure; Priority=High", "/")
        self.began = self.start(PROBE)

    @property
    def cart(self) -> str:
        (cart,) = (kept.value for kept in self.browser.kept if kept.name == "cart")
        return cart

    def steps(self, sent: object) -> Iterator[dict[str, Any]]:
        """Makes the run as the page's script does, and sends this report whenever one is due.
        Yields each step up to the address of the report."""
        step: dict[str, Any] = {"next": f"{JAR}/?s={state_of(self.began)}", "script": None}
        while not step.get("is_over"):
            if step.get("is_page"):
                self.request(step["next"])
                step["next"] = step["next"].replace("/page", "/jar/")
            tail = f"&report={json.dumps(sent)}" if step["script"] else ""
            step = self.request(step["next"] + tail, headers=SCRIPT).get_json()
            yield step


@pytest.fixture
def visit(shop: OpenShop) -> Visit:
    return Visit(shop)


def report(html: str) -> dict[str, dict[str, object]]:
    (area,) = elements(parsed(html), "#report-json")
    measured: dict[str, dict[str, object]] = json.loads(area.to_text())["measured"]
    return measured


def cart_of(octets: int, name: str = "cart") -> str:
    """A cart cookie of this many octets, as name=value."""
    limit = CookieLimit(name, (KEY,), 4096)
    cart = exact_size.cart_of_exactly(octets, limit, first=[Line(1, 1)], now=START)
    assert cart is not None
    return f"{name}={cookie.encode(cart, [KEY], name=name)}"


def own_octets(response: TestResponse) -> int:
    """Octets of the headers that differ from response to response."""
    own = [item for item in response.headers if item[0] in ("Location", "Set-Cookie")]
    return sum(len(f"{name}: {text}\r\n") for name, text in own)


def state_of(address: str) -> str:
    return parse_qs(urlsplit(address).query)["s"][0]


def test_a_run_ends_with_a_report_and_deletes_its_cookies(visit: Visit) -> None:
    cart = visit.cart
    findings = report(visit.follow(visit.began))

    assert list(findings) == [question.key for question in QUESTIONS]
    assert (findings["largest"]["largest"], findings["overwriting"]["old"]) == (4096, "kept")
    assert (findings["eviction"]["kept"], findings["eviction"]["left"]) == (180, 150)
    assert visit.cart == cart
    assert {kept.name for kept in visit.browser.kept} == {"cart", "session"}
    assert len(visit.responses) < 600


def test_cookies_outside_the_laboratory_are_only_prefix_probes_and_the_cart(visit: Visit) -> None:
    visit.follow(visit.began)
    lines = [
        line for response in visit.responses for line in response.headers.getlist("Set-Cookie")
    ]
    beyond = {line.partition("=")[0] for line in lines if "Path=/limits" not in line}
    assert {name for name in beyond if not name.lower().startswith("__host-")} == {
        "cart",
        "session",
    }
    carts = {line.partition(";")[0] for line in lines if line.startswith("cart=")}
    assert carts == {f"cart={visit.cart}"}


def test_responses_with_several_cookies_are_small_enough_for_a_proxy(visit: Visit) -> None:
    visit.follow(visit.began)
    several = [
        lines
        for response in visit.responses
        if len(lines := response.headers.getlist("Set-Cookie")) > 1
    ]
    assert len(several) > 40
    assert max(sum(map(len, lines)) for lines in several) < 3000
    assert max(map(len, several)) <= 40


@pytest.mark.parametrize("is_scripted", [False, True], ids=["without a script", "with a script"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_behind_a_default_nginx_nothing_is_sent_that_does_not_pass(
    shop: OpenShop, scheme: str, is_scripted: bool
) -> None:
    cart = cart_of(2_300, "__Host-cart" if scheme == "https" else "cart")
    visit = Visit(shop, cart=cart, base_url=f"{scheme}://localhost", proxy=Proxy())
    pictures = list(visit.refused)
    assert [name.rpartition("-")[2] for name in pictures] == LARGE
    if is_scripted:
        *_, last = visit.steps({})
        page = visit.request(last["next"]).text
    else:
        page = visit.follow(visit.began)

    others = [
        header_octets(response) + SERVER_OCTETS - own_octets(response)
        for response in visit.responses
        if response.request.path.startswith((f"{PROBE}/jar", f"{PROBE}/clean"))
    ]
    assert max(others) <= OTHER_OCTETS
    # Without a script, the test visits the first page twice.
    assert visit.refused == (pictures if is_scripted else 2 * pictures)
    findings = report(page)
    assert findings["overwriting"]["not sent"] == 3_900
    assert findings["largest"]["passes"] == findings["attributes"]["passes"] == 3_900
    assert 3_000 < int(str(findings["largest"]["largest"])) < 3_900
    assert (findings["eviction"]["kept"], findings["eviction"]["left"]) == (180, 150)
    names = {kept.name.removeprefix("__Host-") for kept in visit.browser.kept}
    assert names == {"cart", "session"}


def test_an_address_too_long_for_a_header_moves_to_a_page(visitor: LintingClient) -> None:
    findings = {"noise": hashlib.shake_256(b"noise").hexdigest(2_000)}
    state = [[findings], [], False, 0, [2_000, 8_000]]
    token = signed_for_session(visitor, run.purpose, state)
    response = visitor.get(f"{JAR}/", query_string={"s": token})
    assert response.status_code == 200
    assert not response.location
    assert header_octets(response) + SERVER_OCTETS <= 2_000
    onward = ONWARD.search(response.text)
    assert onward
    assert len(onward[1]) > 2_000
    assert visitor.get(unescape(onward[1])).status_code == 200


@pytest.mark.parametrize("most", [180, 10_000])
def test_no_more_than_16_redirects_follow_each_other(shop: OpenShop, most: int) -> None:
    visit = Visit(shop, ModelBrowser(most=most, left=most - 30))
    visit.follow(visit.began)
    are_redirects = [response.status_code == 303 for response in visit.responses]
    rows = [len(list(row)) for is_redirect, row in groupby(are_redirects) if is_redirect]
    assert len(rows) > 10
    assert max(rows) <= 16


def test_a_script_gets_its_steps_as_json(visit: Visit) -> None:
    step = visit.request(f"{JAR}/?s={state_of(visit.began)}", headers=SCRIPT).get_json()
    assert step["next"].startswith(f"{JAR}/?s=")
    assert step["status"] == "1 of 11: The largest cookie"
    assert not step["may_evict"]
    stopped = visit.request(f"{step['fallback']}&stopped=431", headers=SCRIPT).get_json()
    page = visit.request(f"{PROBE}?s={state_of(stopped['next'])}").text
    assert "The measurement stopped early: a request got 431" in page


def test_the_reports_of_a_script_are_measured(visit: Visit) -> None:
    sent = {"life": 34_560_000, "site": "lax", "sees": {"lab-h": None, "lab-s": "server"}}
    steps = list(visit.steps(sent))
    findings = report(visit.request(steps[-1]["next"]).text)
    assert findings["lifetime"]["seconds"] == 34_560_000
    assert findings["http-only"]["seen"] is False
    assert findings["http-only"]["others seen"] is True
    # Announced before the first response of that probe, and until the jar has overflowed.
    positions = [number for number, step in enumerate(steps) if step.get("may_evict")]
    assert positions == list(range(positions[0], positions[0] + len(positions)))
    assert len(positions) > 40


def test_no_script_report_causes_an_error(shop: OpenShop) -> None:
    # Not secure, so that SameSite is also probed by a script.
    visit = Visit(shop, ModelBrowser(is_secure=False))
    odd = ("[]", "7", '"x"', "null", "{}", '{"life": "x", "sees": 5, "site": 7}', "{" * 1900)
    statuses = set()
    for step in visit.steps({}):
        if step.get("script"):
            statuses.add(step["status"])
            for sent in odd:
                query = {"s": state_of(step["next"]), "told": sent}
                response = visit.client.get(f"{JAR}/", query_string=query, headers=SCRIPT)
                assert response.status_code == 200, (step["status"], sent)
    assert statuses == {
        "5 of 11: Control characters, written by a script",
        "6 of 11: Max-Age beyond 400 days",
        "8 of 11: HttpOnly and scripts",
        "9 of 11: SameSite, and cookies without it",
    }


def test_the_run_continues_after_the_page_of_opaque_origin(visit: Visit) -> None:
    step = next(step for step in visit.steps({}) if step.get("is_page"))
    next_address = step["next"].replace("/page", "/jar/")
    # A page navigates there by itself, so without the header of a script.
    response = visit.request(next_address)
    assert response.status_code == 303
    assert urlsplit(response.location).path == PROBE


def test_pipes_do_not_break_the_markdown_table(
    visitor: LintingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = replace(QUESTIONS[2], title="this | that", describe=lambda findings: "a | b")
    monkeypatch.setattr("shop.lab.probes.page.QUESTIONS", (question,))
    findings = [{"old": "kept"}] * len(QUESTIONS)
    state = signed(f"{run.purpose}, report", [findings, [], False, 0, ROOM])
    page = visitor.get(PROBE, query_string={"s": state}).text
    (area,) = elements(parsed(page), "#report-markdown")
    lines = area.to_text().strip().splitlines()
    assert lines[-1].startswith("| The whole cookie store | Not measured: ")
    assert lines[-2].startswith("| this &#124; that | a &#124; b | ignored: the old one is kept (")
    assert [line.count("|") for line in lines[-4:]] == [7, 7, 7, 7]


@pytest.mark.parametrize("stopped", ["4310", "43", "-43", "4.3", "٤٣١", "9" * 5000])
def test_an_invalid_status_is_reported_as_no_response(visit: Visit, stopped: str) -> None:
    step = visit.request(f"{JAR}/?s={state_of(visit.began)}", headers=SCRIPT).get_json()
    over = visit.request(f"{step['fallback']}&stopped={stopped}", headers=SCRIPT).get_json()
    page = visit.request(f"{PROBE}?s={state_of(over['next'])}").text
    assert "The measurement stopped early: a request got no response" in page


def test_the_page_of_opaque_origin_is_sandboxed(visit: Visit) -> None:
    visit.follow(visit.began)
    pages = [
        response for response in visit.responses if "A page with an opaque origin" in response.text
    ]
    assert len(pages) == 1
    policies = pages[0].headers.getlist("Content-Security-Policy")
    assert "sandbox allow-scripts" in policies
    assert any("script-src 'self'" in policy for policy in policies)


@pytest.mark.parametrize(
    "sent", ["", "x", "[]", "null", '{"life": "x", "sees": 5, "site": 7}', "{" * 5000, "%00"]
)
@pytest.mark.parametrize("positions", ["jar/", "jar/deep/er", "clean", "page", "jar/witness"])
@pytest.mark.parametrize("token", ["", "x", "good", "picture", "over"])
def test_no_request_causes_an_error(
    visitor: LintingClient, positions: str, sent: str, token: str
) -> None:
    tokens = {
        "good": signed_for_session(visitor, run.purpose, [[], [None], True, 0, ROOM]),
        "picture": signed(f"{run.purpose}, picture", [[], [None], True, 0, ROOM]),
        "over": signed(f"{run.purpose}, report", [[{}] * len(QUESTIONS), [], False, 0, ROOM]),
    }
    response = visitor.get(
        f"{PROBE}/{positions}",
        query_string={"s": tokens.get(token, token), "told": sent, "stopped": sent},
    )
    assert response.status_code in (200, 303, 400, 410)


def test_a_signed_state_is_accepted(visitor: LintingClient) -> None:
    # Otherwise the test above would only try refused states.
    state = signed_for_session(visitor, run.purpose, [[], [None], True, 0, ROOM])
    assert visitor.get(PROBE, query_string={"s": state}).status_code == 200


@pytest.mark.parametrize("audience", ["", "form", "picture"])
def test_a_state_signed_for_another_purpose_is_rejected(
    visitor: LintingClient, audience: str
) -> None:
    other = signed(f"{run.purpose}, {audience}", [[], [], False, 0, None])
    response = visitor.get(PROBE, query_string={"s": other})
    assert (response.status_code, response.location) == (303, "/limits")


def test_a_run_cannot_continue_in_another_browser(visit: Visit, visitor: LintingClient) -> None:
    visitor.get("/limits")
    assert visitor.get(visit.began).status_code == 303
    response = visitor.get(f"{JAR}/", query_string={"s": state_of(visit.began)})
    assert response.status_code == 410
    assert visit.request(f"{JAR}/?s={state_of(visit.began)}").status_code == 303


@pytest.mark.parametrize("life", ["1" + "0" * 1900, "-5", "true", "[" * 1900])
def test_impossible_figures_are_not_believed(visit: Visit, life: str) -> None:
    step: dict[str, Any] = {"next": f"{JAR}/?s={state_of(visit.began)}", "script": None}
    while not (step["script"] or {}).get("about"):
        step = visit.request(step["next"], headers=SCRIPT).get_json()
    tail = f'&report={{"life":{life}}}'
    step = visit.request(step["next"] + tail, headers=SCRIPT).get_json()
    assert step["status"] == "6 of 11: Max-Age beyond 400 days"
    step = visit.request(step["next"], headers=SCRIPT).get_json()
    page = visit.request(f"{PROBE}?s={state_of(step['next'])}").text
    assert ("only a script can measure" if "[" in life else "not let scripts see") in page


def test_a_report_never_expires_but_a_run_does(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = visit.follow(visit.began)
    last = visit.responses[-1].request
    monkeypatch.setattr("shop.lab.engine.run.LIFE_SECONDS", -1)
    assert visit.request(f"{last.path}?{last.query_string.decode()}").text == page
    assert visit.request(visit.began).status_code == 303
    assert visit.request(f"{JAR}/?s={state_of(visit.began)}").status_code == 410
