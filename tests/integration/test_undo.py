"""Undo: each step restores the exact cart before it, or changes nothing."""

from __future__ import annotations

import random
import string
from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from shop.core import cookie
from tests.conftest import DAY, KEY, Opener, OpenShop
from tests.integration.carts import altered, held, lines_of, notices, numbered, undo_form
from tests.integration.client import (
    CUSTOMER,
    LintingClient,
    cart_headers,
    elements,
    field_value,
    pairs,
    parsed,
    text_of,
)
from tests.unit.core.carts import cart_filling

HTTPS = "https://localhost"
HELD = {"MUG": 2, "PENCIL": 5, "SALT-PIG": 1, "KINDLING": 3}
SHARED = {"PENCIL": 9, "CUP-EGG": 4, "MUG": 1}
UNDONE = "Undone. Your cart is as it was before"
KEPT_BOTH = "Undone. Your cart had changed in the meantime, so everything in it was kept as well"
REFUSED = "That can no longer be undone. Your cart is as it was"
Action = Callable[[OpenShop, LintingClient], TestResponse]


def undo_value(visitor: LintingClient) -> str:
    kept = visitor.get_cookie("undo", path="/cart")
    return kept.value if kept else ""


def undo_headers(response: TestResponse) -> list[str]:
    headers = response.headers.getlist("Set-Cookie")
    return [header for header in headers if header.startswith("undo=")]


def undo(visitor: LintingClient) -> TestResponse:
    fields = undo_form(visitor)
    assert fields is not None
    return send_undo(visitor, fields)


def send_undo(visitor: LintingClient, fields: dict[str, str]) -> TestResponse:
    return visitor.send("/cart/undo", cart=fields["cart"], since=fields["since"])


def cookie_bytes(visitor: LintingClient) -> int:
    """Bytes of name + value of the cart cookie and the undo cookie, as the browser keeps them."""
    both = {"cart": visitor.cart_value(), "undo": undo_value(visitor)}
    return sum(len(name) + len(value) for name, value in both.items() if value)


def remove(sku: str) -> Action:
    return lambda shop, visitor: visitor.send(f"/cart/lines/{shop.number(sku)}/remove")


def set_quantity(sku: str, quantity: int) -> Action:
    return lambda shop, visitor: visitor.send(f"/cart/lines/{shop.number(sku)}", quantity=quantity)


def step(sku: str, by: int) -> Action:
    return lambda shop, visitor: visitor.send(f"/cart/lines/{shop.number(sku)}", step=by)


def add(sku: str, quantity: int = 1) -> Action:
    return lambda _, visitor: visitor.add(sku, quantity)


def clear(_: OpenShop, visitor: LintingClient) -> TestResponse:
    return visitor.send("/cart/clear")


def take_over(how: str, lines: dict[str, int]) -> Action:
    return lambda shop, visitor: visitor.send(f"/cart/{how}", cart=shop.cookie(lines))


CHANGES = [
    pytest.param(remove("MUG"), id="the first line is removed"),
    pytest.param(remove("PENCIL"), id="a middle line is removed"),
    pytest.param(remove("KINDLING"), id="the last line is removed"),
    pytest.param(set_quantity("PENCIL", 0), id="a quantity becomes zero"),
    pytest.param(set_quantity("PENCIL", 1), id="a quantity becomes smaller"),
    pytest.param(set_quantity("PENCIL", 50), id="a quantity becomes larger"),
    pytest.param(step("PENCIL", 1), id="one more"),
    pytest.param(step("SALT-PIG", -1), id="one less, removing the line"),
    pytest.param(add("CUP-EGG", 4), id="a new line is added"),
    pytest.param(add("MUG", 4), id="more of a product is added"),
    pytest.param(clear, id="the cart is emptied"),
    pytest.param(take_over("merge", SHARED), id="a shared cart is merged"),
    pytest.param(take_over("replace", SHARED), id="a shared cart replaces it"),
    pytest.param(
        take_over("replace", dict(reversed(HELD.items()))), id="only the order of lines changes"
    ),
]


@pytest.fixture
def shopper(shop: OpenShop, visitor: LintingClient) -> LintingClient:
    """A shopper with four lines in the cart."""
    visitor.set_cookie("cart", shop.cookie(HELD))
    return visitor


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_can_be_undone_exactly(
    shop: OpenShop, shopper: LintingClient, change: Action
) -> None:
    before = held(shopper)
    assert change(shop, shopper).status_code == 303
    assert held(shopper) != before
    response = undo(shopper)
    assert (response.status_code, response.location) == (303, "/cart")
    assert held(shopper) == before
    assert notices(shopper).endswith(UNDONE)
    assert undo_form(shopper) is None


def test_undoing_the_first_line_leaves_an_empty_cart(visitor: LintingClient) -> None:
    visitor.add("MUG")
    undo(visitor)
    assert (visitor.cart_value(), undo_value(visitor)) == (None, "")
    assert "There is nothing in your cart." in visitor.get("/cart").text


def test_the_last_five_steps_are_kept(shop: OpenShop, visitor: LintingClient) -> None:
    seen = []
    for sku in ("MUG", "PENCIL", "KINDLING", "CUP-EGG", "SALT-PIG", "BAG-BREAD"):
        visitor.add(sku)
        seen.append(held(visitor))
    for left, before in zip((5, 4, 3, 2, 1), reversed(seen[:-1]), strict=True):
        page = visitor.get("/cart").text
        assert (f"{left} changes, one at a time" in page) == (left > 1)
        undo(visitor)
        assert held(visitor) == before
    assert held(visitor) == [(shop.number("MUG"), 1)]
    assert (undo_form(visitor), undo_value(visitor)) == (None, "")


def test_different_changes_are_undone_in_reverse_order(
    shop: OpenShop, shopper: LintingClient
) -> None:
    seen = [held(shopper)]
    for change in (
        remove("PENCIL"),
        set_quantity("MUG", 7),
        clear,
        add("CUP-EGG"),
        remove("CUP-EGG"),
    ):
        change(shop, shopper)
        seen.append(held(shopper))
    for before in reversed(seen[:-1]):
        undo(shopper)
        assert held(shopper) == before


def test_a_change_after_an_undo_keeps_the_older_steps(
    shop: OpenShop, shopper: LintingClient
) -> None:
    start = held(shopper)
    remove("MUG")(shop, shopper)
    without_mug = held(shopper)
    remove("PENCIL")(shop, shopper)
    undo(shopper)
    add("CUP-EGG")(shop, shopper)
    undo(shopper)
    assert held(shopper) == without_mug
    undo(shopper)
    assert held(shopper) == start


def test_a_change_without_effect_adds_no_step(shop: OpenShop, shopper: LintingClient) -> None:
    for nothing in (set_quantity("MUG", 2), remove("CUP-EGG"), take_over("merge", {"MUG": 1})):
        assert undo_headers(nothing(shop, shopper)) == []
    assert undo_form(shopper) is None


def test_the_form_and_the_cookie_hold_the_same_signed_cart(
    shop: OpenShop, shopper: LintingClient
) -> None:
    before = shopper.cart_value() or ""
    remove("MUG")(shop, shopper)
    fields = undo_form(shopper)
    assert fields is not None
    assert lines_of(fields["cart"]) == lines_of(before)
    assert undo_value(shopper) == fields["cart"]
    assert fields["csrf_token"]


@pytest.mark.parametrize(
    ("base_url", "name", "secure"),
    [
        pytest.param("http://localhost", "cart", [], id="http"),
        pytest.param(HTTPS, "__Host-cart", ["Secure"], id="https"),
    ],
)
def test_the_undo_cookie_is_only_sent_to_cart_pages(
    shop: OpenShop, base_url: str, name: str, secure: list[str]
) -> None:
    visitor = shop.visitor(base_url=base_url)
    visitor.set_cookie(name, shop.cookie({"MUG": 2}, name=name), secure=True)
    (header,) = undo_headers(visitor.send("/cart/clear"))
    pair, *given = header.split("; ")
    assert lines_of(pair.removeprefix("undo=")) == [(shop.number("MUG"), 2)]
    rules = ["HttpOnly", "Max-Age=3600", "Path=/cart", "Priority=High", "SameSite=Lax"]
    assert sorted(given) == sorted(rules + secure)
    (deletion,) = undo_headers(undo(visitor))
    assert sorted(deletion.split("; ")) == sorted(
        ["undo=", "HttpOnly", "Max-Age=0", "Path=/cart", "Priority=High", "SameSite=Lax", *secure]
    )
    assert held(visitor, name) == [(shop.number("MUG"), 2)]


def test_viewing_a_page_never_writes_the_undo_cookie(
    shop: OpenShop, shopper: LintingClient
) -> None:
    remove("MUG")(shop, shopper)
    before = undo_value(shopper)
    for address in ("/", "/products", "/products/salt-pig", "/cart", "/cart/share", "/cart/about",
                    "/checkout", "/nope", f"/c/{shop.cookie({'MUG': 1})}"):  # fmt: skip
        assert undo_headers(shopper.get(address)) == []
    assert undo_value(shopper) == before


# The budget shared by the cart and its undo steps


def cart_of_bytes(used_bytes: int) -> str:
    return cookie.encode(cart_filling(used_bytes - 4), [KEY], name="cart")


def test_a_large_cart_keeps_only_the_removed_line_as_a_step(
    shop: OpenShop, visitor: LintingClient
) -> None:
    visitor.set_cookie("cart", cart_of_bytes(2200))
    before = held(visitor)
    gone = before[len(before) // 2]
    visitor.send(f"/cart/lines/{gone[0]}/remove")
    assert cookie_bytes(visitor) <= 4096
    fields = undo_form(visitor)
    assert fields is not None
    assert fields["cart"][0] == "~"
    assert lines_of(fields["cart"][1:]) == [gone]
    send_undo(visitor, fields)
    assert sorted(held(visitor)) == sorted(before)
    assert cookie_bytes(visitor) <= 4096
    assert notices(visitor) == "The removed items are back in your cart"


def test_emptying_a_cart_that_fills_its_budget_can_be_undone(
    open_shop: Opener,
) -> None:
    skus = [sku for (sku,) in open_shop().sql("select sku from products order by name")]
    value = open_shop().cookie({sku: 1 + at % 9 for at, sku in enumerate(skus[:30])})
    visitor = open_shop(SHOP_CART_BUDGET_BYTES=str(len("cart") + len(value))).visitor()
    assert visitor.token
    visitor.set_cookie("cart", value)
    before = held(visitor)
    visitor.send("/cart/clear")
    step = undo_form(visitor)
    assert step is not None
    visitor.send("/cart/undo", cart=step["cart"], since=step["since"])
    assert held(visitor) == before


def test_a_full_cart_leaves_no_room_for_undo(shop: OpenShop, visitor: LintingClient) -> None:
    assert visitor.token
    visitor.raw_cookies = f"cart={cart_of_bytes(4096)}"
    number = lines_of(cart_of_bytes(4096))[0][0]
    response = visitor.send(f"/cart/lines/{number}/remove")
    assert (response.status_code, undo_headers(response)) == (303, [])


def test_a_lowered_quantity_in_a_large_cart_can_be_undone(
    open_shop: Opener,
) -> None:
    shop, visitor = nearly_full(open_shop)
    set_quantity("PENCIL", 3)(shop, visitor)
    fields = undo_form(visitor)
    assert fields is not None
    assert fields["cart"][0] == "~"
    send_undo(visitor, fields)
    assert sorted(held(visitor)) == sorted(numbered(shop, MANY))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(set_quantity("PENCIL", 30), id="a larger quantity"),
        pytest.param(add("CUP-EGG", 4), id="a new line"),
        pytest.param(take_over("merge", {"PENCIL": 30}), id="a shared cart with a larger quantity"),
    ],
)
def test_additions_to_a_large_cart_offer_no_undo(open_shop: Opener, change: Action) -> None:
    shop, visitor = nearly_full(open_shop)
    assert change(shop, visitor).status_code == 303
    assert (undo_form(visitor), undo_value(visitor)) == (None, "")


MORE = {
    sku: 50 + 3 * at
    for at, sku in enumerate((
        "MUG", "TAPE-PAPER", "PENCIL", "INK-BLUE", "KINDLING", "JUG-MILK", "NOTE-A6", "BULB-GLOBE",
        "BAG-BREAD", "LIST-PAD", "SALT-PIG", "MATCH-BOX", "PLATE-SIDE", "CUP-EGG",
    ))
}  # fmt: skip
MANY = {"MUG": 7, "KINDLING": 12, "PENCIL": 23, "BAG-BREAD": 31, "NOTE-A6": 5, "SALT-PIG": 8}


def nearly_full(open_shop: Opener) -> tuple[OpenShop, LintingClient]:
    """A budget with room for one line next to the cart, but not for a second such cart."""
    used_bytes = 4 + len(open_shop().cookie(MANY))
    shop = open_shop(SHOP_CART_BUDGET_BYTES=str(used_bytes + 40))
    visitor = shop.visitor()
    visitor.set_cookie("cart", shop.cookie(MANY))
    return shop, visitor


def test_the_oldest_steps_are_dropped_first(open_shop: Opener) -> None:
    shop = open_shop(SHOP_CART_BUDGET_BYTES="130")
    visitor = shop.visitor()
    for sku in MANY:
        visitor.add(sku)
        before = held(visitor)[:-1]
    steps = undo_value(visitor).split("!")
    assert len(steps) == 2
    assert lines_of(steps[0]) == before
    assert lines_of(steps[1]) == before[:-1]


@pytest.mark.parametrize(
    ("budget", "expected"),
    [
        pytest.param(64, {""}, id="no room for a step"),
        pytest.param(90, {"", "~"}, id="room for a partial step at times"),
        pytest.param(92, {"whole", "~"}, id="room for a short cart or a partial step"),
        pytest.param(150, {"whole"}, id="room for a few steps"),
        pytest.param(4096, {"whole"}, id="room for every step"),
    ],
)
def test_cart_and_steps_never_exceed_the_budget(
    open_shop: Opener, budget: int, expected: set[str]
) -> None:
    shop = open_shop(SHOP_CART_BUDGET_BYTES=str(budget))
    visitor = shop.visitor()
    rng = random.Random(budget)
    skus = [sku for (sku,) in shop.sql("select sku from products where stock is null")]
    outcomes = set()
    for _ in range(60):
        sku = rng.choice(skus)
        changes = [
            add(sku, rng.randint(1, 9)),
            set_quantity(sku, rng.randint(0, 99)),
            take_over("merge", dict.fromkeys(rng.sample(skus, 5), 7)),
            remove(sku),
        ]
        before = held(visitor)
        response = rng.choice(changes)(shop, visitor)
        assert response.status_code in (303, 409, 422)
        assert cookie_bytes(visitor) <= budget
        steps = undo_value(visitor).split("!")
        if held(visitor) != before:
            is_whole = steps[0][:1].isalpha()
            outcomes.add("whole" if is_whole else steps[0][:1])
            assert not is_whole or lines_of(steps[0]) == before
    assert outcomes >= expected


def test_a_cart_over_a_lowered_budget_does_not_grow_with_its_steps(
    open_shop: Opener,
) -> None:
    value = open_shop().cookie(MORE)
    used_bytes = 4 + len(value)
    assert used_bytes > 64
    shop = open_shop(SHOP_CART_BUDGET_BYTES="64")
    visitor = shop.visitor()
    visitor.set_cookie("cart", value)
    for sku in list(MORE)[:-1]:
        most_bytes = max(64, cookie_bytes(visitor))
        remove(sku)(shop, visitor)
        assert cookie_bytes(visitor) <= most_bytes <= used_bytes


def test_a_step_that_no_longer_fits_is_refused_with_a_reason(open_shop: Opener) -> None:
    shop = open_shop()
    visitor = shop.visitor()
    visitor.set_cookie("cart", shop.cookie(MORE))
    clear(shop, visitor)
    fields = undo_form(visitor)
    assert fields is not None
    lowered = open_shop(SHOP_CART_BUDGET_BYTES="64").visitor()
    response = send_undo(lowered, fields)
    assert (response.status_code, cart_headers(response), undo_headers(response)) == (409, [], [])
    assert "“The earlier cart” does not fit" in text_of(response.text, "main [role=alert]")


# Stale forms


@pytest.mark.parametrize(
    ("meanwhile", "merged"),
    [
        pytest.param(add("CUP-EGG", 4), HELD | {"CUP-EGG": 4}, id="something was added"),
        pytest.param(set_quantity("PENCIL", 9), HELD | {"PENCIL": 9}, id="more of a line"),
        pytest.param(set_quantity("PENCIL", 1), HELD, id="less of a line"),
        pytest.param(remove("SALT-PIG"), HELD, id="something was removed"),
        pytest.param(
            take_over("replace", {"CUP-EGG": 1}), HELD | {"CUP-EGG": 1}, id="another cart"
        ),
    ],
)
def test_undo_from_a_stale_form_loses_nothing(
    shop: OpenShop, shopper: LintingClient, meanwhile: Action, merged: dict[str, int]
) -> None:
    remove("MUG")(shop, shopper)
    stale = undo_form(shopper)
    assert stale is not None
    meanwhile(shop, shopper)
    send_undo(shopper, stale)
    assert held(shopper) == numbered(shop, merged)
    assert notices(shopper).endswith(KEPT_BOTH)


def test_undoing_to_an_empty_cart_from_a_stale_form_removes_nothing(
    shop: OpenShop, visitor: LintingClient
) -> None:
    visitor.add("MUG")
    stale = undo_form(visitor)
    assert stale is not None
    visitor.add("PENCIL")
    send_undo(visitor, stale)
    assert held(visitor) == numbered(shop, {"MUG": 1, "PENCIL": 1})
    assert notices(visitor).endswith(KEPT_BOTH)


def test_undoing_a_step_twice_has_no_further_effect(shop: OpenShop, shopper: LintingClient) -> None:
    before = held(shopper)
    remove("MUG")(shop, shopper)
    fields = undo_form(shopper)
    assert fields is not None
    for _ in range(2):
        send_undo(shopper, fields)
        assert held(shopper) == before


def test_undoing_a_step_twice_keeps_the_older_steps(shop: OpenShop, shopper: LintingClient) -> None:
    before = held(shopper)
    remove("MUG")(shop, shopper)
    remove("PENCIL")(shop, shopper)
    fields = undo_form(shopper)
    assert fields is not None
    send_undo(shopper, fields)
    send_undo(shopper, fields)
    undo(shopper)
    assert held(shopper) == before


def test_undo_cannot_remove_a_restored_cart(shop: OpenShop, visitor: LintingClient) -> None:
    visitor.add("PENCIL")
    old = shop.cookie({"MUG": 2}, age_seconds=31 * DAY)
    response = visitor.send("/cart/restore", cart=old)
    assert len(undo_headers(response)) == 1
    assert held(visitor) == numbered(shop, {"MUG": 2, "PENCIL": 1})
    assert undo_form(visitor) is None


def test_undo_works_from_the_form_without_the_cookie(
    shop: OpenShop, shopper: LintingClient
) -> None:
    before = held(shopper)
    remove("MUG")(shop, shopper)
    fields = undo_form(shopper)
    assert fields is not None
    shopper.delete_cookie("undo", path="/cart")
    send_undo(shopper, fields)
    assert held(shopper) == before


def test_undo_is_exact_after_the_cart_was_renewed(shop: OpenShop, shopper: LintingClient) -> None:
    before = held(shopper)
    add("CUP-EGG")(shop, shopper)
    fields = undo_form(shopper)
    assert fields is not None
    written = shopper.cart_value()
    shop.clock.now += DAY
    with shopper.may_write_cart():
        shopper.get("/cart")
    assert shopper.cart_value() != written
    send_undo(shopper, fields)
    assert held(shopper) == before


def test_undo_restarts_the_cart_lifetime(shop: OpenShop, shopper: LintingClient) -> None:
    remove("MUG")(shop, shopper)
    shop.clock.now += 600
    undo(shopper)
    assert shopper.cart_value() == shop.cookie(HELD)


def test_an_undone_cart_has_current_prices(shop: OpenShop, shopper: LintingClient) -> None:
    remove("MUG")(shop, shopper)
    shop.sql("update products set price_minor = 1000 where sku = 'MUG'")
    undo(shopper)
    row = elements(parsed(shopper.get("/cart").text), "tbody tr")[0]
    assert elements(row, ".line-price")[0].to_text().strip() == "£10.00"
    assert elements(row, ".line-total")[0].to_text().strip() == "£20.00"


# Invalid steps


REFUSALS = [
    pytest.param(lambda _: "", id="nothing"),
    pytest.param(lambda _: "nonsense", id="nonsense"),
    pytest.param(lambda _: "~", id="a part without a cart"),
    pytest.param(lambda _: "~-", id="a part of an empty cart"),
    pytest.param(lambda _: "--", id="two dashes"),
    pytest.param(lambda _: "!", id="a bare separator"),
    pytest.param(lambda _: "\U0001f36a" * 50, id="emoji"),
    pytest.param(lambda _: "j" * 20_000, id="over-long"),
    pytest.param(lambda shop: altered(shop.cookie({"MUG": 1})), id="forged"),
    pytest.param(lambda shop: "~" + altered(shop.cookie({"MUG": 1})), id="a forged part"),
    pytest.param(lambda shop: "~~" + shop.cookie({"MUG": 1}), id="a part of a part"),
    pytest.param(lambda shop: shop.cookie({"MUG": 1}, key="x"), id="another key"),
    pytest.param(lambda shop: "!".join([shop.cookie({"MUG": 1})] * 2), id="two steps"),
    pytest.param(lambda shop: shop.cookie({"MUG": 1}, age_seconds=30 * DAY + 1), id="expired"),
    pytest.param(lambda _: cookie.sign("jAAAA", [KEY]), id="signed nonsense"),
]


@pytest.mark.parametrize("value", REFUSALS)
def test_an_invalid_step_changes_nothing(
    shop: OpenShop, shopper: LintingClient, value: Callable[[OpenShop], str]
) -> None:
    remove("KINDLING")(shop, shopper)
    fields, steps = undo_form(shopper), undo_value(shopper)
    assert fields is not None
    for since in (fields["since"], "", "x" * 5000):
        response = shopper.send("/cart/undo", cart=value(shop), since=since)
        assert (response.status_code, response.location) == (303, "/cart")
        assert (cart_headers(response), undo_headers(response)) == ([], [])
    assert undo_value(shopper) == steps
    assert set(notices(shopper).split(REFUSED)) == {"", " "}


def test_an_undo_form_without_fields_changes_nothing(
    shop: OpenShop, shopper: LintingClient
) -> None:
    response = shopper.send("/cart/undo")
    assert (response.status_code, cart_headers(response)) == (303, [])
    assert notices(shopper) == REFUSED


def test_undo_without_a_csrf_token_is_refused(shop: OpenShop, shopper: LintingClient) -> None:
    remove("MUG")(shop, shopper)
    response = shopper.post("/cart/undo", data={"cart": shop.cookie(HELD)})
    assert (response.status_code, cart_headers(response)) == (400, [])


def _hostile(rng: random.Random, good: list[str]) -> str:
    """A forged undo cookie: noise, pieces of real steps, or both."""
    noise = string.printable + 'é\xff\x80~!-\\"'
    pieces = []
    for _ in range(rng.randint(1, 8)):
        match rng.randrange(4):
            case 0:
                pieces.append("".join(rng.choices(noise, k=rng.randint(0, 60))))
            case 1:
                pieces.append(rng.choice(["-", "~", "!", "~-", '"', "=", "\\377\\012"]))
            case 2:
                value = rng.choice(good)
                at = rng.randrange(len(value))
                pieces.append(value[:at] + rng.choice(noise) + value[at + 1 :])
            case _:
                pieces.append("".join(rng.choices("juz~!-.AB01(){}", k=rng.randint(1, 90))))
    value = rng.choice("!!;,").join(pieces)
    value = value if rng.random() < 0.7 else f'"{value}"'
    # Only what a server accepts in a header and passes on through WSGI.
    return "".join(character for character in value if character not in "\r\n\0")


def test_a_forged_undo_cookie_never_breaks_a_page_or_changes_the_cart(
    shop: OpenShop, shopper: LintingClient
) -> None:
    rng = random.Random(20_260_103)
    good = [shop.cookie(HELD), shop.cookie({"MUG": 1}), shop.cookie({"MUG": 1}, key="x")]
    kept = shopper.cart_value() or ""
    assert shopper.token
    for at in range(200):
        shopper.set_cookie("cart", kept)
        shopper.delete_cookie("undo", path="/cart")
        value = _hostile(rng, good)
        shopper.raw_cookies = f"undo={value}"
        if at % 20 == 0:  # linting a page takes as long as ten changes
            assert shopper.get("/cart").status_code == 200, value
        response = shopper.send("/cart/undo", cart=value, since="")
        assert (response.status_code, cart_headers(response)) == (303, []), value
        assert shopper.cart_value() == kept, value
        response = remove("MUG")(shop, shopper)
        assert response.status_code == 303, value
        (header,) = undo_headers(response)
        written = header.partition(";")[0]
        assert lines_of(written.removeprefix("undo=").split("!")[0]) == lines_of(kept), value
        assert len(f"cart{shopper.cart_value()}{written}") - 1 <= 4096, value
        assert set(written) <= set(map(chr, range(0x21, 0x7F))) - set('",\\'), value


# After an order


def test_an_order_clears_all_undo_steps(shop: OpenShop, shopper: LintingClient) -> None:
    remove("MUG")(shop, shopper)
    remove("PENCIL")(shop, shopper)
    once = field_value(shopper.get("/checkout").text, "once")
    response = shopper.send("/checkout", once=once, **CUSTOMER)
    assert response.location.startswith("/orders/")
    assert undo_headers(response)[0].startswith("undo=; ")
    assert (undo_value(shopper), undo_form(shopper)) == ("", None)
    assert "There is nothing in your cart." in shopper.get("/cart").text


def test_undo_restores_the_totals(shop: OpenShop, shopper: LintingClient) -> None:
    before = pairs(shopper.get("/cart").text)
    clear(shop, shopper)
    undo(shopper)
    assert pairs(shopper.get("/cart").text) == before
