"""An order found again: by reference and email, or by the browser that placed it."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from tests.conftest import KEY, Opener, OpenShop
from tests.integration.checkouts import alert, once, place
from tests.integration.client import CUSTOMER, LintingClient, elements, parsed, text_of


@pytest.fixture
def buyer(visitor: LintingClient) -> LintingClient:
    visitor.add("MUG")
    return visitor


def reference(shop: OpenShop) -> str:
    return str(shop.sql("select reference from orders order by number desc")[0][0])


def find(visitor: LintingClient, reference: str, email: str = CUSTOMER["email"]) -> TestResponse:
    return visitor.send("/orders/find", reference=reference, email=email)


def listed(visitor: LintingClient) -> list[str]:
    """The references that this browser is shown without being asked for any."""
    links = elements(parsed(visitor.get("/orders/find").text), "main .summary a")
    return [link.to_text().removeprefix("Order ") for link in links]


def cookie_header(response: TestResponse) -> str:
    (header,) = (
        header
        for header in response.headers.getlist("Set-Cookie")
        if header.startswith(("orders=", "__Host-orders="))
    )
    return header


@pytest.mark.parametrize(
    ("written", "email"),
    [
        pytest.param("{}", "ada@example.com", id="as printed"),
        pytest.param("\u2068{}\u2069", "ada@example.com", id="copied from an Arabic page"),
        pytest.param(" {} ", "Ada Lovelace <ADA@Example.COM>", id="pasted"),
        pytest.param("lower", "ada@example.com", id="small letters, without the hyphen"),
    ],
)
def test_reference_and_email_lead_to_the_order(
    shop: OpenShop, buyer: LintingClient, written: str, email: str
) -> None:
    address = place(buyer).location
    kept = reference(shop)
    typed = kept.lower().replace("-", " ") if written == "lower" else written.format(kept)
    response = find(shop.visitor(), typed, email)
    assert (response.status_code, response.location) == (303, address)
    assert response.headers["Cache-Control"] == "no-store"


def test_a_wrong_reference_and_a_wrong_email_are_answered_alike(
    shop: OpenShop, buyer: LintingClient
) -> None:
    place(buyer)
    stranger = shop.visitor()
    assert stranger.token
    seen = shop.statements()
    answers, work = [], []
    for typed in (("AAAA-AAAA", "ada@example.com"), (reference(shop), "bob@example.com")):
        seen.clear()
        response = find(stranger, *typed)
        answers.append((response.status_code, alert(response)))
        work.append([statement for statement in seen if "orders" in statement])
    assert answers[0] == answers[1]
    assert answers[0][0] == 422
    assert "no order with this reference and this email address" in answers[0][1]
    assert work[0] == work[1]
    assert len(work[0]) == 1


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        pytest.param({"reference": "", "email": "ada@example.com"}, "please enter it", id="empty"),
        pytest.param({"reference": "AAAA-AAAA", "email": "ada"}, "complete email", id="no email"),
        pytest.param({"reference": "A" * 500, "email": "a@example.com"}, "only eight", id="long"),
        pytest.param({"reference": "\0", "email": "a@example.com"}, "please enter it", id="nul"),
    ],
)
def test_what_is_no_reference_or_no_email_is_said_at_its_field(
    visitor: LintingClient, typed: dict[str, str], message: str
) -> None:
    response = visitor.send("/orders/find", **typed)
    assert response.status_code == 422
    assert message in text_of(response.text, ".field-error")


def test_looking_up_is_limited_more_strictly_than_the_rest(open_shop: Opener) -> None:
    visitor = open_shop(SHOP_RATELIMIT="100 per minute").visitor()
    statuses = [find(visitor, "AAAA-AAAA").status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]
    assert visitor.get("/orders/find").status_code == 200
    assert visitor.add("MUG").status_code == 303


def test_an_unknown_address_of_an_order_offers_the_form(visitor: LintingClient) -> None:
    response = visitor.get("/orders/half-an-address")
    assert response.status_code == 404
    assert "no order at this address" in alert(response)
    assert elements(parsed(response.text), "form[action='/orders/find']")


def test_a_browser_lists_its_own_last_five_orders(shop: OpenShop, visitor: LintingClient) -> None:
    made = []
    for _ in range(6):
        shop.clock.now += 60  # another cart: the same one would be the same order
        visitor.add("PENCIL")
        header = cookie_header(place(visitor))
        made.append(reference(shop))
    assert listed(visitor) == made[:0:-1]
    assert listed(shop.visitor()) == []
    name_and_value = header.partition(";")[0].replace("=", "", 1)
    assert len(name_and_value) + len("__Host-") == 104
    assert header.partition("; ")[2] == "Max-Age=7776000; HttpOnly; Path=/; SameSite=Lax"
    assert shop.sql("select count(*) from orders")[0][0] == 6


def test_on_https_its_name_has_the_host_prefix(shop: OpenShop) -> None:
    visitor = shop.visitor(base_url="https://localhost")
    visitor.add("MUG")
    header = cookie_header(place(visitor))
    assert header.startswith("__Host-orders=")
    assert "; Secure; " in header
    assert listed(visitor) == [reference(shop)]


def test_an_order_that_is_sent_twice_is_listed_once(shop: OpenShop, buyer: LintingClient) -> None:
    token = once(buyer)
    place(buyer, token)
    place(buyer, token)
    assert listed(buyer) == [reference(shop)]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("nonsense", id="nonsense"),
        pytest.param("{kept}x", id="altered"),
        pytest.param("{of_cart}", id="signed as a cart"),
    ],
)
def test_a_cookie_that_the_shop_did_not_sign_lists_nothing(
    shop: OpenShop, buyer: LintingClient, value: str
) -> None:
    place(buyer)
    kept = buyer.get_cookie("orders")
    assert kept
    other = shop.cookie({"MUG": 1}, key=KEY)
    buyer.set_cookie("orders", value.format(kept=kept.value, of_cart=other))
    assert listed(buyer) == []


def test_a_browser_forgets_its_orders(shop: OpenShop, buyer: LintingClient) -> None:
    address = place(buyer).location
    assert buyer.get("/checkout").location == address  # the back button
    response = buyer.send("/orders/find/forget")
    assert "Max-Age=0" in cookie_header(response)
    page = buyer.get("/orders/find").text
    assert "has forgotten your orders" in text_of(page, "main > .notices")
    assert listed(buyer) == []
    assert buyer.get("/checkout").location == "/cart"
    assert shop.sql("select count(*) from orders")[0][0] == 1


def test_deleting_all_cookies_deletes_this_one(buyer: LintingClient) -> None:
    place(buyer)
    assert "Max-Age=0" in cookie_header(buyer.send("/cart/about/delete"))
    assert listed(buyer) == []


def test_looking_up_an_order_leaves_nothing_in_the_browser(
    shop: OpenShop, buyer: LintingClient
) -> None:
    place(buyer)
    other = shop.visitor()
    assert find(other, reference(shop)).status_code == 303
    assert listed(other) == []
