"""The cart in a link: the same signed text, in characters that an address takes as they are."""

from __future__ import annotations

import random
import string
import tracemalloc

import pytest

from shop.core import cookie, packing
from shop.core.cart import MAX_TIME, Cart
from shop.core.cookie import EPOCH, Expired
from shop.core.errors import CookieRefused, Malformed, Tampered, UnknownVersion
from tests.unit.core.carts import KEYS, NOON, cart_filling, cart_of

UNRESERVED = set(string.ascii_letters + string.digits + "-._~")
"""RFC 3986, 2.3: never escaped in an address."""
ONE_LINE = cart_of((5, 2), changed_at=EPOCH)
REPETITIVE = cart_of(*((number, 1) for number in range(1, 41)))
HOSTILE = 5_000
MONTH = 30 * 86_400


def decode(value: str, *, now: int = NOON, max_age_seconds: int = MAX_TIME) -> Cart:
    return cookie.decode(value, KEYS, now=now, max_age_seconds=max_age_seconds)


def linked(text: str) -> str:
    return cookie.sign("u" + packing.packed_for_link(text), KEYS)


def test_five_characters_of_text_are_three_of_base64url() -> None:
    # 1,0,5 is 1 10 0 10 5 in base 12, which is 38,141, or 9 19 61 in base 64; ,2, is 23 2.
    assert cookie.encode_for_link(ONE_LINE, KEYS).startswith("uJT9XC.")


@pytest.mark.parametrize(
    ("text", "payload"),
    [
        pytest.param("1", "B", id="one character takes one"),
        pytest.param("1,", "ES", id="two are filled up to three and take two"),
        pytest.param("1,0", "EI", id="three take two"),
        pytest.param("1,05", "JTG", id="four are filled up to five and take three"),
        pytest.param("1,0,5", "JT9", id="five take three"),
        pytest.param("1,0,52", "JT9C", id="the sixth begins a group"),
    ],
)
def test_a_shorter_last_group_takes_as_many_characters_as_it_needs(text: str, payload: str) -> None:
    assert packing.packed_for_link(text) == payload
    assert packing.unpacked_from_link(payload) == text.rstrip(",")


@pytest.mark.parametrize(
    ("cart", "form"),
    [
        pytest.param(ONE_LINE, "u", id="packed when that is shorter"),
        pytest.param(REPETITIVE, "z", id="deflated when that is shorter"),
        pytest.param(cart_filling(4092), "u", id="a full cart"),
        pytest.param(cart_of((9_999_999, 999_999), (1, 1)), "u", id="the largest, then the least"),
    ],
)
def test_a_link_is_the_cart_in_characters_of_an_address(cart: Cart, form: str) -> None:
    value = cookie.encode_for_link(cart, KEYS)
    assert value[0] == form
    assert set(value) <= UNRESERVED
    assert decode(value) == cart
    assert len(value) <= cookie.MAX_VALUE_CHARACTERS


@pytest.mark.parametrize("value_bytes", [60, 61, 62, 63, 64, 100, 1000, 4092])
def test_a_link_is_at_most_a_twentieth_longer_than_the_cookie(value_bytes: int) -> None:
    cart = cart_filling(value_bytes)
    value = cookie.encode(cart, KEYS, name="cart")
    assert value[0] == "j"
    assert len(cookie.encode_for_link(cart, KEYS)) <= len(value) * 1.05 + 4


def test_an_empty_cart_has_no_link() -> None:
    with pytest.raises(ValueError, match="an empty cart has no link"):
        cookie.encode_for_link(Cart(), KEYS)


def test_a_link_is_signed_with_the_first_key_and_read_with_any() -> None:
    old = cookie.encode_for_link(ONE_LINE, ["old"])
    assert cookie.decode(old, ["new", "old"], now=0, max_age_seconds=0) == ONE_LINE
    assert cookie.encode_for_link(ONE_LINE, ["new", "old"]) == cookie.encode_for_link(
        ONE_LINE, ["new"]
    )


def test_a_link_expires_as_its_cart_does() -> None:
    value = cookie.encode_for_link(cart_of((5, 2)), KEYS)
    assert decode(value, now=NOON + MONTH, max_age_seconds=MONTH) == cart_of((5, 2))
    with pytest.raises(Expired):
        decode(value, now=NOON + MONTH + 1, max_age_seconds=MONTH)


@pytest.mark.parametrize("at", range(len("uJT9XC")))
def test_an_altered_link_is_refused(at: int) -> None:
    value = cookie.encode_for_link(ONE_LINE, KEYS)
    for sign in sorted(UNRESERVED - {value[at]}):
        with pytest.raises((Malformed, Tampered)):
            decode(value[:at] + sign + value[at + 1 :])


def test_the_form_is_signed_too() -> None:
    value = cookie.encode_for_link(ONE_LINE, KEYS)
    for form in "jz":
        with pytest.raises(Tampered):
            decode(form + value[1:])


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param(cookie.sign("u(((", KEYS), "not base64url", id="outside base64url"),
        pytest.param(cookie.sign("uJT9.", KEYS), "not base64url", id="a point"),
        pytest.param(cookie.sign("u___", KEYS), "base 12", id="group outside base 12"),
        pytest.param(cookie.sign("uJT9__", KEYS), "base 12", id="last group of 2 outside"),
        pytest.param(cookie.sign("uJT9_", KEYS), "base 12", id="last group of 1 outside"),
        pytest.param(linked(",,,,,"), "not a list", id="nothing but commas"),
        pytest.param(linked("1,0,-,2"), "not a list", id="lone minus"),
        pytest.param(linked("1,0,05,2"), "not JSON", id="leading zero"),
        pytest.param(linked("9" * 7000), "not JSON", id="7000 digits"),
        pytest.param(linked("1"), "two integers", id="no time"),
        pytest.param(linked("1,0,5,0"), "quantity", id="quantity 0"),
        pytest.param(linked("1,0,5,2,0,1"), "two lines", id="a product twice"),
    ],
)
def test_a_signed_link_that_holds_no_cart_is_malformed(value: str, reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        decode(value)


def test_a_version_of_another_day_is_told_apart() -> None:
    with pytest.raises(UnknownVersion):
        decode(linked("2,0,5,2"))


def test_whatever_is_signed_as_a_link_is_a_cart_or_refused_by_type() -> None:
    chance = random.Random(20_260_104)
    outcomes: set[type[object]] = set()
    for _ in range(HOSTILE):
        signs = chance.choice((packing.LINK_ALPHABET, packing.PACKED_ALPHABET, "ABCJT9X"))
        payload = "".join(chance.choices(signs, k=chance.randint(1, 40)))
        if chance.random() < 0.5:
            text = ",".join(str(chance.choice((0, 1, 2, -3, 10**7))) for _ in range(5))
            payload = packing.packed_for_link(f"1,{text}") + chance.choice(("", "", payload[:1]))
        try:
            decode(cookie.sign(f"u{payload}", KEYS))
        except CookieRefused as refusal:
            outcomes.add(type(refusal))
        else:
            outcomes.add(Cart)
    assert outcomes >= {Cart, Malformed}


def test_whatever_is_not_signed_is_refused() -> None:
    chance = random.Random(20_260_105)
    signs = string.printable + "é\u0661\ud800"
    for _ in range(HOSTILE):
        value = "u" + "".join(chance.choices(signs, k=chance.choice((1, 9, 30, 90))))
        if chance.random() < 0.3:
            value += "." + "".join(chance.choices(packing.LINK_ALPHABET, k=22))
        with pytest.raises((Malformed, Tampered)):
            decode(value)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(linked("9" * 7000), id="7000 digits"),
        pytest.param(linked("-" * 7000), id="7000 dashes"),
        pytest.param(cookie.sign("u" + "_" * 4200, KEYS), id="outside base 12"),
    ],
)
def test_rubbish_under_our_own_signature_takes_at_most_64_kib(value: str) -> None:
    assert peak_bytes(value) <= 64 * 1024


def peak_bytes(value: str) -> int:
    for is_measured in (False, True):  # what is made once is not the input's
        if is_measured:
            tracemalloc.start()
        with pytest.raises(CookieRefused):
            decode(value)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak
