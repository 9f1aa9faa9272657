"""Notices of price changes since the shopper last looked, which take no bytes in the cookie."""

from __future__ import annotations

import re

import pytest

from tests.conftest import DAY, Opener, OpenShop
from tests.integration.carts import held, notices, numbered, reprice, undo_form
from tests.integration.client import LintingClient, elements, field_value, parsed, text_of

HELD = {"MUG": 2, "PENCIL": 5, "SALT-PIG": 1, "KINDLING": 3}
DEARER = "Now £10.00, was £9.50 when you last looked."
NEWS = "Everyday mug is now £10.00, was £9.50 when you last looked."
LIFE = 30 * DAY


def line_notices(page: str) -> list[str]:
    """The notices at the lines of a cart or a checkout."""
    return [element.to_text().strip() for element in elements(parsed(page), ".line-notice")]


def cart_notices(visitor: LintingClient) -> list[str]:
    return line_notices(visitor.get("/cart").text)


def warnings(visitor: LintingClient) -> list[str]:
    page = visitor.get("/cart").text
    return [element.to_text().strip() for element in elements(parsed(page), ".notice-warning")]


@pytest.fixture
def shopper(shop: OpenShop, visitor: LintingClient) -> LintingClient:
    """A shopper who filled a cart a minute ago."""
    visitor.set_cookie("cart", shop.cookie(HELD))
    shop.clock.now += 60
    return visitor


@pytest.mark.parametrize(
    ("price", "notice"),
    [
        pytest.param("10.00", DEARER, id="dearer"),
        pytest.param("9.00", "Now £9.00, was £9.50 when you last looked.", id="cheaper"),
        pytest.param("9.51", "Now £9.51, was £9.50 when you last looked.", id="by a penny"),
    ],
)
def test_a_price_change_is_shown_at_its_line(
    shop: OpenShop, shopper: LintingClient, price: str, notice: str
) -> None:
    reprice(shop, MUG=price)
    page = shopper.get("/cart").text
    assert line_notices(page) == [notice]
    assert notice in text_of(page, f"tr[data-line='{shop.number('MUG')}']")
    assert cart_notices(shopper) == [notice]  # viewing it does not clear it


def test_a_price_change_is_shown_in_the_checkout(shop: OpenShop, shopper: LintingClient) -> None:
    reprice(shop, MUG="10.00")
    assert line_notices(shopper.get("/checkout").text) == [DEARER]


def test_each_price_change_is_shown_at_its_own_line(shop: OpenShop, shopper: LintingClient) -> None:
    reprice(shop, PENCIL="0.90", MUG="10.00")
    assert cart_notices(shopper) == [DEARER, "Now £0.90, was £0.85 when you last looked."]


def test_the_old_price_is_the_last_one_the_shopper_saw(
    shop: OpenShop, shopper: LintingClient
) -> None:
    for price in ("12.00", "11.00", "10.00"):
        shop.clock.now += 60
        reprice(shop, MUG=price)
    assert cart_notices(shopper) == [DEARER]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param([], id="nothing changed"),
        pytest.param([{"CUP_EGG": "1.00"}], id="something else changed"),
        pytest.param([{"MUG": "10.00"}, {"MUG": "9.50"}], id="the price is the same again"),
        pytest.param([{"MUG": "9.50"}], id="the same price is imported again"),
    ],
)
def test_no_notice_without_a_price_change(
    shop: OpenShop, shopper: LintingClient, changes: list[dict[str, str]]
) -> None:
    for prices in changes:
        shop.clock.now += 60
        reprice(shop, **prices)
    assert cart_notices(shopper) == []
    shopper.add("MUG")
    assert warnings(shopper) == []


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        pytest.param(-1, [], id="changed the second before"),
        pytest.param(0, [], id="changed in that second"),
        pytest.param(1, [DEARER], id="changed a second later"),
    ],
)
def test_only_changes_after_the_cart_was_written_are_shown(
    shop: OpenShop, visitor: LintingClient, seconds: int, expected: list[str]
) -> None:
    shop.clock.now += DAY // 2
    visitor.set_cookie("cart", shop.cookie(HELD))
    shop.clock.now += seconds
    reprice(shop, MUG="10.00")
    shop.clock.now += 60
    assert cart_notices(visitor) == expected


def test_a_product_without_a_price_history_has_no_notice(
    shop: OpenShop, visitor: LintingClient
) -> None:
    shop.sql("delete from prices where product_number = ?", shop.number("MUG"))
    visitor.set_cookie("cart", shop.cookie(HELD))
    shop.clock.now += 60
    reprice(shop, MUG="10.00", PENCIL="0.90")
    assert cart_notices(visitor) == ["Now £0.90, was £0.85 when you last looked."]


@pytest.mark.parametrize(
    "state",
    [
        pytest.param("is_active = false", id="discontinued"),
        pytest.param("stock = 0", id="sold out"),
    ],
)
def test_lines_that_are_not_charged_have_no_notice(
    shop: OpenShop, shopper: LintingClient, state: str
) -> None:
    reprice(shop, MUG="10.00")
    shop.sql(f"update products set {state} where sku = 'MUG'")
    assert cart_notices(shopper) == []
    assert line_notices(shopper.get("/checkout").text) == []
    shopper.add("PENCIL")
    assert warnings(shopper) == []


# A change resets the time of the cart, so price changes before it are reported at once


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        pytest.param("/cart/lines", {"sku": "CUP-EGG"}, id="something is added"),
        pytest.param("/cart/lines", {"sku": "MUG"}, id="more of it is added"),
        pytest.param("/cart/lines/{PENCIL}", {"quantity": 1}, id="a quantity is changed"),
        pytest.param("/cart/lines/{PENCIL}", {"step": 1}, id="one more"),
        pytest.param("/cart/lines/{PENCIL}/remove", {}, id="another line is removed"),
        pytest.param("/cart/merge", {"cart": {"CUP-EGG": 2}}, id="a shared cart is merged"),
        pytest.param("/cart/replace", {"cart": {"MUG": 2}}, id="a shared cart that contains it"),
        pytest.param("/cart/undo", {"cart": HELD, "since": "stale"}, id="a step is undone"),
    ],
)
def test_a_change_of_the_cart_reports_price_changes_on_the_next_page(
    shop: OpenShop, shopper: LintingClient, address: str, fields: dict[str, object]
) -> None:
    reprice(shop, MUG="10.00")
    sent = {
        name: shop.cookie(value) if isinstance(value, dict) else value
        for name, value in fields.items()
    }
    address = address.format(PENCIL=shop.number("PENCIL"))
    assert shopper.send(address, **sent).status_code == 303
    assert warnings(shopper) == [NEWS]
    assert (warnings(shopper), cart_notices(shopper)) == ([], [])


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        pytest.param("/cart/lines/{MUG}/remove", {}, id="the line itself is removed"),
        pytest.param("/cart/lines/{MUG}", {"quantity": 0}, id="its quantity becomes zero"),
        pytest.param("/cart/clear", {}, id="the cart is emptied"),
        pytest.param("/cart/replace", {"cart": {"CUP-EGG": 2}}, id="another cart without it"),
    ],
)
def test_removed_lines_have_no_price_notice(
    shop: OpenShop, shopper: LintingClient, address: str, fields: dict[str, object]
) -> None:
    reprice(shop, MUG="10.00")
    sent = {
        name: shop.cookie(value) if isinstance(value, dict) else value
        for name, value in fields.items()
    }
    shopper.send(address.format(MUG=shop.number("MUG")), **sent)
    assert warnings(shopper) == []


@pytest.mark.parametrize(
    ("address", "fields", "status"),
    [
        pytest.param("/cart/lines", {"sku": "MUG", "quantity": 99}, 422, id="too many"),
        pytest.param("/cart/lines/{MUG}", {"quantity": 2}, 303, id="the same quantity"),
        pytest.param("/cart/lines/{MUG}", {"quantity": "x"}, 422, id="no quantity"),
        pytest.param("/cart/undo", {"cart": "x"}, 303, id="no step"),
        pytest.param("/cart/merge", {"cart": "x"}, 303, id="no link"),
    ],
)
def test_a_change_without_effect_leaves_the_notice_at_the_line(
    shop: OpenShop,
    shopper: LintingClient,
    address: str,
    fields: dict[str, object],
    status: int,
) -> None:
    reprice(shop, MUG="10.00")
    response = shopper.send(address.format(MUG=shop.number("MUG")), **fields)
    assert response.status_code == status
    assert cart_notices(shopper) == [DEARER]


PENCIL_NEWS = "Cedar pencil is now £0.80, was £0.85 when you last looked."
SALT_PIG_NEWS = "Salt pig is now £20.00, was £18.50 when you last looked."
MANY_NEWS = "4 prices in your cart have changed since you last looked."


@pytest.mark.parametrize(
    ("changed", "notice"),
    [
        pytest.param(("MUG", "PENCIL"), [NEWS, PENCIL_NEWS], id="two"),
        pytest.param(("MUG", "PENCIL", "SALT_PIG"), [NEWS, PENCIL_NEWS, SALT_PIG_NEWS], id="three"),
        pytest.param(
            ("MUG", "PENCIL", "SALT_PIG", "KINDLING"),
            [MANY_NEWS, "The totals below use the new prices."],
            id="more than three are summarised",
        ),
    ],
)
def test_several_price_changes_are_reported_together(
    shop: OpenShop, shopper: LintingClient, changed: tuple[str, ...], notice: list[str]
) -> None:
    prices = {"MUG": "10.00", "PENCIL": "0.80", "SALT_PIG": "20.00", "KINDLING": "9.00"}
    reprice(shop, **{sku: prices[sku] for sku in changed})
    shopper.add("CUP-EGG")
    (warning,) = warnings(shopper)
    assert sorted(re.split(r"(?<=\.) ", warning)) == sorted(notice)


def test_renewing_the_cart_shows_the_notice_only_once(
    shop: OpenShop, shopper: LintingClient
) -> None:
    shop.clock.now += DAY
    reprice(shop, MUG="10.00")
    with shopper.may_write_cart():
        assert cart_notices(shopper) == [DEARER]
    assert cart_notices(shopper) == []


def test_a_quiet_request_keeps_the_notice_for_the_next_page_view(
    shop: OpenShop, shopper: LintingClient
) -> None:
    shop.clock.now += DAY
    reprice(shop, MUG="10.00")
    assert line_notices(shopper.get("/cart", headers={"Crumb-Quiet": "1"}).text) == [DEARER]
    with shopper.may_write_cart():
        assert cart_notices(shopper) == [DEARER]


def test_restoring_a_cart_reports_price_changes_since_it_was_left(
    shop: OpenShop, visitor: LintingClient
) -> None:
    visitor.set_cookie("cart", shop.cookie(HELD))
    shop.clock.now += 20 * DAY
    reprice(shop, MUG="10.00")
    shop.clock.now += 11 * DAY
    visitor.send("/cart/restore", cart=field_value(visitor.get("/cart").text, "cart"))
    assert held(visitor) == numbered(shop, HELD)
    assert warnings(visitor) == [NEWS]


@pytest.mark.parametrize("taken_by", ["lines/{}/remove", "clear"])
def test_undoing_a_removal_reports_a_changed_price(
    shop: OpenShop, shopper: LintingClient, taken_by: str
) -> None:
    shopper.send(f"/cart/{taken_by.format(shop.number('MUG'))}")
    step = undo_form(shopper)
    assert step is not None
    shop.clock.now += 60
    reprice(shop, MUG="10.00")
    shopper.send("/cart/undo", cart=step["cart"], since=step["since"])
    assert NEWS in notices(shopper)


def test_price_notices_take_no_bytes_in_the_cookie(shop: OpenShop, shopper: LintingClient) -> None:
    before = shopper.cart_value()
    reprice(shop, MUG="10.00")
    shopper.get("/cart")
    assert shopper.cart_value() == before
    shopper.add("MUG")
    assert shopper.cart_value() == shop.cookie(HELD | {"MUG": 3})


@pytest.mark.parametrize("lines", [1, 20, 60])
def test_a_cart_with_price_changes_runs_at_most_four_statements(
    open_shop: Opener, lines: int
) -> None:
    shop = open_shop()
    skus = [sku for (sku,) in shop.sql("select sku from products order by number limit ?", lines)]
    value = shop.cookie(dict.fromkeys(skus, 1))
    shop.clock.now += 60
    reprice(shop, MUG="10.00")
    cold = open_shop()
    visitor = cold.visitor()
    visitor.set_cookie("cart", value)
    seen = cold.statements()
    assert DEARER in cart_notices(visitor)
    assert 1 <= len(seen) <= 4, seen  # one of them: is there a coupon at all
    seen.clear()
    assert DEARER in cart_notices(visitor)
    assert seen == []  # until the database changes


def test_the_price_history_is_not_queried_without_later_changes(open_shop: Opener) -> None:
    shop = open_shop()
    visitor = shop.visitor()
    visitor.set_cookie("cart", shop.cookie(HELD))
    seen = shop.statements()
    assert cart_notices(visitor) == []
    assert len(seen) == 3, seen


def test_of_several_prices_before_the_cart_the_last_counts(
    shop: OpenShop, visitor: LintingClient
) -> None:
    for price in ("12.00", "9.00"):
        shop.clock.now += 60
        reprice(shop, MUG=price)
    visitor.set_cookie("cart", shop.cookie(HELD))
    shop.clock.now += 60
    reprice(shop, MUG="10.00", PENCIL="0.90")
    assert cart_notices(visitor) == [
        "Now £10.00, was £9.00 when you last looked.",
        "Now £0.90, was £0.85 when you last looked.",
    ]


def test_a_price_from_the_same_second_as_the_cart_counts_as_seen(
    shop: OpenShop, visitor: LintingClient
) -> None:
    shop.clock.now += 60
    reprice(shop, MUG="10.00")
    visitor.set_cookie("cart", shop.cookie(HELD))
    shop.clock.now += 60
    reprice(shop, PENCIL="0.90")
    assert cart_notices(visitor) == ["Now £0.90, was £0.85 when you last looked."]
