"""The checkout: one page, one form, and one order however often it is sent."""

from __future__ import annotations

import threading
import time

import pytest
from itsdangerous import TimestampSigner
from werkzeug.test import TestResponse

from tests.conftest import DAY, OpenShop
from tests.integration.client import (
    LintingClient,
    attributes,
    cart_deletions,
    cart_headers,
    elements,
    field_value,
    pairs,
    parsed,
    text_of,
)

FIELDS = {
    "name": "Ada Lovelace",
    "email": "ada@example.com",
    "address": "12 St James's Square\nLondon",
    "note": "Ring twice",
}


def once(visitor: LintingClient) -> str:
    return field_value(visitor.get("/checkout").text, "once")


def place(visitor: LintingClient, token: str | None = None, **changed: str) -> TestResponse:
    return visitor.send("/checkout", once=token or once(visitor), **(FIELDS | changed))


def orders(shop: OpenShop) -> int:
    return int(shop.sql("select count(*) from orders")[0][0])


def stock(shop: OpenShop, sku: str) -> int:
    return int(shop.sql("select stock from products where sku = ?", sku)[0][0])


def alert(response: TestResponse) -> str:
    return text_of(response.text, "p[role=alert]")


@pytest.fixture
def buyer(visitor: LintingClient) -> LintingClient:
    """A shopper with two salt pigs (33 are in stock) and a loaf booklet in the cart."""
    visitor.add("SALT-PIG", 2)
    visitor.add("BOOK-BREAD")
    return visitor


def test_an_order_is_placed_and_shown(shop: OpenShop, buyer: LintingClient) -> None:
    checkout = buyer.get("/checkout")
    assert checkout.headers["Cache-Control"] == "no-store"
    response = place(buyer)
    assert response.status_code == 303
    assert len(cart_deletions(response)) == 1
    assert (orders(shop), stock(shop, "SALT-PIG")) == (1, 31)
    page = shop.visitor().get(response.location)  # anyone who has the address
    assert page.headers["Cache-Control"] == "no-store"
    shown = text_of(page.text, "main")
    ((reference,),) = shop.sql("select reference from orders")
    expected = [
        "2 × Salt pig at £18.50 £37.00",
        "1 × Twelve Plain Loaves",
        "Ada Lovelace",
        reference,
    ]
    assert [words for words in expected if words not in shown] == []
    assert pairs(page.text) == pairs(checkout.text)
    assert pairs(page.text)["Total"] == "£43.50"
    assert "There is nothing in your cart." in buyer.get("/cart").text


def test_an_order_keeps_its_prices_and_names(shop: OpenShop, buyer: LintingClient) -> None:
    address = place(buyer).location
    before = text_of(buyer.get(address).text, "main")
    shop.sql("update products set price_minor = 1, name = 'Other', vat_basis_points = 0")
    shop.sql("delete from products where sku = 'BOOK-BREAD'")
    assert text_of(buyer.get(address).text, "main") == before


def test_lines_that_cannot_be_ordered_are_listed_and_left_out(
    shop: OpenShop, buyer: LintingClient
) -> None:
    shop.sql("update products set is_active = 0 where sku = 'BOOK-BREAD'")
    page = buyer.get("/checkout").text
    assert "Not part of this order" in page
    place(buyer)
    assert shop.sql("select sku, quantity from order_lines") == [("SALT-PIG", 2)]


@pytest.mark.parametrize(
    ("changed", "field", "message"),
    [
        pytest.param({"name": ""}, "name", "Please give your name.", id="no name"),
        pytest.param({"name": " \n\t "}, "name", "Please give your name.", id="a blank name"),
        pytest.param(
            {"name": "\x00\x07"}, "name", "Please give your name.", id="control characters only"
        ),
        pytest.param({"name": "x" * 201}, "name", "200 characters", id="a long name"),
        pytest.param({"email": ""}, "email", "Please give your email", id="no email"),
        pytest.param({"email": "ada"}, "email", "Please give a complete email", id="half an email"),
        pytest.param({"email": "ada@exa mple.com"}, "email", "a complete email", id="a space"),
        pytest.param(
            {"email": "a\r\nBcc: b@c.de"}, "email", "a complete email", id="header injection"
        ),
        pytest.param({"email": f"{'x' * 250}@a.de"}, "email", "254", id="a long email"),
        pytest.param({"address": ""}, "address", "Please give the address", id="no address"),
        pytest.param({"address": "x" * 1001}, "address", "1000", id="a long address"),
        pytest.param({"note": "x" * 1001}, "note", "1000", id="a long note"),
    ],
)
def test_an_invalid_field_is_reported_and_the_input_is_kept(
    shop: OpenShop, buyer: LintingClient, changed: dict[str, str], field: str, message: str
) -> None:
    response = place(buyer, **changed)
    assert (response.status_code, cart_headers(response)) == (422, [])
    assert orders(shop) == 0
    page = parsed(response.text)
    assert message in text_of(response.text, f"#{field}-error")
    assert message in text_of(response.text, f'.notice a[href="#{field}"]')
    (wrong,) = elements(page, "[aria-invalid=true]")
    assert attributes(wrong)["id"] == field
    assert f"{field}-error" in (attributes(wrong)["aria-describedby"] or "").split()
    for name in ("name", "email"):
        if name != field:
            assert field_value(response.text, name) == FIELDS[name]
    if field != "address":
        kept = elements(page, "textarea[name=address]")[0].to_text().split()
        assert kept == FIELDS["address"].split()
    assert place(buyer, field_value(response.text, "once")).status_code == 303


def test_all_invalid_fields_are_reported_at_once(buyer: LintingClient) -> None:
    response = buyer.send("/checkout", once=once(buyer))
    assert len(elements(parsed(response.text), ".notice a")) == 3


def test_control_characters_are_dropped_and_line_breaks_kept(
    shop: OpenShop, buyer: LintingClient
) -> None:
    place(buyer, name=" A\x00d\x1ba\x7f\t ", address="1 Road\r\nTown\x0b\x00", note="<b>\n&")
    assert shop.sql("select name, address, note from orders") == [("Ada", "1 Road\nTown", "<b>\n&")]


def test_a_form_sent_twice_places_one_order(shop: OpenShop, buyer: LintingClient) -> None:
    token = once(buyer)
    first, second = place(buyer, token), place(buyer, token, name="Somebody Else")
    assert first.location == second.location
    assert (orders(shop), stock(shop, "SALT-PIG")) == (1, 31)


def test_resending_a_form_does_not_delete_a_newer_cart(
    shop: OpenShop, buyer: LintingClient
) -> None:
    token = once(buyer)
    first = place(buyer, token)
    shop.clock.now += 1
    buyer.add("PENCIL")
    second = place(buyer, token)
    assert (second.location, cart_headers(second)) == (first.location, [])
    assert "Cedar pencil" in buyer.get("/cart").text


def test_resending_a_form_after_a_lost_response_deletes_the_cart(
    shop: OpenShop, buyer: LintingClient
) -> None:
    token, kept = once(buyer), buyer.cart_value()
    place(buyer, token)
    buyer.set_cookie("cart", kept or "")  # the browser never received the response
    assert len(cart_deletions(place(buyer, token))) == 1
    assert orders(shop) == 1


@pytest.mark.parametrize(
    ("change", "total"),
    [
        pytest.param("price_minor = price_minor + 100", "£45.50", id="dearer"),
        pytest.param(
            "price_minor = price_minor - 200", "£43.45", id="cheaper, but shipping is added"
        ),
        pytest.param("vat_basis_points = 500", "£43.50", id="another VAT rate"),
    ],
)
def test_a_changed_price_must_be_confirmed(
    shop: OpenShop, buyer: LintingClient, change: str, total: str
) -> None:
    token = once(buyer)
    shop.sql(f"update products set {change} where sku = 'SALT-PIG'")
    response = place(buyer, token)
    assert (response.status_code, cart_headers(response), orders(shop)) == (409, [], 0)
    assert f"The total is now {total}." in alert(response)
    assert pairs(response.text)["Total"] == total
    assert field_value(response.text, "name") == "Ada Lovelace"
    assert place(buyer, token).status_code == 409
    assert place(buyer, field_value(response.text, "once")).status_code == 303
    assert shop.sql("select total_minor from orders") == [(int(total[1:].replace(".", "")),)]


def test_a_cart_changed_in_another_tab_must_be_confirmed(
    shop: OpenShop, buyer: LintingClient
) -> None:
    token = once(buyer)
    buyer.add("PENCIL")
    response = place(buyer, token)
    assert (response.status_code, orders(shop)) == (409, 0)
    assert "Your cart or its prices changed" in alert(response)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param("stock = 1", "Something in your cart cannot be ordered", id="too few left"),
        pytest.param("stock = 0", "Your cart or its prices changed", id="sold out"),
        pytest.param("is_active = 0", "Your cart or its prices changed", id="discontinued"),
    ],
)
def test_a_product_that_became_unavailable_is_reported(
    shop: OpenShop, buyer: LintingClient, change: str, message: str
) -> None:
    token = once(buyer)
    shop.sql(f"update products set {change} where sku = 'SALT-PIG'")
    response = place(buyer, token)
    assert (response.status_code, cart_headers(response), orders(shop)) == (409, [], 0)
    assert message in alert(response)


@pytest.mark.parametrize("token", ["", "nonsense", "altered", "é", "[]"])
def test_an_invalid_checkout_token_must_be_confirmed(
    shop: OpenShop, buyer: LintingClient, token: str
) -> None:
    sent = "x" + once(buyer) if token == "altered" else token
    response = buyer.send("/checkout", once=sent, **FIELDS)
    assert (response.status_code, orders(shop)) == (409, 0)
    assert "open for too long" in alert(response)
    assert field_value(response.text, "email") == "ada@example.com"
    assert place(buyer, field_value(response.text, "once")).status_code == 303


def test_a_form_that_was_open_for_days_must_be_confirmed(
    shop: OpenShop, buyer: LintingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = once(buyer)
    later = int(time.time()) + 2 * DAY
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: later)
    shop.clock.now += 2 * DAY
    buyer.forget_token()
    response = place(buyer, token)
    assert (response.status_code, orders(shop)) == (409, 0)
    assert "open for too long" in alert(response)


def test_an_empty_cart_has_no_checkout(shop: OpenShop, visitor: LintingClient) -> None:
    response = visitor.get("/checkout")
    assert (response.status_code, response.location) == (303, "/cart")
    assert visitor.send("/checkout", **FIELDS).location == "/cart"
    assert "Your cart is empty, so there was nothing to order" in visitor.get("/cart").text
    assert orders(shop) == 0


def test_a_cart_that_cannot_be_ordered_has_no_checkout_form(
    shop: OpenShop, buyer: LintingClient
) -> None:
    shop.sql("update products set stock = 1 where sku = 'SALT-PIG'")
    page = buyer.get("/checkout").text
    assert "Only 1 left." in page
    assert elements(parsed(page), "main form") == []


def test_order_addresses_cannot_be_guessed(shop: OpenShop, buyer: LintingClient) -> None:
    token = place(buyer).location.rsplit("/", 1)[1]
    assert len(token) == 22  # 128 bits of base64url
    ((number, reference, once_key),) = shop.sql("select number, reference, once_key from orders")
    for guess in (number, reference, once_key, token[:-1], token.swapcase(), "%00", "x" * 3000):
        response = buyer.get(f"/orders/{guess}")
        assert (response.status_code, response.headers["Cache-Control"]) == (404, "no-store")


def place_together(*visitors: LintingClient, tokens: list[str]) -> list[TestResponse]:
    """Places an order for each visitor at the same time."""
    barrier = threading.Barrier(len(visitors))
    responses: list[TestResponse] = []

    def send(visitor: LintingClient, token: str) -> None:
        barrier.wait()
        responses.append(place(visitor, token))

    threads = [
        threading.Thread(target=send, args=pair) for pair in zip(visitors, tokens, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return responses


@pytest.mark.parametrize("attempt", range(3))
def test_two_shoppers_competing_for_the_last_item_place_one_order(
    shop: OpenShop, attempt: int
) -> None:
    buyers = [shop.visitor(), shop.visitor()]
    for one in buyers:
        one.add("STATE-ONE-LEFT")
    responses = place_together(*buyers, tokens=[once(one) for one in buyers])
    assert sorted(response.status_code for response in responses) == [303, 409]
    assert (orders(shop), stock(shop, "STATE-ONE-LEFT")) == (1, 0)


@pytest.mark.parametrize("attempt", range(3))
def test_a_form_sent_twice_at_once_places_one_order(shop: OpenShop, attempt: int) -> None:
    buyers = [shop.visitor(), shop.visitor()]
    for one in buyers:
        one.add("SALT-PIG", 2)
    token = once(buyers[0])
    responses = place_together(*buyers, tokens=[token, token])
    assert {response.location for response in responses} == {responses[0].location}
    assert responses[0].status_code == 303
    assert (orders(shop), stock(shop, "SALT-PIG")) == (1, 31)


def test_a_line_left_out_of_an_order_stays_in_the_cart(
    shop: OpenShop, visitor: LintingClient
) -> None:
    visitor.add("PENCIL")
    visitor.add("SALT-PIG")
    shop.sql("update products set stock = 0 where sku = 'SALT-PIG'")
    assert place(visitor, once(visitor)).status_code == 303
    page = visitor.get("/cart").text
    assert "Salt pig" in page
    assert "Cedar pencil" not in page


def test_the_last_order_is_forgotten_after_half_an_hour(
    shop: OpenShop, visitor: LintingClient
) -> None:
    visitor.add("PENCIL")
    order = place(visitor, once(visitor)).location
    assert visitor.get("/checkout").location == order
    shop.clock.now += 1801
    assert visitor.get("/checkout").location == "/cart"
