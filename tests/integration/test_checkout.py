"""The checkout: one page, one form, and one order however often it is sent."""

from __future__ import annotations

import threading
import time

import pytest
from itsdangerous import TimestampSigner
from werkzeug.test import TestResponse

from tests.conftest import DAY, Opener, OpenShop
from tests.integration.checkouts import FIELDS, alert, once, orders, place, stock, typed
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


def test_amounts_in_a_form_are_not_read(shop: OpenShop, buyer: LintingClient) -> None:
    names = ("price", "price_minor", "unit_price", "amount", "subtotal", "shipping", "total")
    forged = dict.fromkeys(names, "1")
    assert buyer.send("/cart/lines", sku="SALT-PIG", quantity=1, **forged).status_code == 303
    assert place(buyer, **forged).status_code == 303
    assert shop.sql("select subtotal_minor, shipping_minor, total_minor from orders") == [
        (6200, 0, 6200)
    ]


def test_lines_that_cannot_be_ordered_are_listed_and_left_out(
    shop: OpenShop, buyer: LintingClient
) -> None:
    shop.sql("update products set is_active = false where sku = 'BOOK-BREAD'")
    page = buyer.get("/checkout").text
    assert "Not part of this order" in page
    place(buyer)
    assert shop.sql("select sku, quantity from order_lines") == [("SALT-PIG", 2)]


US = {"country": "US", "town": "Springfield", "region": "Illinois", "postcode": "62704"}


@pytest.mark.parametrize(
    ("changed", "field", "message"),
    [
        pytest.param({"name": ""}, "name", "please enter the name", id="no name"),
        pytest.param({"name": " \n\t "}, "name", "please enter the name", id="a blank name"),
        pytest.param({"name": "\x00\x07"}, "name", "please enter the name", id="only controls"),
        pytest.param(
            {"name": "\u200b\ufeff"}, "name", "please enter the name", id="an invisible name"
        ),
        pytest.param({"name": "x" * 201}, "name", "at most 200 characters", id="a long name"),
        pytest.param({"email": ""}, "email", "please enter your email", id="no email"),
        pytest.param({"email": "ada"}, "email", "must have an @-sign", id="half an email"),
        pytest.param({"email": "ada@exa mple.com"}, "email", "invalid characters", id="a space"),
        pytest.param({"email": "ada@home.test"}, "email", "“home.test” is a domain", id="a test"),
        pytest.param(
            {"email": "a\r\nBcc: b@c.de"},
            "email",
            "a complete email address",
            id="header injection",
        ),
        pytest.param({"email": f"{'x' * 250}@a.de"}, "email", "254", id="a long email"),
        pytest.param({"line_1": ""}, "line_1", "the house name or number", id="no address"),
        pytest.param({"line_1": "x" * 201}, "line_1", "200", id="a long line"),
        pytest.param({"line_2": "x" * 201}, "line_2", "200", id="a long second line"),
        pytest.param({"town": ""}, "town", "please enter the town", id="no town"),
        pytest.param({"town": "x" * 101}, "town", "100", id="a long town"),
        pytest.param(US | {"region": ""}, "region", "such as Alabama or AL", id="no state"),
        pytest.param(US | {"region": "Ilinois"}, "region", "mean Illinois?", id="a misspelt state"),
        pytest.param({"region": "x" * 101}, "region", "100", id="a long region"),
        pytest.param({"postcode": ""}, "postcode", "please enter the postcode", id="no postcode"),
        pytest.param({"postcode": "1010"}, "postcode", "like EC1Y 8SY", id="another country's"),
        pytest.param(US | {"postcode": "90210"}, "postcode", "not in “Illinois”", id="elsewhere"),
        pytest.param({"postcode": "9" * 41}, "postcode", "40", id="a long postcode"),
        pytest.param({"country": ""}, "country", "one from the list", id="no country"),
        pytest.param({"country": "ZZ"}, "country", "one from the list", id="no such country"),
        pytest.param({"country": "FJ"}, "country", "one from the list", id="not delivered to"),
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
    (label,) = [
        label.to_text() for label in elements(page, "label") if attributes(label)["for"] == field
    ]
    error = text_of(response.text, f"#{field}-error")
    assert error.startswith(f"{label}: ")
    assert message in error
    assert text_of(response.text, f'.notice a[href="#{field}"]') == error
    (wrong,) = elements(page, "[aria-invalid=true]")
    assert attributes(wrong)["id"] == field
    assert f"{field}-error" in (attributes(wrong)["aria-describedby"] or "").split()
    sent = {name: text for name, text in (FIELDS | changed).items() if name != field}
    assert typed(response.text).items() >= sent.items()
    assert place(buyer, field_value(response.text, "once")).status_code == 303


def test_all_invalid_fields_are_reported_at_once(buyer: LintingClient) -> None:
    response = buyer.send("/checkout", once=once(buyer), country="GB")
    links = elements(parsed(response.text), ".notice a")
    assert [attributes(link)["href"] for link in links] == [
        "#name", "#email", "#line_1", "#town", "#postcode"
    ]  # fmt: skip


def test_what_was_typed_is_cleaned(shop: OpenShop, buyer: LintingClient) -> None:
    place(
        buyer,
        name=" A\x00da\x1b\u200b\t ",
        email="\ufeffAda <ada@Example.com\u200b>\u00a0",
        line_1="1 High St\tTown",
        line_2="\u200b",
        note="<b>\r\n&\x0b\x00",
    )
    (kept,) = shop.sql("select name, email, address_line_1, address_line_2, note from orders")
    assert kept == ("A da", "ada@example.com", "1 High St Town", "", "<b>\n&")


def test_test_domains_are_accepted_where_the_setting_says_so(open_shop: Opener) -> None:
    shop = open_shop(SHOP_ALLOW_TEST_EMAIL="on")
    visitor = shop.visitor()
    visitor.add("PENCIL")
    assert place(visitor, email="someone@Example.test").status_code == 303
    assert shop.sql("select email from orders") == [("someone@example.test",)]


def envelope(visitor: LintingClient, **changed: str) -> list[str]:
    """The lines of the address on the page of a new order, without the email address."""
    page = parsed(visitor.get(place(visitor, **changed).location).text)
    lines = elements(page, "address > span")
    assert {attributes(line)["dir"] for line in lines} == {"auto"}
    assert len(elements(page, "address > br")) == len(lines)
    return [line.to_text() for line in lines]


@pytest.mark.parametrize(
    ("changed", "kept", "lines"),
    [
        pytest.param(
            {"line_2": "Flat 2", "postcode": "sw1y4jh"},
            ("12 St James's Square", "Flat 2", "London", "", "SW1Y 4JH", "GB"),
            ["12 St James's Square", "Flat 2", "LONDON", "SW1Y 4JH", "UNITED KINGDOM"],
            id="GB",
        ),
        pytest.param(
            US,
            ("12 St James's Square", "", "Springfield", "IL", "62704", "US"),
            ["12 St James's Square", "SPRINGFIELD, IL 62704", "UNITED STATES"],
            id="US",
        ),
        pytest.param(
            {"line_1": "<b>&amp;", "town": "Berlin", "postcode": "10117", "country": "DE"},
            ("<b>&amp;", "", "Berlin", "", "10117", "DE"),
            ["<b>&amp;", "10117 BERLIN", "GERMANY"],
            id="markup is text",
        ),
    ],
)
def test_an_order_keeps_the_parts_of_the_address_and_prints_it(
    shop: OpenShop,
    buyer: LintingClient,
    changed: dict[str, str],
    kept: tuple[str, ...],
    lines: list[str],
) -> None:
    assert envelope(buyer, **changed) == ["Ada Lovelace", *lines]
    assert shop.sql(f"select {PARTS} from orders") == [kept]


PARTS = "address_line_1, address_line_2, town, region, postcode, country"


def test_the_countries_are_those_of_the_setting(open_shop: Opener) -> None:
    visitor = open_shop(SHOP_COUNTRIES="ie, gb", SHOP_LOCALE="de_DE").visitor()
    visitor.add("PENCIL")
    page = visitor.get("/checkout").text
    options = elements(parsed(page), "select[name=country] option")
    assert [(attributes(option)["value"], option.to_text()) for option in options] == [
        ("IE", "Irland"), ("GB", "Vereinigtes Königreich")
    ]  # fmt: skip
    assert place(visitor).status_code == 303


@pytest.mark.parametrize(
    ("countries", "hint"),
    [
        pytest.param("GB,DE", None, id="none has regions"),
        pytest.param("GB,IE", "State, province or county. Optional.", id="some have"),
        pytest.param(
            "GB,US,CA",
            "State, province or county. Required for United States and Canada.",
            id="some need one",
        ),
    ],
)
def test_a_region_is_asked_for_where_a_country_has_one(
    open_shop: Opener, countries: str, hint: str | None
) -> None:
    visitor = open_shop(SHOP_COUNTRIES=countries).visitor()
    visitor.add("PENCIL")
    hints = elements(parsed(visitor.get("/checkout").text), "#region-hint")
    assert [found.to_text() for found in hints] == ([hint] if hint else [])
    assert place(visitor).status_code == 303


def test_every_field_says_what_a_browser_may_fill_in(buyer: LintingClient) -> None:
    page = parsed(buyer.get("/checkout").text)
    fields = map(attributes, elements(page, "main form .field [name]"))
    # The tokens are those of the HTML standard, "Autofill", section "Form control infrastructure".
    assert {field["name"]: field.get("autocomplete") for field in fields} == {
        "name": "name",
        "email": "email",
        "line_1": "address-line1",
        "line_2": "address-line2",
        "town": "address-level2",
        "region": "address-level1",
        "postcode": "postal-code",
        "country": "country",
        "note": None,
    }


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


def test_checking_out_again_after_a_lost_response_places_one_order(
    shop: OpenShop, buyer: LintingClient
) -> None:
    kept = buyer.cart_value()
    first = place(buyer)
    buyer.set_cookie("cart", kept or "")
    assert place(buyer, once(buyer)).location == first.location
    assert (orders(shop), stock(shop, "SALT-PIG")) == (1, 31)


def test_whoever_planted_or_shared_a_cart_learns_nothing_of_who_orders_it(
    shop: OpenShop, buyer: LintingClient
) -> None:
    kept = buyer.cart_value() or ""
    stranger = shop.visitor()
    stranger.set_cookie("cart", kept)
    stranger_once = once(stranger)
    ordered = place(buyer).location
    for address in ("/cart", "/checkout", "/orders/find", f"/c/{kept}"):
        page = stranger.get(address)
        assert page.status_code == 200
        assert not any(text in page.text for text in (FIELDS["name"], ordered)), address
    for token in (stranger_once, once(stranger)):
        stranger.set_cookie("cart", kept)
        again = place(stranger, token, name="Somebody Else").location
        assert again != ordered
        assert FIELDS["name"] not in stranger.get(again).text
    assert orders(shop) == 2


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
        pytest.param("is_active = false", "Your cart or its prices changed", id="discontinued"),
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
