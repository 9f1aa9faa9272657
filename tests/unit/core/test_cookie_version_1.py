"""Version 1 of the format, which is read for ever but written only by older shops."""

from __future__ import annotations

import base64
import hashlib
import hmac
import random
import tracemalloc
from collections.abc import Callable

import pytest

from shop.core import cookie
from shop.core.cart import MAX_TIME, Cart
from shop.core.cookie import EPOCH
from shop.core.errors import CookieRefused, Malformed, Tampered, UnknownVersion
from shop.core.packing import texts
from tests.unit.core.carts import KEYS, NOON, cart_filling, cart_of

MONTH = 30 * 86_400
COOKIE_OCTETS = {
    chr(octet)
    for octet in (0x21, *range(0x23, 0x2C), *range(0x2D, 0x3B), *range(0x3C, 0x5C), *range(93, 127))
}
"""RFC 6265, 4.1.1."""
AVOIDED = set("!#$%&'+<=>`|")
ONE_LINE = cart_of((5, 2), changed_at=EPOCH)
REPETITIVE = cart_of(*((number, 1) for number in range(1, 41)))


def decode(value: str, *, now: int = NOON, max_age_seconds: int = MONTH) -> Cart:
    return cookie.decode(value, KEYS, now=now, max_age_seconds=max_age_seconds)


def encode(cart: Cart) -> str:
    return cookie.encode_version_1(cart, KEYS)


def packed(text: str) -> str:
    return cookie.sign("j" + texts.packed(text), KEYS)


def deflated(text: str) -> str:
    return cookie.sign("z" + texts.deflated(text), KEYS)


def octets_as_deflated(octets: bytes) -> str:
    return cookie.sign("z" + base64.urlsafe_b64encode(octets).rstrip(b"=").decode(), KEYS)


def deflate(text: str) -> bytes:
    return base64.urlsafe_b64decode(texts.deflated(text) + "==")


# The wire format, step by step


def test_the_json_holds_version_time_and_two_integers_per_line() -> None:
    value = encode(cart_of((12, 2), (7, 1)))
    assert cookie.dissect(value, KEYS).json == "[1,28200000,12,2,-5,1]"


def test_seven_characters_of_text_pack_into_four() -> None:
    # 1,0,5,2 is 1 10 0 10 5 10 2 in base 12, which is 5,492,426, or 11 44 59 56 in base 78.
    assert encode(ONE_LINE).startswith("jBixu.")


@pytest.mark.parametrize(
    ("text", "payload"),
    [
        pytest.param("1", "1", id="one character takes one"),
        pytest.param("1,", "3e", id="two are padded to three and take two"),
        pytest.param("1,0", "3U", id="three take two"),
        pytest.param("1,02", "6J*", id="four are padded to five and take three"),
        pytest.param("1,0,5", "6K~", id="five take three"),
        pytest.param("1,0,52", "Biwk", id="six are padded to seven and take four"),
        pytest.param("1,0,5,21", "Bixu1", id="the eighth begins a group"),
    ],
)
def test_a_shorter_last_group_takes_no_more_characters_than_needed(text: str, payload: str) -> None:
    assert texts.packed(text) == payload
    assert texts.unpacked(payload) == text.rstrip(",")


def test_the_signature_is_half_an_hmac_sha_256_with_a_derived_key() -> None:
    payload, _, signature = encode(ONE_LINE).rpartition(".")
    key = hmac.digest(KEYS[0].encode(), b"crumb cart", hashlib.sha256)
    octets = hmac.digest(key, payload.encode(), hashlib.sha256)[:16]
    assert signature == base64.urlsafe_b64encode(octets).decode().rstrip("=")


@pytest.mark.parametrize(
    ("cart", "form"),
    [
        pytest.param(ONE_LINE, "j", id="packed when that is shorter"),
        pytest.param(REPETITIVE, "z", id="deflated when that is shorter"),
        pytest.param(cart_filling(3600), "j", id="packed when full of different digits"),
    ],
)
def test_the_shorter_form_is_chosen(cart: Cart, form: str) -> None:
    value = encode(cart)
    text = cookie.dissect(value, KEYS).json[1:-1]
    other = deflated(text) if form == "j" else packed(text)
    assert value[0] == cookie.dissect(value, KEYS).form == form
    assert len(value) < len(other)


def test_packed_wins_a_tie() -> None:
    text = next(
        text
        for text in ("1," + ",".join("1" * pairs) for pairs in range(1, 99))
        if len(texts.packed(text)) == len(texts.deflated(text))
    )
    assert texts.payload(text).startswith("j")


def test_the_alphabet_is_the_cookie_octets_except_the_twelve_avoided() -> None:
    assert set(texts.PACKED_ALPHABET) == COOKIE_OCTETS - AVOIDED
    assert len(texts.PACKED_ALPHABET) == len(COOKIE_OCTETS) - 12 == 78


@pytest.mark.parametrize("cart", [ONE_LINE, REPETITIVE, cart_filling(4000)])
def test_a_value_uses_only_the_alphabet(cart: Cart) -> None:
    assert set(encode(cart)) <= COOKIE_OCTETS - AVOIDED


@pytest.mark.parametrize(
    "cart",
    [
        pytest.param(ONE_LINE, id="one line"),
        pytest.param(REPETITIVE, id="deflated"),
        pytest.param(cart_of((9_999_999, 999_999), (1, 999_999)), id="the largest figures"),
        pytest.param(cart_of((1, 1), changed_at=0), id="changed in 1970"),
        pytest.param(cart_of((1, 1), changed_at=MAX_TIME), id="changed in 5138"),
        pytest.param(cart_filling(3600), id="nearly full"),
        pytest.param(
            cart_of((10, 1), *((number, 1) for number in range(11, 3081)), changed_at=EPOCH),
            id="as much text as is accepted",
        ),
    ],
)
def test_a_cart_round_trips(cart: Cart) -> None:
    assert decode(encode(cart), max_age_seconds=2 * EPOCH) == cart


def test_dissect_splits_a_value_into_its_parts() -> None:
    value = encode(ONE_LINE)
    parts = cookie.dissect(value, KEYS)
    assert f"{parts.form}{parts.packed}{parts.separator}{parts.signature}" == value
    assert (parts.packed, parts.separator, parts.document) == ("Bixu", ".", (1, 0, 5, 2))


# The signature


@pytest.mark.parametrize("at", [0, 1, 4, 6, 15, 26])
def test_a_changed_character_breaks_the_signature(at: int) -> None:
    value = encode(ONE_LINE)
    swapped = "z" if at == 0 else "A" if value[at] != "A" else "B"
    with pytest.raises(Tampered):
        decode(value[:at] + swapped + value[at + 1 :])


def test_a_cart_with_the_signature_of_another_is_tampered() -> None:
    payload = encode(ONE_LINE).rpartition(".")[0]
    signature = encode(cart_of((5, 3))).rpartition(".")[2]
    with pytest.raises(Tampered):
        decode(f"{payload}.{signature}")


# Refusals by shape, which need no valid signature

VALUE = encode(ONE_LINE)
SIGNATURE = VALUE.rpartition(".")[2]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("", id="empty"),
        pytest.param("j", id="nothing but the form"),
        pytest.param(f"j.{SIGNATURE}", id="no payload"),
        pytest.param(f".{SIGNATURE}", id="nothing but the signature"),
        pytest.param("jBixu", id="no signature"),
        pytest.param(VALUE[:-1], id="without its last character"),
        pytest.param(VALUE[1:], id="without its first character"),
        pytest.param(VALUE + "A", id="one character more"),
        pytest.param(f"k{VALUE[1:]}", id="unknown form"),
        pytest.param(f"J{VALUE[1:]}", id="form in upper case"),
        pytest.param(f'"{VALUE}"', id="quoted"),
        pytest.param(f" {VALUE}", id="space before"),
        pytest.param(f"{VALUE}\n", id="newline after"),
        pytest.param(f"{VALUE}; x=1", id="another pair after"),
        pytest.param(VALUE.replace("B", "="), id="an octet outside the alphabet"),
        pytest.param(VALUE.replace("B", "é"), id="not ASCII"),
        pytest.param(VALUE.replace("B", "１"), id="digit of another script"),
        pytest.param(VALUE.replace("B", "\ud800"), id="lone surrogate"),
        pytest.param(VALUE.replace("B", "\0"), id="NUL"),
        pytest.param(VALUE.replace("B", "\x7f"), id="delete character"),
        pytest.param(f"jBixu.{'é' * 22}", id="signature not ASCII"),
        pytest.param(f"jBixu.{'(' * 22}", id="signature outside base64url"),
        pytest.param("j" + "0" * 4297 + "." + SIGNATURE, id="one character more than a full cart"),
    ],
)
def test_a_value_without_the_shape_of_a_cart_cookie_is_malformed(value: str) -> None:
    with pytest.raises(Malformed, match=r"^not the shape of a cart cookie$|^\d+ characters long$"):
        decode(value)


def test_a_signed_value_longer_than_the_longest_link_is_malformed() -> None:
    value = cookie.sign("j" + "0" * 4297, KEYS)
    assert len(value) == cookie.MAX_VALUE_CHARACTERS + 1
    with pytest.raises(Malformed, match="4321 characters long"):
        decode(value)


# Refusals by content, all signed with the right key

TWO_LINES = "two lines of one product"
WRONG_TIME = "the time of the last change is out of range"
WRONG_NUMBER = r"cookie number -?\d+ is out of range"
WRONG_QUANTITY = r"quantity -?\d+ is out of range"
NO_LIST = "not a list of integers"
NO_LINES = "a time and then two integers a line are needed"
NOT_BASE_12 = "a group outside base 12"
NO_END = "the deflated text has no end within bounds"
NOT_DEFLATED = "not deflated text"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param(packed("1,0,05,2"), "not JSON", id="leading zero"),
        pytest.param(packed("01,0,5,2"), "not JSON", id="leading zero of the version"),
        pytest.param(packed("1,0,-05,2"), "not JSON", id="leading zero after a minus"),
        pytest.param(packed("1,0,-,2"), NO_LIST, id="lone minus"),
        pytest.param(packed("1,0,--5,2"), NO_LIST, id="two minus signs"),
        pytest.param(packed("1,0,5-2,1"), NO_LIST, id="minus within"),
        pytest.param(packed("1,0,,2"), NO_LIST, id="two commas"),
        pytest.param(packed(",1,0,5,2"), NO_LIST, id="comma first"),
        pytest.param(packed(",,,,,,,"), NO_LIST, id="nothing but commas"),
        pytest.param(deflated("1,0,5,2,"), NO_LIST, id="deflated comma last"),
        pytest.param(deflated(""), NO_LIST, id="deflated nothing"),
        pytest.param(deflated("1,0,5,2\n"), NO_LIST, id="deflated newline"),
        pytest.param(deflated('1,0,"5",2'), NO_LIST, id="deflated string"),
        pytest.param(deflated("1,0,5.0,2"), NO_LIST, id="deflated fraction"),
        pytest.param(deflated("1,0,5,1e2"), NO_LIST, id="deflated exponent"),
        pytest.param(deflated("1,0,NaN,2"), NO_LIST, id="deflated NaN"),
        pytest.param(deflated("1,0,[5],2"), NO_LIST, id="deflated list"),
        pytest.param(packed("1"), NO_LINES, id="no time"),
        pytest.param(packed("1,0,5"), NO_LINES, id="a line without a quantity"),
        pytest.param(packed("1,0,5,2,1"), NO_LINES, id="second line without a quantity"),
        pytest.param(packed("1,0,5,2,0,1"), TWO_LINES, id="duplicate line, neighbours"),
        pytest.param(packed("1,0,5,2,1,1,-1,1"), TWO_LINES, id="duplicate line, apart"),
        pytest.param(packed("1,0,5,0"), WRONG_QUANTITY, id="quantity 0"),
        pytest.param(packed("1,0,5,-1"), WRONG_QUANTITY, id="negative quantity"),
        pytest.param(packed("1,0,5,1000000"), WRONG_QUANTITY, id="quantity of a million"),
        pytest.param(packed("1,0,0,1"), WRONG_NUMBER, id="number 0"),
        pytest.param(packed("1,0,-5,1"), WRONG_NUMBER, id="negative number"),
        pytest.param(packed("1,0,10000000,1"), WRONG_NUMBER, id="number of ten million"),
        pytest.param(packed("1,0,9999999,1,1,1"), WRONG_NUMBER, id="number summed to ten million"),
        pytest.param(packed(f"1,{-EPOCH - 1},5,2"), WRONG_TIME, id="changed before 1970"),
        pytest.param(packed(f"1,{MAX_TIME - EPOCH + 1},5,2"), WRONG_TIME, id="changed after 5138"),
        pytest.param(packed("1," + "9" * 400 + ",5,2"), WRONG_TIME, id="an absurd time"),
        pytest.param(deflated("1,0,5," + "9" * 5000), "not JSON", id="quantity of 5000 digits"),
        pytest.param(deflated("1" * 5000 + ",0,5,2"), "not JSON", id="version of 5000 digits"),
        pytest.param(packed("1,0,5," + "9" * 5000), "not JSON", id="packed, of 5000 digits"),
        pytest.param(cookie.sign("j~~~~", KEYS), NOT_BASE_12, id="group outside base 12"),
        pytest.param(cookie.sign("jBixu~~~", KEYS), NOT_BASE_12, id="last group of 3 outside"),
        pytest.param(cookie.sign("jBixu~~", KEYS), NOT_BASE_12, id="last group of 2 outside"),
        pytest.param(cookie.sign("jBixuC", KEYS), NOT_BASE_12, id="last group of 1 outside"),
        pytest.param(cookie.sign("zB", KEYS), NOT_DEFLATED, id="an impossible length for base64"),
        pytest.param(cookie.sign("z(((((", KEYS), NOT_DEFLATED, id="outside base64url"),
        pytest.param(octets_as_deflated(b"\xff" * 9), NOT_DEFLATED, id="no DEFLATE block"),
        pytest.param(octets_as_deflated(deflate("1,0,5,2")[:-1]), NO_END, id="truncated"),
        pytest.param(octets_as_deflated(deflate("1,0,5,2") + b"!"), NO_END, id="trailing garbage"),
        pytest.param(deflated("1" * 16_385), NO_END, id="one character over the bound"),
        pytest.param(deflated("1," * 10**6 + "1"), NO_END, id="two megabytes of text"),
    ],
)
def test_a_signed_value_without_a_valid_cart_is_malformed(value: str, reason: str) -> None:
    with pytest.raises(Malformed, match=f"^{reason}$"):
        decode(value)


@pytest.mark.parametrize("version", [0, -1, 2, 10**100])
def test_an_unknown_version_is_distinguished(version: int) -> None:
    with pytest.raises(UnknownVersion) as refused:
        decode(packed(f"{version},0,5"))
    assert refused.value.version == version


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda value: value[:-1], id="malformed"),
        pytest.param(lambda value: f"{value[:-2]}xx", id="tampered"),
        pytest.param(lambda _: packed("2,0,5,2"), id="unknown version"),
        pytest.param(lambda _: packed("1,0,5,0"), id="line out of range"),
    ],
)
def test_a_refusal_never_contains_the_value(change: Callable[[str], str]) -> None:
    value = change(VALUE)
    with pytest.raises(CookieRefused) as refused:
        decode(value)
    assert refused.value.reason
    assert value not in refused.value.reason


# Memory


def _peak_bytes(value: str) -> int:
    tracemalloc.start()
    try:
        decode(value)
    except CookieRefused:
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    raise AssertionError("this value was to be refused")


def _unsigned(value: str) -> str:
    return f"{value[:-22]}{'A' * 22}"


BOMB = deflated("".join(random.Random(3).choices("01", k=9000)) + "1" * 10**6)
"""A little over one megabyte of text in a cookie of almost full length."""


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("j" * 10**6, id="a million characters"),
        pytest.param("j" + "." * 4095, id="nothing but full stops"),
        pytest.param("é" * 4096, id="not ASCII"),
        pytest.param("j" + "0" * 4072 + "." + SIGNATURE, id="full length"),
        pytest.param(_unsigned(packed("9," * 3500)), id="many numbers"),
        pytest.param(_unsigned(BOMB), id="a bomb"),
    ],
)
def test_decoding_unsigned_input_takes_at_most_64_kib(value: str) -> None:
    _peak_bytes(value)  # one-off allocations, such as compiled patterns, do not count
    assert _peak_bytes(value) <= 64 * 1024


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(BOMB, id="a bomb"),
        pytest.param(deflated("1," * 10**6), id="a bomb of many numbers"),
        pytest.param(packed("9" * 7000), id="7000 digits"),
        pytest.param(cookie.sign("j" + "~" * 4072, KEYS), id="outside base 12"),
        pytest.param(octets_as_deflated(b"\xff" * 3000), id="no DEFLATE block"),
    ],
)
def test_decoding_signed_garbage_takes_at_most_64_kib(value: str) -> None:
    # tracemalloc sees zlib too: a window of 32 KiB and 7 KiB of state, plus 12 KiB of text
    assert 1000 < len(value) <= 4096
    _peak_bytes(value)
    assert _peak_bytes(value) <= 64 * 1024
