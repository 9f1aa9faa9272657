"""Coupons: typed on the cart page, kept by number in the cookie, used up by orders."""

from __future__ import annotations

import json
import threading

import pytest
from werkzeug.test import TestResponse

from shop.core import cookie
from shop.core import orders as rules
from shop.core.cart import MAX_TIME, Cart
from shop.core.orders import Status
from shop.lab.carts.cookie_limit import CookieLimit
from shop.lab.carts.exact_size import cart_of_exactly
from shop.storage.orders import advancing
from tests.conftest import KEY, Opener, OpenShop
from tests.integration.carts import held, import_csv, notices, numbered, undo_form
from tests.integration.checkouts import alert, once, orders, place
from tests.integration.client import LintingClient, attributes, elements, pairs, parsed, text_of
from tests.integration.test_mail import composed, text
from tests.integration.test_outbox import mail


def run(shop: OpenShop, *arguments: str, exit_code: int = 0, group: str = "coupons") -> str:
    return shop.run(group, *arguments, exit_code=exit_code)


def offer(shop: OpenShop, code: str = "SPRING10", /, **values: object) -> int:
    """Adds a coupon of 10 %, or one with other values, and returns its number."""
    row = {
        "code": code,
        "kind": "percent",
        "basis_points": 1000,
        "amount_minor": 0,
        "from_minor": 0,
        "currency": "GBP",
        "ends_at": None,
        "most_uses": None,
        "uses": 0,
    } | values
    marks = ", ".join("?" * len(row))
    shop.sql(f"insert into coupons ({', '.join(row)}) values ({marks})", *row.values())
    return int(shop.sql("select number from coupons where code = ?", code)[0][0])


def use(visitor: LintingClient, code: str = "SPRING10") -> TestResponse:
    return visitor.send("/cart/coupon", code=code)


def cart_of(visitor: LintingClient) -> Cart:
    value = visitor.cart_value()
    assert value
    return cookie.decode(value, [KEY], now=0, max_age_seconds=MAX_TIME)


def uses(shop: OpenShop, code: str = "SPRING10") -> int:
    return int(shop.sql("select uses from coupons where code = ?", code)[0][0])


@pytest.fixture
def buyer(visitor: LintingClient) -> LintingClient:
    """A shopper with two mugs at 9.50."""
    visitor.add("MUG", 2)
    return visitor


def test_a_code_takes_something_off_and_costs_five_bytes(
    shop: OpenShop, buyer: LintingClient
) -> None:
    number = offer(shop)
    before = buyer.cart_value() or ""
    assert use(buyer, " spring 10").status_code == 303
    assert "Your code was added: SPRING10" in notices(buyer)
    assert cart_of(buyer).coupon == number
    assert len(buyer.cart_value() or "") == len(before) + 5
    assert pairs(buyer.get("/cart").text) == {
        "Subtotal": "£19.00",
        "Code SPRING10": "−£1.90",
        "Shipping": "£3.95",
        "Total": "£21.05",
        "including 20% VAT": "£3.51",  # 2.85 in 17.10, and 0.66 in 3.95
    }


def test_a_shop_without_coupons_asks_for_none(shop: OpenShop, buyer: LintingClient) -> None:
    question = "Do you have a code?"
    assert question not in buyer.get("/cart").text
    offer(shop, ends_at=shop.clock.now + 60)
    assert question in buyer.get("/cart").text
    shop.clock.now += 60
    assert question not in buyer.get("/cart").text


@pytest.mark.parametrize(
    ("typed", "values", "sentence"),
    [
        pytest.param("NOTHING", {}, "There is no code NOTHING.", id="unknown"),
        pytest.param("!", {}, "3 to 20 letters, digits and hyphens", id="no code"),
        pytest.param("\0" * 9, {}, "3 to 20 letters, digits and hyphens", id="nul"),
        pytest.param("x" * 9000, {}, "3 to 20 letters, digits and hyphens", id="long"),
        pytest.param("SPRING10", {"ends_at": 1_779_000_000}, "SPRING10 ended on 17", id="ended"),
        pytest.param("SPRING10", {"most_uses": 1, "uses": 1}, "has been used already", id="used"),
        pytest.param("SPRING10", {"currency": "EUR"}, "not in this shop’s currency", id="euros"),
    ],
)
def test_a_code_that_does_not_apply_is_refused_in_a_sentence(
    shop: OpenShop, buyer: LintingClient, typed: str, values: dict[str, object], sentence: str
) -> None:
    offer(shop, "SPRING10", **values)
    before = buyer.cart_value()
    response = use(buyer, typed)
    assert response.status_code == 409
    assert sentence in alert(response)
    assert alert(response).endswith("Your cart is as it was.")
    assert elements(parsed(response.text), "details[open] [name=code]")
    assert buyer.cart_value() == before


def test_a_code_that_waits_for_more_is_kept_and_says_how_much(
    shop: OpenShop, buyer: LintingClient
) -> None:
    offer(shop, from_minor=2000)
    assert use(buyer).status_code == 303
    page = buyer.get("/cart").text
    assert text_of(page, ".cart-sums .line-message") == (
        "SPRING10 applies from £20.00 on: £1.00 to go."
    )
    assert "Code SPRING10" not in pairs(page)
    assert "£1.00 to go" in buyer.get("/checkout").text
    buyer.add("PENCIL", 2)
    assert pairs(buyer.get("/cart").text)["Code SPRING10"] == "−£2.07"


def test_a_code_that_ends_stays_says_so_and_does_not_block_the_order(
    shop: OpenShop, buyer: LintingClient
) -> None:
    offer(shop, ends_at=shop.clock.now + 60)
    use(buyer)
    shop.clock.now += 60
    page = buyer.get("/cart").text
    assert "SPRING10 ended on 28 May 2026" in text_of(page, ".cart-sums .line-message")
    assert pairs(page)["Total"] == "£22.95"
    assert place(buyer).status_code == 303
    assert shop.sql("select coupon, discount_minor, total_minor from orders") == [("", 0, 2295)]
    assert uses(shop) == 0


def test_a_code_that_was_deleted_says_so_and_can_be_removed(
    shop: OpenShop, buyer: LintingClient
) -> None:
    offer(shop)
    use(buyer)
    shop.sql("delete from coupons")
    assert "no longer valid" in text_of(buyer.get("/cart").text, ".cart-sums .line-message")
    assert buyer.send("/cart/coupon/remove").status_code == 303
    assert cart_of(buyer).coupon == 0
    assert not elements(parsed(buyer.get("/cart").text), ".cart-sums .line-message")


def test_free_shipping(shop: OpenShop, buyer: LintingClient) -> None:
    offer(shop, "FREE", kind="free shipping", basis_points=0)
    use(buyer, "free")
    page = buyer.get("/cart").text
    assert (pairs(page)["Code FREE"], pairs(page)["Shipping"]) == ("Free shipping", "Free")
    assert "more for free shipping" not in page


def test_undo_and_changes_of_lines_keep_the_code(shop: OpenShop, buyer: LintingClient) -> None:
    number = offer(shop)
    use(buyer)
    buyer.add("PENCIL")
    form = undo_form(buyer)
    assert form
    buyer.send("/cart/undo", cart=form["cart"], since=form["since"])
    assert held(buyer) == numbered(shop, {"MUG": 2})
    assert cart_of(buyer).coupon == number
    form = undo_form(buyer)
    assert form
    buyer.send("/cart/undo", cart=form["cart"], since=form["since"])  # before the mugs: empty
    assert held(buyer) == []


def test_undoing_a_line_from_before_the_code_keeps_the_code(
    shop: OpenShop, buyer: LintingClient
) -> None:
    number = offer(shop)
    buyer.add("PENCIL")
    use(buyer)
    form = undo_form(buyer)
    assert form
    buyer.send("/cart/undo", cart=form["cart"], since=form["since"])
    assert held(buyer) == numbered(shop, {"MUG": 2})
    assert cart_of(buyer).coupon == number


def test_a_shared_cart_has_no_code_and_takes_none_away(
    shop: OpenShop, buyer: LintingClient
) -> None:
    number = offer(shop)
    use(buyer)
    (link,) = elements(parsed(buyer.get("/cart/share").text), "#link")
    address = attributes(link)["value"] or ""
    assert cookie.decode(address.rpartition("/")[2], [KEY], now=0, max_age_seconds=MAX_TIME) == (
        cart_of(buyer).with_coupon(0)
    )
    stranger = shop.visitor()
    stolen = buyer.cart_value()
    assert "SPRING10" not in stranger.get(f"/c/{stolen}").text
    stranger.send("/cart/merge", cart=stolen)
    assert cart_of(stranger).coupon == 0
    buyer.send("/cart/replace", cart=shop.cookie({"PENCIL": 1}))
    assert cart_of(buyer).coupon == number


def test_a_full_cart_refuses_a_code_and_stays(shop: OpenShop, visitor: LintingClient) -> None:
    offer(shop)
    limit = CookieLimit("cart", (KEY,), cookie.BROWSER_LIMIT_BYTES)
    full = cart_of_exactly(4096 - 4, limit, now=shop.clock.now)  # a code takes one byte more
    assert full
    before = cookie.encode(full, [KEY], name="cart")
    assert visitor.token
    visitor.set_cookie("cart", before, max_size=0)
    response = use(visitor)
    assert response.status_code == 409
    assert "“SPRING10” does not fit into your cart" in alert(response)
    assert "need 4,097 bytes" in alert(response)
    assert visitor.cart_value() == before


def test_an_order_keeps_its_discount_everywhere(shop: OpenShop, buyer: LintingClient) -> None:
    offer(shop)
    use(buyer)
    checkout = buyer.get("/checkout").text
    assert pairs(checkout)["Code SPRING10"] == "−£1.90"
    response = place(buyer)
    shop.sql("delete from coupons")
    page = buyer.get(response.location).text
    assert pairs(page)["Code SPRING10"] == "−£1.90"
    assert pairs(page)["Total"] == "£21.05"
    (reference,) = shop.sql("select reference from orders")[0]
    shown = json.loads(run(shop, "show", reference, "--json", group="orders"))
    assert (shown["coupon"], shown["discount_minor"], shown["total_minor"]) == (
        "SPRING10",
        190,
        2105,
    )
    assert "Coupon SPRING10: 1.90 GBP less" in run(shop, "show", reference, group="orders")
    head, row = run(shop, "export", "-", group="orders").splitlines()[:2]
    assert "subtotal,discount,coupon,shipping,total,vat,currency" in head
    assert "19.00,1.90,SPRING10,3.95,21.05,3.51,GBP" in row
    for kind in ("plain", "html"):
        assert "Code SPRING10: −£1.90" in text(composed(shop, mail(shop)[0]), kind)


def test_after_an_order_the_code_is_gone_from_the_cart(
    shop: OpenShop, buyer: LintingClient
) -> None:
    offer(shop)
    use(buyer)
    place(buyer)
    assert buyer.cart_value() is None
    assert uses(shop) == 1


def test_of_two_shoppers_at_once_one_has_the_last_use(shop: OpenShop) -> None:
    offer(shop, most_uses=1)
    visitors = [shop.visitor() for _ in range(2)]
    tokens = []
    for visitor in visitors:
        visitor.add("MUG", 2)
        use(visitor)
        tokens.append(once(visitor))
    barrier = threading.Barrier(2)
    responses: dict[int, TestResponse] = {}

    def send(at: int) -> None:
        barrier.wait()
        responses[at] = place(visitors[at], tokens[at])

    threads = [threading.Thread(target=send, args=(at,)) for at in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(response.status_code for response in responses.values()) == [303, 409]
    loser = next(at for at, response in responses.items() if response.status_code == 409)
    assert (orders(shop), uses(shop)) == (1, 1)
    assert "nothing was ordered" in alert(responses[loser])
    assert held(visitors[loser]) == numbered(shop, {"MUG": 2})
    assert "has been used already" in responses[loser].text
    assert place(visitors[loser]).status_code == 303  # at the full price, after a look at it
    assert shop.sql("select total_minor from orders order by number") == [(2105,), (2295,)]


def test_the_last_use_is_checked_in_the_orders_transaction(
    shop: OpenShop, buyer: LintingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another order takes the last use after this one's quote was made."""
    offer(shop, most_uses=1)
    use(buyer)
    token = once(buyer)
    made = rules.place

    def meanwhile(*arguments: object, **named: object) -> object:
        shop.sql("update coupons set uses = 1")
        return made(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("shop.core.orders.place", meanwhile)
    response = place(buyer, token)
    assert response.status_code == 409
    assert "The code SPRING10 has just been used up" in alert(response)
    assert (orders(shop), uses(shop)) == (0, 1)
    assert held(buyer) == numbered(shop, {"MUG": 2})


def test_a_cancelled_order_gives_its_use_back(shop: OpenShop, buyer: LintingClient) -> None:
    offer(shop, most_uses=1)
    use(buyer)
    place(buyer)
    (reference,) = shop.sql("select reference from orders")[0]
    engine = shop.app.extensions["shop"].engine
    advancing.advance(engine, reference, Status.CANCELLED, by="bea", at=shop.clock.now)
    assert uses(shop) == 0


def test_an_order_that_costs_nothing_is_paid_and_has_its_mail(
    open_shop: Opener,
) -> None:
    shop = open_shop(SHOP_SHIPPING="0", SHOP_PAYMENTS="pretend-bank")
    visitor = shop.visitor()
    visitor.add("MUG")
    offer(shop, basis_points=10_000)
    use(visitor)
    response = place(visitor)
    assert response.status_code == 303
    assert response.location.startswith("/orders/")
    assert shop.sql("select status, total_minor from orders") == [("paid", 0)]
    assert "Your order is paid" in visitor.get(response.location).text
    assert len(mail(shop)) == 2


def test_codes_cannot_be_guessed_quickly(open_shop: Opener) -> None:
    visitor = open_shop().visitor()
    visitor.add("MUG")
    statuses = [use(visitor, f"GUESS{n}").status_code for n in range(21)]
    assert statuses == [409] * 20 + [429]


def test_an_empty_cart_takes_no_code(shop: OpenShop, visitor: LintingClient) -> None:
    offer(shop)
    assert use(visitor).status_code == 303
    assert "Your cart is empty" in notices(visitor)


def test_the_price_before_a_reduction_does_not_count(shop: OpenShop, buyer: LintingClient) -> None:
    offer(shop)
    file = "sku,name,price,currency,compare_at_price\nMUG,Everyday mug,8.00,GBP,12.00\n"
    import_csv(shop, file)
    use(buyer)
    assert pairs(buyer.get("/cart").text)["Code SPRING10"] == "−£1.60"


def test_keepers_add_list_and_end_coupons(shop: OpenShop) -> None:
    assert run(shop, "list") == "There are no coupons. `shop coupons add` makes one.\n"
    added = run(shop, "add", "spring10", "--percent", "12.5", "--from", "40", "--uses", "3",
                "--until", "2031-03-31")  # fmt: skip
    said = "SPRING10, 12.5 %, from 40.00 GBP on, until 2031-03-31 23:59, used 0 of 3 times"
    assert added == f"Added: {said}.\n"
    over = run(shop, "add", "LATE", "--percent", "5", "--until", "2020-01-01", exit_code=1)
    assert "that day is over" in over
    run(shop, "add", "FIVER", "--amount", "5")
    run(shop, "add", "FREE", "--free-shipping")
    assert run(shop, "list").splitlines() == [
        said,
        "FIVER, 5.00 GBP, used 0 times",
        "FREE, free shipping, used 0 times",
    ]
    listed = json.loads(run(shop, "list", "--json"))
    assert [coupon["basis_points"] for coupon in listed] == [1250, 0, 0]
    assert listed[0]["ends_at"] == "2031-03-31T23:00:00+00:00"  # midnight of the summer's time
    assert "Ended: FREE" in run(shop, "end", "free")
    assert "has ended already" in run(shop, "end", "free", exit_code=1)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        pytest.param(["add", "A B", "--amount", "5"], "3 to 20 letters", id="code"),
        pytest.param(["add", "CODE"], "Give one of", id="nothing"),
        pytest.param(["add", "CODE", "--amount", "5", "--free-shipping"], "Give one of", id="two"),
        pytest.param(["add", "CODE", "--percent", "100.01"], "from 0.01 to 100", id="percent"),
        pytest.param(["add", "CODE", "--percent", "nan"], "from 0.01 to 100", id="no number"),
        pytest.param(["add", "CODE", "--percent", "5.001"], "from 0.01 to 100", id="decimals"),
        pytest.param(["add", "CODE", "--amount", "-5"], "--amount: write a price", id="negative"),
        pytest.param(["add", "CODE", "--amount", "0"], "takes something off", id="nothing off"),
        pytest.param(["add", "TAKEN", "--amount", "5"], "TAKEN already", id="known"),
        pytest.param(["end", "NOBODYS"], "There is no coupon NOBODYS", id="unknown"),
    ],
)
def test_a_wrong_command_says_why_and_changes_nothing(
    shop: OpenShop, arguments: list[str], sentence: str
) -> None:
    offer(shop, "TAKEN")
    assert sentence in run(shop, *arguments, exit_code=1)
    assert shop.sql("select code, uses from coupons") == [("TAKEN", 0)]
