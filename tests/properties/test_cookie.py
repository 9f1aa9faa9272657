from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core import budget, cookie
from shop.core.cart import MAX_TIME, Cart
from shop.core.errors import CartTooLarge, Malformed, Tampered
from shop.core.packing import integers, texts
from tests.properties.carts import KEYS, LARGE_CARTS, carts

OCTETS = set(map(chr, range(0x21, 0x7F))) - set('",;\\')
"""Cookie-octets by RFC 6265, 4.1.1: visible US-ASCII except four characters."""
PLAIN = set(integers.ALPHABET)


def decode(value: str) -> Cart:
    return cookie.decode(value, KEYS, now=0, max_age_seconds=MAX_TIME)


@given(carts())
def test_decoding_undoes_encoding(cart: Cart) -> None:
    assert decode(cookie.encode(cart, KEYS, name="cart")) == cart


@given(carts())
def test_a_value_uses_only_letters_digits_and_two_symbols(cart: Cart) -> None:
    assert set(cookie.encode(cart, KEYS, name="cart")) <= PLAIN


@given(carts())
def test_decoding_undoes_encoding_in_version_1(cart: Cart) -> None:
    value = cookie.encode_version_1(cart, KEYS)
    assert set(value) <= OCTETS
    assert decode(value) == cart


@given(carts(min_size=2), st.data())
def test_a_packed_cart_never_grows_when_a_line_is_removed(cart: Cart, drawn: st.DataObject) -> None:
    at = drawn.draw(st.integers(0, len(cart) - 1), label="at")
    less = Cart((*cart.lines[:at], *cart.lines[at + 1 :]), cart.changed_at)
    if less.lines:
        assert budget.packed_bits(less) <= budget.packed_bits(cart)


def test_the_shorter_of_two_forms_is_used() -> None:
    forms = set()

    @given(carts())
    def holds(cart: Cart) -> None:
        value = cookie.encode(cart, KEYS, name="cart")
        packed = len("X") + -(-budget.packed_bits(cart) // 6) + cookie.SIGNATURE_CHARACTERS
        is_deflated = value.startswith(integers.DEFLATED)
        assert len(value) < packed if is_deflated else len(value) == packed
        forms.add(is_deflated)

    holds()
    assert forms == {True, False}


@given(st.text(texts.TEXT_ALPHABET, min_size=1))
def test_packing_loses_only_trailing_commas(text: str) -> None:
    assert texts.unpacked(texts.packed(text)) == text.rstrip(",")


def test_a_cookie_is_within_the_budget_or_refused() -> None:
    outcomes = set()

    @given(
        LARGE_CARTS | carts(),
        st.sampled_from((cookie.NAME, cookie.SECURE_NAME)),
        st.integers(-3, 3) | st.integers(-4096, 4096),
    )
    def holds(cart: Cart, name: str, room_bytes: int) -> None:
        needed_bytes = budget.cookie_bytes(cart, KEYS, name=name)
        limit_bytes = min(max(1, needed_bytes + room_bytes), cookie.BROWSER_LIMIT_BYTES)
        if needed_bytes > limit_bytes:
            with pytest.raises(CartTooLarge):
                cookie.encode(cart, KEYS, name=name, limit_bytes=limit_bytes)
            outcomes.add("refused")
        else:
            value = cookie.encode(cart, KEYS, name=name, limit_bytes=limit_bytes)
            assert len(f"{name}{value}".encode()) == needed_bytes
            outcomes.add("kept")

    holds()
    assert outcomes == {"kept", "refused"}


@given(carts(), st.data())
def test_an_altered_cookie_never_yields_a_different_cart(cart: Cart, drawn: st.DataObject) -> None:
    value = cookie.encode(cart, KEYS, name="cart")
    start = drawn.draw(st.integers(0, len(value)), label="start")
    stop = drawn.draw(st.integers(start, min(len(value), start + 3)), label="stop")
    replacement = drawn.draw(st.text(sorted(OCTETS), max_size=3), label="instead")
    with contextlib.suppress(Malformed, Tampered):
        assert decode(value[:start] + replacement + value[stop:]) == cart


@given(carts(), carts(), st.data())
def test_splicing_two_cookies_never_yields_a_third_cart(
    one: Cart, other: Cart, drawn: st.DataObject
) -> None:
    head, tail = (cookie.encode(cart, KEYS, name="cart") for cart in (one, other))
    cut = drawn.draw(st.integers(0, min(len(head), len(tail))), label="cut")
    with contextlib.suppress(Malformed, Tampered):
        assert decode(head[: len(head) - cut] + tail[len(tail) - cut :]) in (one, other)
