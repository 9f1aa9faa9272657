"""Hypothesis strategies for carts."""

from __future__ import annotations

import random

from hypothesis import strategies as st

from shop.core.cart import MAX_LINE_QUANTITY, MAX_NUMBER, MAX_TIME, Cart, Line

KEYS = ("a key of the tests",)
NUMBERS = st.integers(1, MAX_NUMBER) | st.integers(1, 60)
QUANTITIES = st.integers(1, 9) | st.integers(1, MAX_LINE_QUANTITY)
LINES = st.builds(Line, NUMBERS, QUANTITIES)


RUNS = st.builds(
    lambda first, lines, quantity: Cart(
        tuple(Line(number, quantity) for number in range(first, first + lines))
    ),
    st.integers(1, 9_000),
    st.integers(1, 90),
    QUANTITIES,
)
"""Consecutive products in equal quantities, which deflate well."""


def carts(min_size: int = 1) -> st.SearchStrategy[Cart]:
    lines = st.lists(LINES, min_size=min_size, max_size=40, unique_by=lambda line: line.number)
    return st.builds(Cart, lines.map(tuple), st.integers(0, MAX_TIME)) | RUNS


def _large(seed: int, lines: int) -> Cart:
    rng = random.Random(seed)
    numbers = rng.sample(range(1, 50_000), lines)
    return Cart(tuple(Line(number, rng.randint(1, 99)) for number in numbers), 1_800_000_000)


LARGE_CARTS = st.builds(_large, st.integers(0, 2**32), st.integers(300, 1200))
"""Just below and above the browser limit; too large to draw line by line."""
