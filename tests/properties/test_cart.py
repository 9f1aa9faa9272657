from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shop.core.cart import Cart, Line
from shop.core.errors import QuantityRefused
from tests.properties.carts import carts

MAX_QUANTITY = 9
ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(("add", "add", "add", "set", "remove")),
        st.integers(1, 6),
        st.integers(-1, MAX_QUANTITY + 1),
    ),
    max_size=40,
)


def applied(cart: Cart, verb: str, number: int, quantity: int, now: int) -> Cart:
    try:
        if verb == "add":
            return cart.add(number, quantity, now=now, max_quantity=MAX_QUANTITY)
        if verb == "set":
            return cart.set_quantity(number, quantity, now=now, max_quantity=MAX_QUANTITY)
    except QuantityRefused:
        return cart
    return cart.remove(number, now=now)


def apply_to_dict(model: dict[int, int], verb: str, number: int, quantity: int) -> None:
    """The same action on a dict, which keeps its keys in insertion order."""
    if verb == "remove":
        model.pop(number, None)
    elif verb == "add" and quantity >= 1 and model.get(number, 0) + quantity <= MAX_QUANTITY:
        model[number] = model.get(number, 0) + quantity
    elif verb == "set" and number in model and 1 <= quantity <= MAX_QUANTITY:
        model[number] = quantity


@given(ACTIONS)
def test_no_sequence_of_actions_loses_a_line(actions: list[tuple[str, int, int]]) -> None:
    cart, model = Cart(), dict[int, int]()
    for now, action in enumerate(actions, start=1):
        before, pairs_before = cart, dict(model)
        cart = applied(cart, *action, now)
        apply_to_dict(model, *action)
        assert [(line.number, line.quantity) for line in cart.lines] == list(model.items())
        assert cart.pieces == sum(model.values())
        if model != pairs_before:
            assert cart.changed_at == now
            assert [(line.number, line.quantity) for line in before.lines] == list(
                pairs_before.items()
            )


SMALL_CARTS = st.builds(
    lambda pairs: Cart(tuple(Line(*pair) for pair in pairs.items())),
    st.dictionaries(st.integers(1, 8), st.integers(1, 99)),
)


@given(SMALL_CARTS | carts(), SMALL_CARTS | carts())
def test_merging_loses_no_line_of_either_cart(one: Cart, other: Cart) -> None:
    merged = one.merged_with(other, now=7)
    numbers = [line.number for line in merged.lines]
    new = [line.number for line in other.lines if not one.quantity_of(line.number)]
    assert numbers == [line.number for line in one.lines] + new
    for number in numbers:
        larger = max(one.quantity_of(number), other.quantity_of(number))
        assert merged.quantity_of(number) == larger
    assert merged.changed_at == 7
