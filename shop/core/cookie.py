"""The cart as a cookie: JSON, packed, signed, never over the limit.

A cart of two lines travels as `cart=DtcmIBinQ` + signature, and is read from the inside out:

1.  JSON      [2,28200000,12,2,7,1]
    format version, seconds since EPOCH at the last change, then two integers a line, in
    the order they were added: the product's cookie number and the quantity. No names, no
    prices.
2.  bits      the same integers: the time, then for each line the number, as the difference to
    the line before or, when that takes fewer bits, as it is; then one bit when the
    quantity is that of the line before, or the quantity.
3.  payload   a letter + six bits to a character of base64url
    A to X say how many bits the largest number has, 1 to 24. Z: letter and bits are
    deflated (RFC 1951), where that is shorter.
4.  value     payload + 22 characters of base64url: HMAC-SHA-256 over the payload, cut to 128
    bits (RFC 4868 does the same), by itsdangerous, under a key derived from the secret
    and the PURPOSE, so that no other token of the shop passes for a cart.

Letters, digits, - and _ need no quotes in cookies, addresses, shells, HTML and http.cookies,
and so the same value is the cart's link. docs/adr/0010-cookie-format-2.md defines the bits.

A cart with a coupon is version 3, [3,28200000,9,12,2,7,1]: `c`, the coupon's number in four
characters, then the payload of version 2. Without a coupon, version 2 is written as ever
(docs/adr/0022-coupons.md).

Version 1 (docs/adr/0001-cookie-format.md) is read for ever: its payloads begin with j, u or z,
and a dot stands before the signature. Any change of a cart writes version 2 or 3.

Limit: name + value at most 4096 octets; attributes are not counted (RFC 6265bis 5.6, 5.7;
Chromium kMaxCookieNamePlusValueSize). A longer cart is refused, never cut or split.
Deliberately absent: encryption (a cart is no secret), a session, chunks, a price.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate, chain

from itsdangerous import Signer
from itsdangerous.signer import SigningAlgorithm

from shop.core.cart import Cart, Line
from shop.core.errors import CartTooLarge, CookieRefused, Malformed, Tampered, UnknownVersion
from shop.core.packing import integers, texts

NAME = "cart"
SECURE_NAME = "__Host-cart"
BROWSER_LIMIT_BYTES = 4096
FORMAT_VERSION = 3
"""The newest. A cart without a coupon is in the version before it."""
COUPON = "c"
"""The first letter of a cart with a coupon."""
COUPON_CHARACTERS = 4
"""Of the coupon's number, 1 to MAX_COUPON. With its letter it costs five octets, whatever it is."""
EPOCH = 1_767_225_600
"""1 January 2026, 00:00 UTC, in Unix time: a year's fewer bits than counting from 1970."""
PURPOSE = "crumb cart"
SIGNATURE_CHARACTERS = 22
MAX_VALUE_CHARACTERS = 4320
"""The longest value that is read: a full cart as a link of version 1, whose packing was longer."""
MOST_REMEMBERED, LONGEST_REMEMBERED = 1_024, 512
"""How many values are remembered with their carts, and the characters of the longest such value:
13.5 MB at most, by tracemalloc, for carts of 127 lines at random."""
Keys = Sequence[str]
"""Secrets: the first signs, all are accepted. A key is rotated by putting a new one first."""

_SHAPE = re.compile(
    rf"(?:[juz][{re.escape(texts.PACKED_ALPHABET)}]+\.|[A-Za-z0-9][A-Za-z0-9_-]+)"
    rf"[A-Za-z0-9_-]{{{SIGNATURE_CHARACTERS}}}",
    re.ASCII,
)
_TEXT = re.compile(r"-?\d++(?:,-?\d++)*+", re.ASCII)
_VERSION_1 = {
    "j": texts.unpacked,
    "u": texts.unpacked_from_link,
    "z": texts.inflated,
}


class Expired(CookieRefused):
    """A valid cart whose life is over; for a while it can still be restored."""

    def __init__(self, cart: Cart, age_seconds: int) -> None:
        super().__init__(f"{age_seconds} seconds old")
        self.cart = cart
        self.age_seconds = age_seconds


class _Hmac128(SigningAlgorithm):
    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return hmac.digest(key, value, "sha256")[:16]


@dataclass(frozen=True, slots=True)
class Anatomy:
    """A signed value taken apart. `coupon` is what stands in front for a coupon, mostly nothing;
    `form` is the next character, `packed` what follows up to `separator` and `signature`;
    `document` holds the integers of the JSON."""

    coupon: str
    form: str
    packed: str
    separator: str
    signature: str
    document: tuple[int, ...]

    @property
    def json(self) -> str:
        return json.dumps(self.document, separators=(",", ":"))


def encode(cart: Cart, keys: Keys, *, name: str, limit_bytes: int = BROWSER_LIMIT_BYTES) -> str:
    """The cookie value of a cart, of letters, digits, - and _.

    Raises CartTooLarge when name + value would exceed `limit_bytes` octets, so that what is
    returned is always kept by a browser; ValueError for an empty cart, whose cookie is to be
    deleted, and for a limit beyond BROWSER_LIMIT_BYTES.
    """
    if not cart.lines:
        raise ValueError("an empty cart has no cookie")
    if not 0 < limit_bytes <= BROWSER_LIMIT_BYTES:
        raise ValueError(f"a limit is between 1 and {BROWSER_LIMIT_BYTES} bytes")
    value = sign(payload(cart), keys)
    needed_bytes = len(name) + len(value)
    if needed_bytes > limit_bytes:
        raise CartTooLarge(needed_bytes, limit_bytes)
    return value


def encode_for_link(cart: Cart, keys: Keys) -> str:
    """The same value for an address, which is not held to a browser's limit for cookies; without
    the coupon, which may be meant for one person.

    Raises ValueError for an empty cart.
    """
    if not cart.lines:
        raise ValueError("an empty cart has no link")
    return sign(payload(cart.with_coupon(0)), keys)


def encode_version_1(cart: Cart, keys: Keys) -> str:
    """The value that older shops wrote for a cart: for tests and demonstrations."""
    numbers = [line.number for line in cart.lines]
    steps = (number - before for number, before in zip(numbers, (0, *numbers), strict=False))
    lines = zip(steps, (line.quantity for line in cart.lines), strict=True)
    document = [1, cart.changed_at - EPOCH, *chain.from_iterable(lines)]
    return sign(texts.payload(json.dumps(document, separators=(",", ":"))[1:-1]), keys)


def decode(value: str, keys: Keys, *, now: int, max_age_seconds: int) -> Cart:
    """The cart that a cookie value holds; `now` is Unix time in seconds.

    Raises Malformed, Tampered or UnknownVersion for a value that is not one of our carts, and
    Expired, which carries the cart, when its signed time is more than `max_age_seconds` ago. A
    time in the future (a clock was set back) counts as now. Never raises anything else.
    """
    read = _remembered if len(value) <= LONGEST_REMEMBERED else _read
    cart = read(value, tuple(keys))
    age_seconds = now - cart.changed_at
    if age_seconds > max_age_seconds:
        raise Expired(cart, age_seconds)
    return cart


def dissect(value: str, keys: Keys) -> Anatomy:
    """The parts of a signed value, before its numbers are checked.

    Raises Malformed, Tampered or UnknownVersion. The signature is checked before anything is
    unpacked.
    """
    payload = _verified(value, keys)
    rest = value[len(payload) :]
    coupon, lines_payload = _coupon(payload)
    if payload[0] in _VERSION_1:
        document = _document_1(payload)
    else:
        time, numbers, quantities = _unpacked(lines_payload)
        lines = zip(numbers, quantities, strict=True)
        start = [FORMAT_VERSION, time, coupon] if coupon else [FORMAT_VERSION - 1, time]
        document = [*start, *chain.from_iterable(lines)]
    return Anatomy(
        coupon=payload.removesuffix(lines_payload),
        form=lines_payload[0],
        packed=lines_payload[1:],
        separator=rest[:-SIGNATURE_CHARACTERS],
        signature=rest[-SIGNATURE_CHARACTERS:],
        document=tuple(document),
    )


def payload(cart: Cart) -> str:
    """The cart before it is signed, in the shorter of its two forms: packed or deflated."""
    lines = [(line.number, line.quantity) for line in cart.lines]
    coupon = COUPON + integers.digits(cart.coupon, COUPON_CHARACTERS) if cart.coupon else ""
    return coupon + integers.payload(cart.changed_at - EPOCH, lines)


def is_deflated(payload: str) -> bool:
    """Whether the lines in a payload of version 2 or 3 are deflated."""
    return _coupon(payload)[1].startswith(integers.DEFLATED)


def sign(payload: str, keys: Keys) -> str:
    """Any payload, signed as a cart: the last step of encoding."""
    separator = "." if payload[0] in _VERSION_1 else ""
    return f"{payload}{separator}{_signature(payload, keys[0])}"


def _read(value: str, keys: tuple[str, ...]) -> Cart:
    return _cart(_verified(value, keys))


# A browser sends the same cart with each page until it changes, and its undo steps as well.
_remembered = lru_cache(maxsize=MOST_REMEMBERED)(_read)


def _verified(value: str, keys: Keys) -> str:
    if len(value) > MAX_VALUE_CHARACTERS:
        raise Malformed(f"{len(value)} characters long")
    if _SHAPE.fullmatch(value) is None:
        raise Malformed("not the shape of a cart cookie")
    payload = value[:-SIGNATURE_CHARACTERS].removesuffix(".")
    signature = value[-SIGNATURE_CHARACTERS:]
    if not any(hmac.compare_digest(signature, _signature(payload, key)) for key in keys):
        raise Tampered("no accepted key signed this as a cart")
    return payload


def _signature(payload: str, key: str) -> str:
    return _signer(key).get_signature(payload).decode("ascii")


class _Signer(Signer):
    @cached_property
    def _derived_key(self) -> bytes:
        return super().derive_key()

    def derive_key(self, secret_key: str | bytes | None = None) -> bytes:
        return self._derived_key  # derived once: a signer has one key


@lru_cache(maxsize=16)
def _signer(key: str) -> Signer:
    return _Signer(
        key,
        salt=PURPOSE,
        key_derivation="hmac",
        digest_method=hashlib.sha256,
        algorithm=_Hmac128(),
    )


def _coupon(payload: str) -> tuple[int, str]:
    # The coupon's number, or 0, and the rest of the payload, which is in version 1 or 2.
    if payload[0] != COUPON:
        return 0, payload
    coupon = integers.number_of(payload[1 : 1 + COUPON_CHARACTERS])
    rest = payload[1 + COUPON_CHARACTERS :]
    if not coupon or not rest or rest[0] not in integers.LETTERS:
        raise Malformed("not a coupon and a cart")
    return coupon, rest


def _cart(payload: str) -> Cart:
    coupon, payload = _coupon(payload)
    if payload[0] in _VERSION_1:
        time, numbers, quantities = _lists_1(_document_1(payload))
    else:
        time, numbers, quantities = _unpacked(payload)
    try:
        return Cart(
            tuple(map(_lines.__getitem__, zip(numbers, quantities, strict=True))),
            time + EPOCH,
            coupon,
        )
    except ValueError as refusal:
        raise Malformed(str(refusal)) from None


def _unpacked(payload: str) -> tuple[int, list[int], list[int]]:
    if payload[0] not in integers.LETTERS:
        raise UnknownVersion(payload[0])
    return integers.unpacked(payload)


class _Lines(dict[tuple[int, int], Line]):
    """Lines are values, and the same few are read again and again: no more than MOST_KEPT."""

    def __missing__(self, pair: tuple[int, int]) -> Line:
        line = Line(*pair)
        if len(self) < integers.MOST_KEPT:
            self[pair] = line
        return line


_lines = _Lines()


def _document_1(payload: str) -> list[int]:
    text = _VERSION_1[payload[0]](payload[1:])
    if _TEXT.fullmatch(text) is None:
        raise Malformed("not a list of integers")
    try:
        document: list[int] = json.loads(f"[{text}]")
    except ValueError:
        raise Malformed("not JSON") from None
    if document[0] != 1:
        raise UnknownVersion(document[0])
    return document


def _lists_1(document: list[int]) -> tuple[int, list[int], list[int]]:
    _, *numbers = document
    if len(numbers) < 3 or len(numbers) % 2 == 0:
        raise Malformed("a time and then two integers a line are needed")
    return numbers[0], list(accumulate(numbers[1::2])), numbers[2::2]
