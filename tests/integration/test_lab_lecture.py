"""The five steps of a lecture, in a client that keeps every cookie, however long."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from shop.core.cookie import BROWSER_LIMIT_BYTES
from shop.lab.lecture import page as lecture
from tests.conftest import Opener, OpenShop
from tests.integration.carts import altered, held, numbered
from tests.integration.client import LintingClient, elements, parsed, text_of

ADDRESS = "/limits/lecture"
KEPT, LOST, MISSING = "Kept", "Lost", "No cookie came back"


def step(visitor: LintingClient, number: object) -> TestResponse:
    response = visitor.send(ADDRESS, step=number)
    assert response.status_code == 303
    return response


def shown(visitor: LintingClient, response: TestResponse) -> str:
    return visitor.get(response.location or "").text


def verdicts(page: str) -> list[str]:
    return [verdict.to_text() for verdict in elements(parsed(page), ".lecture-verdict")]


def figures(page: str) -> list[tuple[int, int]]:
    """Lines and bytes of each "It wrote" and "The browser sent"."""
    said = [value.to_text() for value in elements(parsed(page), "dd") if " in " in value.to_text()]
    pairs = [text.replace(",", "").split(" in ") for text in said]
    return [(int(lines.split()[0]), int(octets.split()[0])) for lines, octets in pairs]


def cookie_of(visitor: LintingClient, name: str) -> str:
    cookie = visitor.get_cookie(name, path=ADDRESS)
    return cookie.value if cookie else ""


def put(visitor: LintingClient, name: str, value: str) -> None:
    visitor.set_cookie(name, value, path=ADDRESS, max_size=0)


def test_five_steps_end_with_one_cart_lost_and_one_kept(
    shop: OpenShop, visitor: LintingClient
) -> None:
    visitor.set_cookie("cart", shop.cookie({"MUG": 2}))
    for number, lines in ((1, 1), (2, 10)):
        page = shown(visitor, step(visitor, number))
        assert verdicts(page) == [KEPT, KEPT]
        assert [count for count, _ in figures(page)] == [lines] * 4

    page = shown(visitor, step(visitor, 3))
    assert verdicts(page) == [KEPT, KEPT]
    ((most, octets), _, (guarded_lines, guarded_octets), _) = figures(page)
    assert BROWSER_LIMIT_BYTES - 40 < octets <= BROWSER_LIMIT_BYTES
    assert (guarded_lines, guarded_octets < 600) == (most, True)

    kept = cookie_of(visitor, "unguarded")
    response = step(visitor, 4)
    dropped = cookie_of(visitor, "unguarded")
    assert len("unguarded" + dropped) > BROWSER_LIMIT_BYTES
    put(visitor, "unguarded", kept)  # as a browser, which ignores the longer one
    page = shown(visitor, response)
    assert verdicts(page) == [LOST, KEPT]
    assert figures(page)[:2] == [(most + 1, len("unguarded" + dropped)), (most, octets)]
    assert [count for count, _ in figures(page)[2:]] == [most + 1, most + 1]

    page = shown(visitor, step(visitor, 5))
    assert verdicts(page) == [KEPT]
    ((lines, octets), sent) = figures(page)
    assert octets == BROWSER_LIMIT_BYTES
    assert sent == (lines, octets) == (lines, len("guarded" + cookie_of(visitor, "guarded")))
    assert f"bytes, and only {BROWSER_LIMIT_BYTES:,} can be kept" in text_of(page, "blockquote")
    assert cookie_of(visitor, "unguarded") == ""
    assert held(visitor) == numbered(shop, {"MUG": 2})


def test_steps_can_be_shown_again_and_in_any_order(visitor: LintingClient) -> None:
    five = step(visitor, 5)
    assert shown(visitor, five) == shown(visitor, five)
    assert verdicts(shown(visitor, step(visitor, 2))) == [KEPT, KEPT]
    assert verdicts(shown(visitor, step(visitor, "x"))) == [KEPT, KEPT]


@pytest.mark.parametrize("name", ["guarded", "unguarded"])
def test_a_cookie_that_was_not_written_here_is_not_taken_for_the_cart(
    visitor: LintingClient, name: str
) -> None:
    response = step(visitor, 2)
    put(visitor, name, altered(cookie_of(visitor, name)))
    assert sorted(verdicts(shown(visitor, response))) == [KEPT, MISSING]
    assert verdicts(shown(visitor, step(visitor, 4)))[-1] == KEPT


def test_without_cookies_the_page_says_so(visitor: LintingClient) -> None:
    response = step(visitor, 1)
    for name in ("guarded", "unguarded"):
        visitor.delete_cookie(name, path=ADDRESS)
    page = shown(visitor, response)
    assert verdicts(page) == [MISSING, MISSING]
    assert "Either this browser blocks cookies" in page


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é"])
def test_an_address_of_no_step_is_the_beginning(visitor: LintingClient, token: str) -> None:
    page = visitor.get(ADDRESS, query_string={"s": token}).text
    assert "Start: one product" in page
    assert not verdicts(page)


def test_an_old_address_is_the_beginning(
    visitor: LintingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    response = step(visitor, 2)
    monkeypatch.setattr(lecture, "LIFE_SECONDS", -1)
    assert not verdicts(shown(visitor, response))


def test_starting_again_deletes_both_carts_without_being_sent_them(visitor: LintingClient) -> None:
    step(visitor, 3)
    response = visitor.send("/limits/lecture-end")
    assert "guarded=" not in (response.request.headers.get("Cookie") or "")
    assert cookie_of(visitor, "guarded") == cookie_of(visitor, "unguarded") == ""
    assert "Start: one product" in shown(visitor, response)


def test_there_is_no_lecture_without_the_laboratory(open_shop: Opener) -> None:
    visitor = open_shop(SHOP_LIMITS_LAB="off").visitor()
    assert visitor.get(ADDRESS).status_code == 404
