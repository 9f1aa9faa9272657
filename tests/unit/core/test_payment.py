from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from shop.core import pricing
from shop.core.orders import Order
from shop.core.payment import ByInvoice, Payments
from tests.unit.core.carts import cart_of
from tests.unit.core.test_orders import place
from tests.unit.core.test_pricing import PRODUCTS, RULES


@dataclass(frozen=True)
class Bank:
    """A method whose form leads to another origin."""

    code: str = "bank"
    label: str = "At the bank"
    note: str = "You pay on its own page."
    form_action_origins: tuple[str, ...] = ("https://bank.example", "https://other.example")

    def instructions(self, order: Order) -> str:
        return f"The bank knows {order.reference}."


BOTH = Payments((ByInvoice(), Bank()))


@pytest.fixture
def order() -> Order:
    return place(pricing.quote(cart_of((1, 2)), PRODUCTS, RULES))


@pytest.mark.parametrize("methods", [(), (ByInvoice(), Bank(), Bank())])
def test_a_shop_has_methods_with_a_code_each(methods: tuple[ByInvoice | Bank, ...]) -> None:
    with pytest.raises(
        ValueError, match=r"^a shop has payment methods, each with a code of its own$"
    ):
        Payments(methods)


def test_a_method_is_found_by_its_code() -> None:
    assert BOTH.get("bank") == Bank()
    assert (BOTH.get("cheque"), BOTH.get(None)) == (None, None)
    assert BOTH.default.code == "invoice"


def test_the_instructions_are_those_of_the_method_of_the_order(order: Order) -> None:
    by_bank = replace(order, payment="bank")
    assert BOTH.instructions(by_bank) == f"The bank knows {order.reference}."
    assert BOTH.instructions(order) == (
        "Your invoice comes with the parcel. Please pay it within 14 days and quote "
        f"{order.reference}."
    )


def test_an_order_by_a_method_that_was_removed_has_instructions(order: Order) -> None:
    said = Payments((Bank(),)).instructions(order)
    assert said == f"Please write to us about the payment, and quote {order.reference}."


def test_each_origin_is_named_once() -> None:
    twice = Payments((Bank(), ByInvoice(), replace(Bank(), code="other")))
    assert twice.form_action_origins == ("https://bank.example", "https://other.example")
