"""However keepers move an order on, its history follows the table and stock comes back once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core import orders, pricing
from shop.core.errors import TransitionRefused
from shop.core.orders import Status, Step
from tests.unit.core.carts import cart_of
from tests.unit.core.test_orders import BY_INVOICE, PREPAID, UNSENT, place
from tests.unit.core.test_pricing import PRODUCTS, RULES


@pytest.mark.parametrize(("payment", "model"), [("card", PREPAID), ("invoice", BY_INVOICE)])
@given(wishes=st.lists(st.sampled_from(Status)))
def test_an_order_moves_as_the_model_does(
    payment: str, model: dict[str, set[str]], wishes: list[Status]
) -> None:
    order = place(pricing.quote(cart_of((1, 2)), PRODUCTS, RULES), payment)
    said, returned = "placed", 0
    for at, wish in enumerate(wishes):
        try:
            moved = orders.advance(order, Step(wish, at, "Bea"))
        except TransitionRefused:
            assert wish.value not in model[said]
        else:
            assert wish.value in model[said]
            said += f" {wish.value}"
            returned += orders.returns_stock(order, wish)
            order = moved
        assert " ".join(step.status.value for step in order.history) == said
    assert returned == (said in UNSENT)
