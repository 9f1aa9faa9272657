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
STEPS = {
    (Status.PLACED, Status.PAID),
    (Status.PLACED, Status.CANCELLED),
    (Status.PAID, Status.SENT),
    (Status.PAID, Status.REFUNDED),
    (Status.SENT, Status.REFUNDED),
}


def place(quote: Quote) -> Order:
    return orders.place(quote, ADA, token="a token", once_key="once", now=NOON, payment="invoice")


@pytest.fixture
def order() -> Order:
    return place(pricing.quote(cart_of((2, 1), (1, 2)), PRODUCTS, RULES))


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


@pytest.mark.parametrize("before", Status)
@pytest.mark.parametrize("after", Status)
def test_only_the_listed_status_transitions_are_allowed(
    order: Order, before: Status, after: Status
) -> None:
    stands = replace(order, status=before)
    step = Step(after, NOON + 1, "Bea")
    if (before, after) in STEPS:
        history = (*order.history, step)
        assert orders.advance(stands, step) == replace(order, status=after, history=history)
    else:
        already = before is after
        match = "already" if already else f"{before.value} cannot be {after.value}"
        with pytest.raises(TransitionRefused, match=match):
            orders.advance(stands, step)


def test_a_refusal_says_what_is_possible(order: Order) -> None:
    paid = replace(order, status=Status.PAID)
    with pytest.raises(TransitionRefused, match="It can be sent or refunded"):
        orders.advance(paid, Step(Status.CANCELLED, NOON, "Bea"))
    refunded = replace(order, status=Status.REFUNDED)
    with pytest.raises(TransitionRefused, match="It is finished"):
        orders.advance(refunded, Step(Status.PAID, NOON, "Bea"))


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
        pytest.param("", "", "somebody", id="nobody did it"),
        pytest.param("Bea", "RM 1", "sent", id="tracking before it is sent"),
    ],
)
def test_a_step_refuses_nonsense(by: str, tracking: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Step(Status.PAID, NOON, by, tracking=tracking)


@pytest.mark.parametrize("before", Status)
@pytest.mark.parametrize("after", Status)
def test_only_goods_that_have_not_left_go_back_into_stock(before: Status, after: Status) -> None:
    unsent = {(Status.PLACED, Status.CANCELLED), (Status.PAID, Status.REFUNDED)}
    if (before, after) in STEPS:
        assert orders.returns_stock(before, after) == ((before, after) in unsent)


@pytest.mark.parametrize("text", ["ABCD-EFGH", "abcd-efgh", " abcdefgh ", "abcd efgh"])
def test_a_reference_may_be_written_in_any_way(text: str) -> None:
    assert orders.reference_of(text) == "ABCD-EFGH"


def test_a_reference_is_eight_characters_of_the_hashed_token(order: Order) -> None:
    # printf 'a token' | sha256sum | xxd -r -p | base32
    assert order.reference == orders.reference("a token") == "4MYW-4K5P"


def test_an_invoice_quotes_the_reference(order: Order) -> None:
    assert order.reference in ByInvoice().instructions(order)


@pytest.mark.parametrize("country", ["", "gb", "GBR", "ÄÖ"])
def test_an_address_has_a_country_code(country: str) -> None:
    with pytest.raises(ValueError, match="two capital letters"):
        replace(ADDRESS, country=country)
