"""The chain of probes over HTTP: a browser without any limit walks it to its end."""

from __future__ import annotations

import json
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from itsdangerous import URLSafeTimedSerializer

from shop.limits.chain import BY_SCRIPT
from shop.limits.probe import chain
from shop.limits.probe_facts import QUESTIONS
from tests.conftest import KEY, OpenShop
from tests.integration.client import (
    LintingClient,
    attributes,
    elements,
    parsed,
)
from tests.integration.model_visit import ModelVisit
from tests.model_browser import ModelBrowser

PROBE = "/limits/probe"
JAR = f"{PROBE}/jar"
HELD = {"MUG": 2, "PENCIL": 5}
SCRIPT = {BY_SCRIPT: "1"}


class Visit(ModelVisit):
    """One that walks the chain."""

    def __init__(self, shop: OpenShop) -> None:
        super().__init__(shop, ModelBrowser())
        self.browser.take(f"cart={shop.cookie(HELD)}; Path=/", "/")
        self.began = self.begins(PROBE)

    @property
    def cart(self) -> str:
        (cart,) = (kept.value for kept in self.browser.kept if kept.name == "cart")
        return cart

    def walks(self) -> str:
        """Follows redirects and refreshes to the report, whose page it gives."""
        onward = self.began
        while onward and len(self.answers) < 2000:
            answer = self.asks(onward)
            for picture in elements(parsed(answer.text), "img[alt='a picture']"):
                self.asks(attributes(picture)["src"] or "")
            onward = answer.location or _refresh(answer.text)
        return answer.text


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


def signed(audience: str, packed: list[object]) -> str:
    """A state as the chain signs it for reports and pictures."""
    return str(URLSafeTimedSerializer([KEY], f"crumb {chain.purpose}, {audience}").dumps(packed))


def running(visitor: LintingClient, packed: list[object]) -> str:
    """A state as the chain signs it for this browser while it is asked."""
    visitor.get("/limits")
    with visitor.session_transaction() as session:
        salt = f"crumb {chain.purpose} of {session['csrf_token']}"
    return str(URLSafeTimedSerializer([KEY], salt).dumps(packed))


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
    for answer in visit.answers:
        lines = answer.headers.getlist("Set-Cookie")
        assert sum(len(line) for line in lines if len(line) < 1000) < 3000


def test_a_script_is_told_the_way(visit: Visit) -> None:
    step = visit.asks(f"{JAR}/?s={state_of(visit.began)}", headers=SCRIPT).get_json()
    assert step["next"].startswith(f"{JAR}/?s=")
    assert step["said"] == "1 of 10: The largest cookie"
    assert not step["endangers"]
    stopped = visit.asks(f"{step['instead']}&stopped=431", headers=SCRIPT).get_json()
    page = visit.asks(f"{PROBE}?s={state_of(stopped['next'])}").text
    assert "Not measured to the end: the answer on the way was 431" in page


def test_what_a_script_tells_is_measured(visit: Visit) -> None:
    step: dict[str, Any] = {"next": f"{JAR}/?s={state_of(visit.began)}", "script": None}
    told = {"life": 34_560_000, "site": "lax", "sees": {"lab-h": None, "lab-s": "server"}}
    dangers = []
    while not step.get("is_over"):
        if step.get("is_page"):
            (picture,) = elements(parsed(visit.asks(step["next"]).text), "img")
            visit.asks(attributes(picture)["src"] or "")
            step["next"] = step["next"].replace("/page", "/jar/")
        tail = f"&told={json.dumps(told)}" if step["script"] else ""
        step = visit.asks(step["next"] + tail, headers=SCRIPT).get_json()
        dangers.append(step.get("endangers"))
    found = report(visit.asks(step["next"]).text)
    assert found["lifetime"]["seconds"] == 34_560_000
    assert found["http-only"]["seen"] is False
    assert found["http-only"]["others seen"] is True
    # Announced before the first answer of that question, and until the jar has overflowed.
    at = [number for number, endangers in enumerate(dangers) if endangers]
    assert at == list(range(at[0], at[0] + len(at)))
    assert len(at) > 40


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
        "good": running(visitor, [[], [None], True, 0]),
        "picture": signed("picture", [[], [None], True, 0]),
        "over": signed("report", [[{}] * len(QUESTIONS), [], False, 0]),
    }
    answer = visitor.get(
        f"{PROBE}/{at}",
        query_string={"s": tokens.get(token, token), "told": told, "stopped": told},
    )
    assert answer.status_code in (200, 303, 400)


def test_a_state_that_is_signed_for_it_is_read(visitor: LintingClient) -> None:
    # Or the test above would try refused states only.
    state = running(visitor, [[], [None], True, 0])
    assert visitor.get(PROBE, query_string={"s": state}).status_code == 200


@pytest.mark.parametrize("audience", ["", "form", "picture"])
def test_a_state_of_another_purpose_is_none(visitor: LintingClient, audience: str) -> None:
    other = signed(audience, [[], [], False, 0])
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
    tail = f'&told={{"life":{life}}}'
    step = visit.asks(step["next"] + tail, headers=SCRIPT).get_json()
    assert step["said"] == "6 of 10: Max-Age beyond 400 days"
    step = visit.asks(step["next"], headers=SCRIPT).get_json()
    page = visit.asks(f"{PROBE}?s={state_of(step['next'])}").text
    assert ("only a script can ask" if "[" in life else "tells no script") in page


def test_a_report_does_not_grow_old_but_a_chain_does(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = visit.walks()
    last = visit.answers[-1].request
    monkeypatch.setattr("shop.limits.chain.LIFE_SECONDS", -1)
    assert visit.asks(f"{last.path}?{last.query_string.decode()}").text == page
    assert visit.asks(visit.began).status_code == 303
    assert visit.asks(f"{JAR}/?s={state_of(visit.began)}").status_code == 400
