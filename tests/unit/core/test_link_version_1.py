"""Links of version 1, which are read for ever: signed text in characters of an address."""

from __future__ import annotations

import random
import string
import tracemalloc

import pytest

from shop.core import cookie
from shop.core.cart import MAX_TIME, Cart
from shop.core.cookie import EPOCH
from shop.core.errors import CookieRefused, Malformed, Tampered, UnknownVersion
from shop.core.packing import texts
from tests.unit.core.carts import KEYS, NOON, cart_of

UNRESERVED = set(string.ascii_letters + string.digits + "-._~")
"""RFC 3986, 2.3: never escaped in an address."""
ONE_LINE = cart_of((5, 2), changed_at=EPOCH)
HOSTILE = 5_000


def decode(value: str, *, now: int = NOON, max_age_seconds: int = MAX_TIME) -> Cart:
    return cookie.decode(value, KEYS, now=now, max_age_seconds=max_age_seconds)


def linked(text: str) -> str:
    return cookie.sign("u" + packed_for_link(text), KEYS)


def packed_for_link(text: str) -> str:
    """Five characters of an alphabet of twelve are a number in base 12, and three of base64url."""
    text += "," * (len(text) % 5 in (2, 4))
    packed = ""
    for at in range(0, len(text), 5):
        group = text[at : at + 5]
        number = int(group.translate(str.maketrans(",-", "ab")), 12)
        shifts = range(6 * ((0, 1, 0, 2, 0, 3)[len(group)] - 1), -1, -6)
        packed += "".join(texts.LINK_ALPHABET[number >> shift & 63] for shift in shifts)
    return packed


VALUE = linked("1,0,5,2")


def test_five_characters_of_text_are_three_of_base64url() -> None:
    # 1,0,5 is 1 10 0 10 5 in base 12, which is 38,141, or 9 19 61 in base 64; ,2, is 23 2.
    assert VALUE.startswith("uJT9XC.")
    assert decode(VALUE) == ONE_LINE


@pytest.mark.parametrize(
    ("text", "payload"),
    [
        pytest.param("1", "B", id="one character takes one"),
        pytest.param("1,", "ES", id="two are padded to three and take two"),
        pytest.param("1,0", "EI", id="three take two"),
        pytest.param("1,05", "JTG", id="four are padded to five and take three"),
        pytest.param("1,0,5", "JT9", id="five take three"),
        pytest.param("1,0,52", "JT9C", id="the sixth begins a group"),
    ],
)
def test_a_shorter_last_group_takes_no_more_characters_than_needed(text: str, payload: str) -> None:
    assert packed_for_link(text) == payload
    assert texts.unpacked_from_link(payload) == text.rstrip(",")


@pytest.mark.parametrize("at", range(len("uJT9XC")))
def test_an_altered_link_is_refused(at: int) -> None:
    for character in sorted(UNRESERVED - {VALUE[at]}):
        with pytest.raises((Malformed, Tampered)):
            decode(VALUE[:at] + character + VALUE[at + 1 :])


def test_the_signature_covers_the_form() -> None:
    for form in "jz":
        with pytest.raises(Tampered):
            decode(form + VALUE[1:])


TWO_LINES = "two lines of one product"
WRONG_QUANTITY = r"quantity -?\d+ is out of range"
NO_LIST = "not a list of integers"
NO_LINES = "a time and then two integers a line are needed"
NOT_BASE_12 = "a group outside base 12"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param(cookie.sign("u(((", KEYS), "not base64url", id="outside base64url"),
        pytest.param(cookie.sign("uJT9.", KEYS), "not base64url", id="a full stop"),
        pytest.param(cookie.sign("u___", KEYS), NOT_BASE_12, id="group outside base 12"),
        pytest.param(cookie.sign("uJT9__", KEYS), NOT_BASE_12, id="last group of 2 outside"),
        pytest.param(cookie.sign("uJT9_", KEYS), NOT_BASE_12, id="last group of 1 outside"),
        pytest.param(linked(",,,,,"), NO_LIST, id="nothing but commas"),
        pytest.param(linked("1,0,-,2"), NO_LIST, id="lone minus"),
        pytest.param(linked("1,0,05,2"), "not JSON", id="leading zero"),
        pytest.param(linked("9" * 7000), "not JSON", id="7000 digits"),
        pytest.param(linked("1"), NO_LINES, id="no time"),
        pytest.param(linked("1,0,5,0"), WRONG_QUANTITY, id="quantity 0"),
        pytest.param(linked("1,0,5,2,0,1"), TWO_LINES, id="a repeated product"),
    ],
)
def test_a_signed_link_without_a_valid_cart_is_malformed(value: str, reason: str) -> None:
    with pytest.raises(Malformed, match=f"^{reason}$"):
        decode(value)


def test_an_unknown_version_is_distinguished() -> None:
    with pytest.raises(UnknownVersion):
        decode(linked("2,0,5,2"))


def test_any_signed_link_is_a_cart_or_a_typed_refusal() -> None:
    rng = random.Random(20_260_104)
    outcomes: set[type[object]] = set()
    for _ in range(HOSTILE):
        characters = rng.choice((texts.LINK_ALPHABET, texts.PACKED_ALPHABET, "ABCJT9X"))
        payload = "".join(rng.choices(characters, k=rng.randint(1, 40)))
        if rng.random() < 0.5:
            text = ",".join(str(rng.choice((0, 1, 2, -3, 10**7))) for _ in range(5))
            payload = packed_for_link(f"1,{text}") + rng.choice(("", "", payload[:1]))
        try:
            decode(cookie.sign(f"u{payload}", KEYS))
        except CookieRefused as refusal:
            outcomes.add(type(refusal))
        else:
            outcomes.add(Cart)
    assert outcomes >= {Cart, Malformed}


def test_any_unsigned_link_is_refused() -> None:
    rng = random.Random(20_260_105)
    characters = string.printable + "é\u0661\ud800"
    for _ in range(HOSTILE):
        value = "u" + "".join(rng.choices(characters, k=rng.choice((1, 9, 30, 90))))
        if rng.random() < 0.3:
            value += "." + "".join(rng.choices(texts.LINK_ALPHABET, k=22))
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
def test_decoding_signed_garbage_takes_at_most_64_kib(value: str) -> None:
    assert peak_bytes(value) <= 64 * 1024


def peak_bytes(value: str) -> int:
    for is_measured in (False, True):  # one-off allocations do not count
        if is_measured:
            tracemalloc.start()
        with pytest.raises(CookieRefused):
            decode(value)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak
