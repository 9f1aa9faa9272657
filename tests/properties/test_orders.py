"""However keepers move an order on, its history follows the table and stock comes back once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shop.core import orders, pricing
from shop.core.errors import TransitionRefused
from shop.core.orders import Status, Step
from tests.unit.core.carts import cart_of
from tests.unit.core.test_orders import place
from tests.unit.core.test_pricing import PRODUCTS, RULES

MODEL: dict[str, set[str]] = {
    "placed": {"paid", "cancelled"},
    "paid": {"sent", "refunded"},
    "sent": {"refunded"},
    "cancelled": set(),
    "refunded": set(),
}


@given(st.lists(st.sampled_from(Status)))
def test_an_order_moves_as_the_model_does(wishes: list[Status]) -> None:
    order = place(pricing.quote(cart_of((1, 2)), PRODUCTS, RULES))
    model, returned = ["placed"], 0
    for at, wish in enumerate(wishes):
        try:
            moved = orders.advance(order, Step(wish, at, "Bea"))
        except TransitionRefused:
            assert wish.value not in MODEL[model[-1]]
        else:
            assert wish.value in MODEL[model[-1]]
            model.append(wish.value)
            returned += orders.returns_stock(order.status, wish)
            order = moved
        assert [step.status.value for step in order.history] == model
        assert order.status is order.history[-1].status
    ends_unsent = model[-1] in ("cancelled", "refunded") and "sent" not in model
    assert returned == ends_unsent
