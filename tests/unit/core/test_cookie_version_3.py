"""A cart with a coupon: what is written, and what is refused."""

from __future__ import annotations

import pytest

from shop.core import cookie
from shop.core.cart import MAX_COUPON, MAX_TIME, Cart
from shop.core.errors import CartTooLarge, CookieRefused, Malformed
from tests.unit.core.carts import KEYS, cart_filling, cart_of

DEFLATED = cart_of(*((number, 1) for number in range(1, 200)))
"""A cart whose lines are so regular that they are deflated."""


def encode(cart: Cart, limit_bytes: int = 4096) -> str:
    return cookie.encode(cart, KEYS, name="cart", limit_bytes=limit_bytes)


def decode(value: str) -> Cart:
    return cookie.decode(value, KEYS, now=0, max_age_seconds=MAX_TIME)


@pytest.mark.parametrize(
    ("coupon", "front"),
    [(1, "cAAAB"), (63, "cAAA_"), (64, "cAABA"), (4096, "cABAA"), (MAX_COUPON, "c____")],
)
def test_a_coupon_stands_in_front_in_five_characters(coupon: int, front: str) -> None:
    plain = cart_of((12, 2), (7, 1))
    assert encode(plain.with_coupon(coupon)).startswith(f"{front}DtcmIBinQ")
    anatomy = cookie.dissect(encode(plain.with_coupon(coupon)), KEYS)
    assert (anatomy.coupon, anatomy.form, anatomy.packed) == (front, "D", "tcmIBinQ")
    assert anatomy.json == f"[3,28200000,{coupon},12,2,7,1]"


def test_a_cart_without_a_coupon_is_written_as_in_version_2() -> None:
    plain = cart_of((12, 2), (7, 1))
    assert encode(plain.with_coupon(5).with_coupon(0)) == encode(plain)
    assert cookie.dissect(encode(plain), KEYS).coupon == ""


def test_a_coupon_counts_towards_the_limit() -> None:
    full = cart_filling(4096 - len("cart"))
    with pytest.raises(CartTooLarge) as refused:
        encode(full.with_coupon(1))
    assert refused.value.needed_bytes == 4096 + 5
    nearly = cart_filling(4096 - len("cart") - 5)
    assert len("cart") + len(encode(nearly.with_coupon(MAX_COUPON))) == 4096


def test_a_link_carries_no_coupon() -> None:
    plain = cart_of((12, 2))
    assert cookie.encode_for_link(plain.with_coupon(7), KEYS) == encode(plain)


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param("cAAAADtcmIBinQ", id="coupon 0"),
        pytest.param("cAAAB", id="no lines"),
        pytest.param("cAA", id="cut short"),
        pytest.param("cAAABcAAABDtcmIBinQ", id="two coupons"),
        pytest.param("cAAABy", id="lines of no known form"),
        pytest.param("cAAABD", id="lines without bits"),
    ],
)
def test_anything_else_is_malformed(payload: str) -> None:
    with pytest.raises(Malformed):
        decode(cookie.sign(payload, KEYS))


@pytest.mark.parametrize("payload", ["cAAAADtcmIBinQ", "cAAAB", "cAAABcAAABDtcmIBinQ"])
def test_a_refusal_says_which_part_is_wrong(payload: str) -> None:
    with pytest.raises(Malformed, match=r"^not a coupon and a cart$"):
        cookie.is_deflated(payload)


@pytest.mark.parametrize("coupon", [0, 7])
@pytest.mark.parametrize(("cart", "is_deflated"), [(cart_of((12, 2)), False), (DEFLATED, True)])
def test_a_coupon_does_not_hide_how_the_lines_are_packed(
    cart: Cart, is_deflated: bool, coupon: int
) -> None:
    assert cookie.is_deflated(cookie.payload(cart.with_coupon(coupon))) is is_deflated


def test_an_older_reader_knows_that_it_is_a_newer_version() -> None:
    """What the code of version 2 looked at: a shape that it accepts, and a letter that it does not
    know. So it kept the cart (tests/integration/test_newer_version.py)."""
    value = encode(cart_of((12, 2)).with_coupon(7))
    assert value[0] not in "ABCDEFGHIJKLMNOPQRSTUVWXZ" + "juz"
    assert value.replace("-", "").replace("_", "").isalnum()


def test_no_altered_coupon_is_accepted() -> None:
    value = encode(cart_of((12, 2)).with_coupon(7))
    for at in range(5):
        altered = value[:at] + ("B" if value[at] != "B" else "C") + value[at + 1 :]
        with pytest.raises(CookieRefused):
            decode(altered)
