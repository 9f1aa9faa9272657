"""Version 2 of the format, step by step; limit, signature, refusals, and lifetime of a cart."""

from __future__ import annotations

import base64
import hashlib
import hmac
import shlex
import string
import tracemalloc
import zlib
from collections.abc import Callable
from http.cookies import SimpleCookie
from urllib.parse import quote

import pytest
from itsdangerous import Signer, URLSafeSerializer, URLSafeTimedSerializer

from shop.core import cookie
from shop.core.cart import MAX_TIME, Cart
from shop.core.cookie import EPOCH, SIGNATURE_CHARACTERS, Expired
from shop.core.errors import CartTooLarge, CookieRefused, Malformed, Tampered, UnknownVersion
from shop.core.packing import integers
from tests.unit.core.carts import KEYS, NOON, cart_filling, cart_of

MONTH = 30 * 86_400
PLAIN = set(string.ascii_letters + string.digits + "-_")
ONE_LINE = cart_of((5, 2), changed_at=EPOCH)
NEIGHBOURS = cart_of(*((number, 1) for number in range(1, 301)))


def decode(value: str, *, now: int = NOON, max_age_seconds: int = MONTH) -> Cart:
    return cookie.decode(value, KEYS, now=now, max_age_seconds=max_age_seconds)


def encode(cart: Cart) -> str:
    return cookie.encode(cart, KEYS, name="cart")


def signed_bits(letter: str, bits: str) -> str:
    """A value of these bits; the last character is padded with zeros."""
    text = bits.replace(" ", "")
    text += "0" * (-len(text) % 6)
    sixes = (text[at : at + 6] for at in range(0, len(text), 6))
    return cookie.sign(letter + "".join(integers.ALPHABET[int(six, 2)] for six in sixes), KEYS)


def deflated(octets: bytes) -> str:
    packed = base64.urlsafe_b64encode(zlib.compress(octets, 9, wbits=-15)).rstrip(b"=")
    return cookie.sign(f"Z{packed.decode()}", KEYS)


# The format, step by step

TIME = "1 000000000000000000000000000"
"""The start of 2026: 27 bits of zero."""


@pytest.mark.parametrize(
    ("letter", "bits", "lines"),
    [
        pytest.param("C", "0 101 0 101", [(5, 2)], id="as it is, another quantity"),
        pytest.param("A", "0 1 1", [(1, 1)], id="one bit, the quantity 1 of before"),
        pytest.param("D", "0 1000 1 1 100 1", [(8, 1), (9, 1)], id="the next number"),
        pytest.param("D", "0 1000 1 1 101 1", [(8, 1), (7, 1)], id="the number before"),
        pytest.param("D", "0 1000 1 1 110 1", [(8, 1), (10, 1)], id="two further"),
        pytest.param("D", "0 1000 1 1 111 1", [(8, 1), (6, 1)], id="two before"),
        pytest.param("I", "0 100000000 1 1 01000 1", [(256, 1), (259, 1)], id="three further"),
        pytest.param("I", "0 100000000 1 0 000000001 1", [(256, 1), (1, 1)], id="far away"),
        pytest.param("C", "0 101 0 01000 0 110 1", [(5, 5), (6, 5)], id="the same quantity"),
        pytest.param("K", "0 10000000000 0 0010111", [(1024, 20)], id="an X at the end"),
    ],
)
def test_the_bits_of_lines(letter: str, bits: str, lines: list[tuple[int, int]]) -> None:
    cart = cart_of(*lines, changed_at=EPOCH)
    assert encode(cart) == signed_bits(letter, TIME + bits)
    assert decode(encode(cart), max_age_seconds=NOON) == cart


@pytest.mark.parametrize(
    ("seconds", "bits"),
    [
        pytest.param(0, "1" + f"{0:027b}", id="the epoch"),
        pytest.param(1, "1" + f"{2:027b}", id="a second after"),
        pytest.param(-1, "1" + f"{1:027b}", id="a second before"),
        pytest.param(2**26 - 1, "1" + f"{2**27 - 2:027b}", id="the last of 28 bits, in 2028"),
        pytest.param(2**26, "01" + f"{0:028b}", id="the first of 30 bits"),
    ],
)
def test_the_bits_of_the_time(seconds: int, bits: str) -> None:
    cart = cart_of((1, 1), changed_at=EPOCH + seconds)
    assert encode(cart) == signed_bits("A", f"{bits} 0 1 1")
    assert decode(encode(cart), max_age_seconds=NOON) == cart
    assert cookie.dissect(encode(cart), KEYS).json == f"[2,{seconds},1,1]"


def test_the_example_in_the_essay_is_correct() -> None:
    value = encode(cart_of((12, 2), (7, 1)))
    assert cookie.__doc__
    assert f"`cart={value[:-SIGNATURE_CHARACTERS]}` + signature" in cookie.__doc__
    assert cookie.dissect(value, KEYS).json == "[2,28200000,12,2,7,1]"


def test_the_signature_is_half_an_hmac_sha_256_with_a_derived_key() -> None:
    value = encode(ONE_LINE)
    payload, signature = value[:-SIGNATURE_CHARACTERS], value[-SIGNATURE_CHARACTERS:]
    key = hmac.digest(KEYS[0].encode(), b"crumb cart", hashlib.sha256)
    octets = hmac.digest(key, payload.encode(), hashlib.sha256)[:16]
    assert signature == base64.urlsafe_b64encode(octets).decode().rstrip("=")


def test_neighbouring_numbers_are_deflated_if_that_is_shorter() -> None:
    value = encode(NEIGHBOURS)
    assert value[0] == cookie.dissect(value, KEYS).form == "Z"
    assert len(value) <= 51
    assert decode(value) == NEIGHBOURS


def test_packed_wins_a_tie() -> None:
    for lines in range(60, 300):
        cart = cart_of(*((number, 1 + number % 5) for number in range(1, lines)))
        width = max(line.number for line in cart.lines).bit_length()
        if cookie.payload(cart)[0] == integers.WIDTHS[width - 1]:
            continue
        assert cookie.payload(cart)[0] == "Z"
        return
    raise AssertionError("nothing was deflated")


@pytest.mark.parametrize("cart", [ONE_LINE, NEIGHBOURS, cart_filling(4000)])
def test_a_value_needs_no_quotes_anywhere(cart: Cart) -> None:
    value = encode(cart)
    assert set(value) <= PLAIN
    assert SimpleCookie({"cart": value}).output() == f"Set-Cookie: cart={value}"
    assert shlex.quote(value) == quote(value) == value


@pytest.mark.parametrize(
    "cart",
    [
        pytest.param(ONE_LINE, id="one line"),
        pytest.param(NEIGHBOURS, id="deflated"),
        pytest.param(cart_of((9_999_999, 999_999), (1, 999_999)), id="the largest figures"),
        pytest.param(cart_of((1, 1), (9_999_999, 1), (2, 999_999)), id="the longest steps"),
        pytest.param(cart_of((1, 1), changed_at=0), id="changed in 1970"),
        pytest.param(cart_of((1, 1), changed_at=MAX_TIME), id="changed in 5138"),
        pytest.param(cart_filling(4092), id="full to the last byte"),
        pytest.param(cart_of(*((n, 1) for n in range(1, 4866))), id="as much as is inflated"),
    ],
)
def test_a_cart_round_trips(cart: Cart) -> None:
    assert decode(encode(cart), max_age_seconds=2 * EPOCH) == cart


def test_dissect_splits_a_value_into_its_parts() -> None:
    value = encode(ONE_LINE)
    parts = cookie.dissect(value, KEYS)
    assert f"{parts.form}{parts.packed}{parts.separator}{parts.signature}" == value
    assert (parts.form, parts.separator, parts.document) == ("C", "", (2, 0, 5, 2))


# The limit


@pytest.mark.parametrize("name", [cookie.NAME, cookie.SECURE_NAME])
def test_a_cart_of_exactly_the_limit_is_kept(name: str) -> None:
    cart = cart_filling(4096 - len(name))
    assert len(f"{name}{cookie.encode(cart, KEYS, name=name)}") == 4096


@pytest.mark.parametrize("name", [cookie.NAME, cookie.SECURE_NAME])
def test_a_cart_one_byte_over_the_limit_is_refused_with_the_figures(name: str) -> None:
    with pytest.raises(CartTooLarge) as refused:
        cookie.encode(cart_filling(4097 - len(name)), KEYS, name=name)
    assert (refused.value.needed_bytes, refused.value.limit_bytes) == (4097, 4096)


def test_a_smaller_limit_holds_to_the_byte() -> None:
    cart = cart_filling(996)
    assert len(cookie.encode(cart, KEYS, name="cart", limit_bytes=1000)) == 996
    with pytest.raises(CartTooLarge) as refused:
        cookie.encode(cart, KEYS, name="cart", limit_bytes=999)
    assert (refused.value.needed_bytes, refused.value.limit_bytes) == (1000, 999)


def test_a_cart_with_more_text_than_is_inflated_is_too_large() -> None:
    with pytest.raises(CartTooLarge):
        encode(cart_of(*((number, 1) for number in range(1, 4901))))


@pytest.mark.parametrize("limit_bytes", [0, -1, 4097])
def test_an_impossible_limit_is_an_error(limit_bytes: int) -> None:
    with pytest.raises(ValueError, match=r"^a limit is between 1 and 4096 bytes$"):
        cookie.encode(ONE_LINE, KEYS, name="cart", limit_bytes=limit_bytes)


def test_the_smallest_limit_is_one_byte() -> None:
    with pytest.raises(CartTooLarge):
        cookie.encode(ONE_LINE, KEYS, name="cart", limit_bytes=1)


def test_an_empty_cart_has_no_cookie_and_no_link() -> None:
    with pytest.raises(ValueError, match=r"^an empty cart has no cookie$"):
        encode(Cart())
    with pytest.raises(ValueError, match=r"^an empty cart has no link$"):
        cookie.encode_for_link(Cart(), KEYS)


def test_a_link_is_the_same_value_of_any_length() -> None:
    assert cookie.encode_for_link(ONE_LINE, KEYS) == encode(ONE_LINE)
    long = cart_filling(4320)
    assert decode(cookie.encode_for_link(long, KEYS)) == long


# The signature


@pytest.mark.parametrize("salt", ["form", "crumb form"])
def test_a_payload_signed_for_another_purpose_is_tampered(salt: str) -> None:
    signer = Signer(
        KEYS[0],
        salt=salt,
        key_derivation="hmac",
        digest_method=hashlib.sha256,
        algorithm=cookie._Hmac128(),
    )
    payload = encode(ONE_LINE)[:-SIGNATURE_CHARACTERS]
    with pytest.raises(Tampered, match=r"^no accepted key signed this as a cart$"):
        decode(f"{payload}{signer.get_signature(payload).decode()}")


@pytest.mark.parametrize(
    "serializer",
    [
        pytest.param(URLSafeTimedSerializer(KEYS[0], salt="wtf-csrf-token"), id="with a timestamp"),
        pytest.param(
            URLSafeSerializer(KEYS[0], salt=cookie.PURPOSE), id="without a timestamp, same purpose"
        ),
    ],
)
def test_other_tokens_of_the_shop_are_refused(
    serializer: URLSafeSerializer | URLSafeTimedSerializer,
) -> None:
    token = str(serializer.dumps([2, 28_200_000, 5, 2]))
    for value in (token, f"C{token}", token, f"C{token.replace('.', '')}"):
        with pytest.raises((Malformed, Tampered)):
            decode(value)


def test_the_first_key_signs_and_every_key_is_accepted() -> None:
    old = cookie.encode(ONE_LINE, ["old"], name="cart")
    new = cookie.encode(ONE_LINE, ["new", "old"], name="cart")
    assert new == cookie.encode(ONE_LINE, ["new"], name="cart") != old
    for value in (old, new):
        assert cookie.decode(value, ["new", "old"], now=EPOCH, max_age_seconds=1) == ONE_LINE


@pytest.mark.parametrize("keys", [["new"], [""], ["OLD"]])
def test_a_removed_key_is_not_accepted(keys: list[str]) -> None:
    value = cookie.encode(ONE_LINE, ["old"], name="cart")
    with pytest.raises(Tampered):
        cookie.decode(value, keys, now=EPOCH, max_age_seconds=1)


def test_a_changed_character_breaks_the_signature() -> None:
    value = encode(ONE_LINE)
    for at in range(len(value) - 1):  # the last character has two bits to spare
        with pytest.raises(Tampered):
            decode(value[:at] + ("A" if value[at] != "A" else "B") + value[at + 1 :])


def test_a_cart_with_the_signature_of_another_is_tampered() -> None:
    one, other = encode(ONE_LINE), encode(cart_of((5, 3), changed_at=EPOCH))
    with pytest.raises(Tampered):
        decode(one[:-SIGNATURE_CHARACTERS] + other[-SIGNATURE_CHARACTERS:])


# Refusals by shape, which need no valid signature

VALUE = encode(ONE_LINE)
SIGNATURE = VALUE[-SIGNATURE_CHARACTERS:]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("", id="empty"),
        pytest.param("C", id="nothing but the letter"),
        pytest.param(SIGNATURE, id="nothing but the signature"),
        pytest.param(f"C{SIGNATURE}", id="no payload"),
        pytest.param(f"C.{SIGNATURE}", id="a dot for a payload"),
        pytest.param(f'"{VALUE}"', id="quoted"),
        pytest.param(f" {VALUE}", id="space before"),
        pytest.param(f"{VALUE}\n", id="newline after"),
        pytest.param(f"{VALUE}; x=1", id="another pair after"),
        pytest.param(f"-{VALUE[1:]}", id="no letter"),
        pytest.param(f"{VALUE[:3]}={VALUE[4:]}", id="an octet outside the alphabet"),
        pytest.param(f"{VALUE[:3]}.{VALUE[4:]}", id="a dot"),
        pytest.param(f"{VALUE[:3]}é{VALUE[4:]}", id="not ASCII"),
        pytest.param(f"{VALUE[:3]}１{VALUE[4:]}", id="digit of another script"),
        pytest.param(f"{VALUE[:3]}\ud800{VALUE[4:]}", id="lone surrogate"),
        pytest.param(f"{VALUE[:3]}\0{VALUE[4:]}", id="NUL"),
        pytest.param(f"{VALUE[:-22]}{'é' * 22}", id="signature not ASCII"),
        pytest.param("C" + "0" * 4320, id="too long"),
    ],
)
def test_a_value_without_the_shape_of_a_cart_cookie_is_malformed(value: str) -> None:
    with pytest.raises(Malformed, match=r"^not the shape of a cart cookie$|^\d+ characters long$"):
        decode(value)


# Refusals by content, all signed with the right key

LINE = "0 101 1"
NO_PAIRS = "not a time and pairs of integers"
TWO_LINES = "two lines of one product"
WRONG_TIME = "the time of the last change is out of range"
WRONG_NUMBER = r"cookie number -?\d+ is out of range"
WRONG_QUANTITY = r"quantity -?\d+ is out of range"
UNKNOWN_WIDTH = "an unknown width"
NO_END = "what is deflated has no end within bounds"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param(cookie.sign("CAAAA", KEYS), NO_PAIRS, id="nothing but zeros"),
        pytest.param(signed_bits("C", TIME), NO_PAIRS, id="no line"),
        pytest.param(signed_bits("C", TIME + "0 101"), NO_PAIRS, id="no quantity"),
        pytest.param(signed_bits("C", TIME + LINE + "1"), NO_PAIRS, id="a trailing bit"),
        pytest.param(
            signed_bits("C", TIME + LINE + "0" * 7 + "1"), NO_PAIRS, id="a bit far behind"
        ),
        pytest.param(
            signed_bits("C", "0" * 12 + "1" + "0" * 39 + LINE), WRONG_TIME, id="a time beyond any"
        ),
        pytest.param(
            signed_bits("C", f"{TIME}{LINE} 0 101 0 {'0' * 30} {LINE}"),
            NO_PAIRS,
            id="bits of no line between two",
        ),
        pytest.param(signed_bits("C", TIME + LINE * 2), TWO_LINES, id="a product twice"),
        pytest.param(signed_bits("C", TIME + "0 000 1"), WRONG_NUMBER, id="number 0"),
        pytest.param(signed_bits("C", TIME + "1 101 1"), WRONG_NUMBER, id="negative number"),
        pytest.param(signed_bits("X", TIME + f"0 {10**7:024b} 1"), WRONG_NUMBER, id="ten million"),
        pytest.param(
            signed_bits("C", TIME + f"0 101 0 {'0' * 17}{10**6 - 1 + 4:b}"),
            WRONG_QUANTITY,
            id="quantity of a million",
        ),
        pytest.param(
            signed_bits("A", f"{'0' * 11}1{'1' * 38} 0 1 1"), WRONG_TIME, id="changed after 5138"
        ),
        pytest.param(cookie.sign("CAAAAA", KEYS), NO_PAIRS, id="too short for a time"),
        pytest.param(cookie.sign("ZB", KEYS), NO_END, id="a DEFLATE block without an end"),
        pytest.param(deflated(b""), NO_END, id="deflated nothing"),
        pytest.param(deflated(b"Y\0"), UNKNOWN_WIDTH, id="deflated with an unknown letter"),
        pytest.param(deflated(b"Z\0"), UNKNOWN_WIDTH, id="deflated twice"),
        pytest.param(deflated(b"C"), NO_PAIRS, id="deflated without bits"),
        pytest.param(deflated(b"C" + b"\x99" * 3046), NO_END, id="one octet over the bound"),
        pytest.param(deflated(b"C" * 10**6), NO_END, id="a megabyte"),
    ],
)
def test_a_signed_value_without_a_valid_cart_is_malformed(value: str, reason: str) -> None:
    with pytest.raises(Malformed, match=f"^{reason}$"):
        decode(value)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        pytest.param("CAAA(", "not base64url", id="outside base64url"),
        pytest.param("CAAAé", "not base64url", id="not ASCII"),
        pytest.param("Z____", "not deflated", id="no DEFLATE block"),
    ],
)
def test_a_payload_that_cannot_be_unpacked_is_malformed(payload: str, reason: str) -> None:
    with pytest.raises(Malformed, match=f"^{reason}$"):
        integers.unpacked(payload)


@pytest.mark.parametrize("letter", ["Y", "a", "k", "9"])
def test_an_unknown_version_is_distinguished(letter: str) -> None:
    with pytest.raises(UnknownVersion) as refused:
        decode(cookie.sign(f"{letter}AAAA", KEYS))
    assert refused.value.version == letter


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda value: f"{value}.", id="malformed"),
        pytest.param(lambda value: f"{value[:-2]}xx", id="tampered"),
        pytest.param(lambda _: cookie.sign("yAAAA", KEYS), id="unknown version"),
        pytest.param(lambda _: signed_bits("C", TIME + "1 101 1"), id="line out of range"),
    ],
)
def test_a_refusal_never_contains_the_value(change: Callable[[str], str]) -> None:
    value = change(VALUE)
    with pytest.raises(CookieRefused) as refused:
        decode(value)
    assert refused.value.reason
    assert value not in refused.value.reason


# The lifetime of a cart


@pytest.mark.parametrize(
    ("now", "max_age_seconds"),
    [
        pytest.param(NOON + MONTH, MONTH, id="in the last second"),
        pytest.param(NOON, 0, id="no lifetime, same second"),
        pytest.param(NOON - 1, MONTH, id="from one second ahead"),
        pytest.param(0, 0, id="from the far future, no lifetime"),
    ],
)
def test_a_cart_lives_until_its_last_second(now: int, max_age_seconds: int) -> None:
    cart = cart_of((5, 2))
    assert decode(encode(cart), now=now, max_age_seconds=max_age_seconds) == cart


@pytest.mark.parametrize(
    ("now", "max_age_seconds", "age_seconds"),
    [
        pytest.param(NOON + MONTH + 1, MONTH, MONTH + 1, id="one second late"),
        pytest.param(NOON + 1, 0, 1, id="no lifetime, one second late"),
        pytest.param(MAX_TIME, MONTH, MAX_TIME - NOON, id="three thousand years late"),
    ],
)
def test_an_expired_cart_is_raised_with_its_age(
    now: int, max_age_seconds: int, age_seconds: int
) -> None:
    cart = cart_of((5, 2), (7, 1))
    with pytest.raises(Expired) as refused:
        decode(encode(cart), now=now, max_age_seconds=max_age_seconds)
    assert (refused.value.cart, refused.value.age_seconds) == (cart, age_seconds)
    assert refused.value.reason == f"{age_seconds} seconds old"


def test_a_cart_that_was_read_before_expires_and_needs_its_key() -> None:
    cart = cart_of((5, 2))
    value = encode(cart)
    for _ in range(2):
        assert decode(value, now=NOON + 60, max_age_seconds=60) == cart
        with pytest.raises(Expired):
            decode(value, now=NOON + 61, max_age_seconds=60)
        with pytest.raises(Tampered):
            cookie.decode(value, ["another"], now=NOON, max_age_seconds=60)


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


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("C" * 10**6, id="a million characters"),
        pytest.param("C" * 4320, id="full length, unsigned"),
        pytest.param("é" * 4096, id="not ASCII"),
        pytest.param(deflated(b"C" * 10**6), id="a bomb under our own signature"),
    ],
)
def test_refusing_a_value_takes_at_most_96_kib(value: str) -> None:
    _peak_bytes(value)  # one-off allocations, such as compiled patterns, do not count
    assert _peak_bytes(value) <= 96 * 1024


def test_what_is_kept_for_speed_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    cart = cart_of(*((100 * number, number) for number in range(1, 30)))
    kept = integers._Pairs((29 * 100).bit_length())
    monkeypatch.setattr(integers, "_pairs_of", lambda _: kept)
    monkeypatch.setattr(integers, "MOST_KEPT", 3)
    value = encode(cart)
    for _ in range(2):
        assert decode(value) == cart
    assert len(kept) == 3


def test_the_values_that_are_remembered_are_bounded() -> None:
    for number in range(1, cookie.MOST_REMEMBERED + 10):
        decode(encode(cart_of((number, 1))))
    assert cookie._remembered.cache_info().currsize == cookie.MOST_REMEMBERED


def test_a_long_value_is_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    value = encode(cart_of((5, 2)))
    for longest, count in ((len(value) - 1, 0), (len(value), 1)):
        cookie._remembered.cache_clear()
        monkeypatch.setattr(cookie, "LONGEST_REMEMBERED", longest)
        decode(value)
        assert cookie._remembered.cache_info().currsize == count
