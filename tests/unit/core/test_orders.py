from __future__ import annotations

from dataclasses import replace

import pytest

from shop.core import orders, pricing
from shop.core.errors import TransitionRefused
from shop.core.orders import Address, Customer, Order, OrderLine, Status, Step
from shop.core.payment import ByInvoice
from shop.core.pricing import Quote
from tests.unit.core.carts import NOON, cart_of
from tests.unit.core.test_catalogue import MUG
from tests.unit.core.test_pricing import BOOK, PRODUCTS, RULES, pounds

ADDRESS = Address("1 Row", "", "Bath", "", "BA1 1AA", "GB")
ADA = Customer("Ada", "ada@example.com", ADDRESS, "")
PREPAID = {
    "placed": {"paid", "cancelled"},
    "placed paid": {"sent", "refunded"},
    "placed paid sent": {"refunded"},
    "placed paid sent refunded": set(),
    "placed paid refunded": set(),
    "placed cancelled": set(),
}
"""What an order can be next, after each history that it can have."""
BY_INVOICE = PREPAID | {
    "placed": {"paid", "sent", "cancelled"},
    "placed sent": {"paid", "cancelled"},
    "placed sent paid": {"refunded"},
    "placed sent paid refunded": set(),
    "placed sent cancelled": set(),
}
UNSENT = {"placed cancelled", "placed paid refunded"}
HISTORIES = [
    *(pytest.param("card", said, after, id=f"{said}, prepaid") for said, after in PREPAID.items()),
    *(
        pytest.param("invoice", said, after, id=f"{said}, by invoice")
        for said, after in BY_INVOICE.items()
    ),
]


def place(quote: Quote, payment: str = "invoice", **more: str) -> Order:
    return orders.place(
        quote, ADA, token="a token", once_key="once", now=NOON, payment=payment, **more
    )


def moved(order: Order, history: str) -> Order:
    for at, status in enumerate(history.split()[1:], start=NOON + 1):
        order = orders.advance(order, Step(Status(status), at, "Bea"))
    return order


@pytest.mark.parametrize(
    ("by", "who"),
    [
        pytest.param("shopper", "the shopper", id="the shopper"),
        pytest.param("shop", "the shop", id="the shop"),
        pytest.param("the pretend bank", "the pretend bank", id="a provider"),
        pytest.param("bea@example.com", "bea@example.com", id="a keeper"),
    ],
)
def test_a_step_says_who_took_it(by: str, who: str) -> None:
    assert Step(Status.PAID, NOON, by).who == who


@pytest.fixture
def order() -> Order:
    return place(pricing.quote(cart_of((2, 1), (1, 2)), PRODUCTS, RULES))


def test_an_order_keeps_the_language_in_which_it_was_placed() -> None:
    quote = pricing.quote(cart_of((1, 2)), PRODUCTS, RULES)
    assert place(quote).language == ""
    assert place(quote, language="de").language == "de"


def test_an_order_copies_the_quote(order: Order) -> None:
    assert (order.status, order.placed_at, order.customer) == (Status.PLACED, NOON, ADA)
    assert (order.token, order.once_key, order.payment) == ("a token", "once", "invoice")
    assert (order.sums.subtotal, order.sums.shipping, order.sums.total) == (
        pounds(2950),
        pounds(395),
        pounds(3345),
    )
    assert [(share.basis_points, share.amount) for share in order.sums.vat] == [
        (0, pounds(0)),
        (2000, pounds(383)),
    ]
    assert order.lines == (
        OrderLine(2, "BOOK", BOOK.name, 1, pounds(1050), 0, pounds(1050)),
        OrderLine(1, "MUG", MUG.name, 2, pounds(950), 2000, pounds(1900)),
    )


def test_an_order_omits_lines_left_out_of_the_quote() -> None:
    products = {1: MUG, 2: replace(BOOK, stock=0)}
    order = place(pricing.quote(cart_of((2, 1), (1, 2), (3, 1)), products, RULES))
    assert [line.number for line in order.lines] == [1]


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([], id="an empty cart"),
        pytest.param([(4, 1)], id="nothing charged"),
        pytest.param([(1, 100)], id="too many"),
    ],
)
def test_a_quote_that_is_not_orderable_cannot_be_placed(lines: list[tuple[int, int]]) -> None:
    quote = pricing.quote(cart_of(*lines), PRODUCTS, RULES)
    with pytest.raises(ValueError, match=r"^this quote cannot be ordered$"):
        place(quote)


@pytest.mark.parametrize(("payment", "history", "after"), HISTORIES)
def test_only_the_listed_steps_are_allowed(
    order: Order, payment: str, history: str, after: set[str]
) -> None:
    stands = moved(replace(order, payment=payment), history)
    assert {status.value for status in stands.next_statuses} == after
    for status in Status:
        step = Step(status, NOON + 9, "Bea")
        if status.value in after:
            then = orders.advance(stands, step)
            assert then.history == (*stands.history, step)
            stays_sent = history == "placed sent" and status is Status.PAID
            assert then.status is (Status.SENT if stays_sent else status)
        else:
            with pytest.raises(TransitionRefused, match="Nothing was changed"):
                orders.advance(stands, step)


@pytest.mark.parametrize(
    ("history", "status", "reason"),
    [
        pytest.param("placed paid", "cancelled", "It can be sent or refunded", id="possible"),
        pytest.param("placed paid refunded", "paid", r"\. It is finished\.$", id="final"),
        pytest.param("placed paid", "paid", "The order is paid already", id="paid twice"),
        pytest.param("placed sent paid", "paid", "The order is paid already", id="twice, sent"),
        pytest.param("placed sent", "refunded", "sent cannot be refunded", id="never paid"),
    ],
)
def test_a_refusal_says_what_is_possible(
    order: Order, history: str, status: str, reason: str
) -> None:
    with pytest.raises(TransitionRefused, match=reason):
        orders.advance(moved(order, history), Step(Status(status), NOON, "Bea"))


@pytest.mark.parametrize(
    ("history", "is_owed"),
    [
        ("placed", True),
        ("placed sent", True),
        ("placed sent paid", False),
        ("placed paid sent", False),
        ("placed sent cancelled", False),
        ("placed cancelled", False),
    ],
)
def test_money_is_owed_until_it_comes_or_nothing_is_sold(
    order: Order, history: str, is_owed: bool
) -> None:
    assert moved(order, history).is_owed == is_owed


def test_an_order_that_is_paid_after_it_was_sent_is_sent_since_it_was(order: Order) -> None:
    then = moved(order, "placed sent paid")
    assert (then.status, then.since) == (Status.SENT, NOON + 1)
    assert moved(order, "placed paid sent").since == NOON + 2


def test_placing_is_the_first_step(order: Order) -> None:
    assert order.history == (Step(Status.PLACED, NOON, "shopper"),)
    assert order.tracking == ""


def test_an_order_keeps_its_tracking_when_it_is_refunded(order: Order) -> None:
    for step in (
        Step(Status.PAID, NOON, "Bea"),
        Step(Status.SENT, NOON, "Bea", tracking="RM 1"),
        Step(Status.REFUNDED, NOON, "Bea"),
    ):
        order = orders.advance(order, step)
    assert order.tracking == "RM 1"


@pytest.mark.parametrize(
    ("by", "tracking", "reason"),
    [
        pytest.param("", "", "^a step of an order is somebody's$", id="nobody did it"),
        pytest.param(
            "Bea", "RM 1", "^only a parcel that is sent can", id="tracked before it is sent"
        ),
    ],
)
def test_a_step_refuses_nonsense(by: str, tracking: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Step(Status.PAID, NOON, by, tracking=tracking)


@pytest.mark.parametrize(("payment", "history", "after"), HISTORIES)
def test_only_goods_that_have_not_left_go_back_into_stock(
    order: Order, payment: str, history: str, after: set[str]
) -> None:
    stands = moved(replace(order, payment=payment), history)
    for status in after:
        expected = f"{history} {status}" in UNSENT
        assert orders.returns_stock(stands, Status(status)) == expected


@pytest.mark.parametrize("text", ["ABCD-EFGH", "abcd-efgh", " abcdefgh ", "abcd efgh"])
def test_a_reference_may_be_written_in_any_way(text: str) -> None:
    assert orders.reference_of(text) == "ABCD-EFGH"


def test_a_reference_is_eight_characters_of_the_hashed_token(order: Order) -> None:
    # printf 'a token' | sha256sum | xxd -r -p | base32
    assert order.reference == orders.reference("a token") == "4MYW-4K5P"


def test_an_invoice_is_paid_after_the_goods(order: Order) -> None:
    assert {ByInvoice.code} == orders.GOODS_FIRST


@pytest.mark.parametrize("country", ["", "gb", "GBR", "ÄÖ"])
def test_an_address_has_a_country_code(country: str) -> None:
    with pytest.raises(ValueError, match="two capital letters"):
        replace(ADDRESS, country=country)
