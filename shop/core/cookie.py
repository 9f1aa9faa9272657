"""The cart as a cookie: JSON, packed, signed, never over the limit.

A cart of two lines travels as `cart=jX.Y`, and is read from the inside out:

1.  JSON      [1,28200000,12,2,-5,1]
    format version, seconds since EPOCH at the last change, then two integers a line, in
    the order they were added: the product's cookie number, written as the difference to
    the line before (the first to 0), and the quantity. No names, no prices.
2.  text      1,28200000,12,2,-5,1
    the same without its outer brackets. Twelve characters occur: 0-9 , -
3.  payload   `j` + packed text, or `z` + deflated text when that is shorter
    packed: seven characters of text are one number in base 12, and that number is four
    characters in base 78 (12**7 = 35,831,808 <= 78**4 = 37,015,056). A shorter last group
    takes as many characters as it needs, filled up with commas, which are cut off again.
    deflated: raw DEFLATE (RFC 1951), then unpadded base64url.
    In a link, whose path takes fewer characters: `u` + five characters of text packed into
    three of base64url (12**5 = 248,832 <= 64**3 = 262,144), or `z` as above.
4.  value     payload + `.` + 22 characters of base64url: HMAC-SHA-256 over the payload, cut
    to 128 bits (RFC 4868 does the same), by itsdangerous, under a key derived from the
    secret and the PURPOSE, so that no other token of the shop passes for a cart.

Every character is one of the 90 cookie-octets of RFC 6265 (4.1.1), so nothing on the way
quotes or escapes the value. The twelve that shells, HTML, addresses or naive parsers treat
specially are left out: ! # $ % & ' + < = > ` |

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

from itsdangerous import BadSignature, Signer
from itsdangerous.signer import SigningAlgorithm

from shop.core import packing
from shop.core.cart import Cart, Line
from shop.core.errors import CartTooLarge, CookieRefused, Malformed, Tampered, UnknownVersion

NAME = "cart"
SECURE_NAME = "__Host-cart"
BROWSER_LIMIT_BYTES = 4096
FORMAT_VERSION = 1
EPOCH = 1_767_225_600
"""1 January 2026, 00:00 UTC, in Unix time: a year's fewer digits than counting from 1970."""
PURPOSE = "crumb cart"
ENVELOPE_OCTETS = len("j") + len(".") + 22
"""What a value has beside its packed text: the form, the dot and the signature."""
MAX_VALUE_CHARACTERS = 4320
"""The longest value that is read: a full cart as a link, whose packing is 5 % longer."""
Keys = Sequence[str]
"""Secrets: the first signs, all are accepted. A key is rotated by putting a new one first."""

_SHAPE = re.compile(rf"[juz][{re.escape(packing.PACKED_ALPHABET)}]+\.[A-Za-z0-9_-]{{22}}", re.ASCII)
_TEXT = re.compile(r"-?\d++(?:,-?\d++)*+", re.ASCII)


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
    """A signed value taken apart. `form` is `j`, `u` or `z`; `text` is the JSON without its
    brackets."""

    form: str
    packed: str
    signature: str
    text: str

    @property
    def json(self) -> str:
        return f"[{self.text}]"


def encode(cart: Cart, keys: Keys, *, name: str, limit_bytes: int = BROWSER_LIMIT_BYTES) -> str:
    """The cookie value of a cart, of cookie-octets only.

    Raises CartTooLarge when name + value would exceed `limit_bytes` octets, so that what is
    returned is always kept by a browser; ValueError for an empty cart, whose cookie is to be
    deleted, and for a limit beyond BROWSER_LIMIT_BYTES.
    """
    if not cart.lines:
        raise ValueError("an empty cart has no cookie")
    if not 0 < limit_bytes <= BROWSER_LIMIT_BYTES:
        raise ValueError(f"a limit is between 1 and {BROWSER_LIMIT_BYTES} bytes")
    value = sign(payload(text_of(cart)), keys)
    needed_bytes = len(name) + len(value)
    if needed_bytes > limit_bytes:
        raise CartTooLarge(needed_bytes, limit_bytes)
    return value


def encode_for_link(cart: Cart, keys: Keys) -> str:
    """The same cart, signed in the same way, in characters that a URL takes unescaped.

    `decode` reads it like a cookie's value. Raises ValueError for an empty cart.
    """
    if not cart.lines:
        raise ValueError("an empty cart has no link")
    text = text_of(cart)
    return sign(
        min("u" + packing.packed_for_link(text), "z" + packing.deflated(text), key=len), keys
    )


def decode(value: str, keys: Keys, *, now: int, max_age_seconds: int) -> Cart:
    """The cart that a cookie value holds; `now` is Unix time in seconds.

    Raises Malformed, Tampered or UnknownVersion for a value that is not one of our carts, and
    Expired, which carries the cart, when its signed time is more than `max_age_seconds` ago. A
    time in the future (a clock was set back) counts as now. Never raises anything else.
    """
    cart = _cart(dissect(value, keys).text)
    age_seconds = now - cart.changed_at
    if age_seconds > max_age_seconds:
        raise Expired(cart, age_seconds)
    return cart


def dissect(value: str, keys: Keys) -> Anatomy:
    """The parts of a signed value, before its numbers are checked.

    Raises Malformed or Tampered. The signature is checked before anything is unpacked.
    """
    if len(value) > MAX_VALUE_CHARACTERS:
        raise Malformed(f"{len(value)} characters long")
    if _SHAPE.fullmatch(value) is None:
        raise Malformed("not the shape of a cart cookie")
    try:
        payload = _signer(keys).unsign(value).decode("ascii")
    except BadSignature:
        raise Tampered("no accepted key signed this as a cart") from None
    text = _READERS[payload[0]](payload[1:])
    if _TEXT.fullmatch(text) is None:
        raise Malformed("not a list of integers")
    return Anatomy(payload[0], payload[1:], value.rpartition(".")[2], text)


def payload(text: str) -> str:
    """A text in the shorter of its two forms: packed or deflated."""
    packed = "j" + packing.packed(text)
    if len(text) > packing.MAX_TEXT_BYTES:
        return packed
    return min(packed, "z" + packing.deflated(text), key=len)


def sign(payload: str, keys: Keys) -> str:
    """Any payload, signed as a cart: the last step of encoding."""
    return _signer(keys).sign(payload).decode("ascii")


def _signer(keys: Keys) -> Signer:
    return Signer(
        list(reversed(keys)),
        salt=PURPOSE,
        key_derivation="hmac",
        digest_method=hashlib.sha256,
        algorithm=_Hmac128(),
    )


def text_of(cart: Cart) -> str:
    """The JSON of a cart without its brackets, which is what is packed."""
    document = [FORMAT_VERSION, cart.changed_at - EPOCH]
    before = 0
    for line in cart.lines:
        document += (line.number - before, line.quantity)
        before = line.number
    return json.dumps(document, separators=(",", ":"))[1:-1]


def _cart(text: str) -> Cart:
    try:
        version, *numbers = json.loads(f"[{text}]")
    except ValueError:
        raise Malformed("not JSON") from None
    if version != FORMAT_VERSION:
        raise UnknownVersion(version)
    if len(numbers) < 3 or len(numbers) % 2 == 0:
        raise Malformed("a time and then two integers a line are needed")
    try:
        return Cart(tuple(_lines(numbers[1:])), numbers[0] + EPOCH)
    except ValueError as refusal:
        raise Malformed(str(refusal)) from None


def _lines(numbers: list[int]) -> list[Line]:
    number = 0
    lines = []
    for step, quantity in zip(numbers[::2], numbers[1::2], strict=True):
        number += step
        lines.append(Line(number, quantity))
    return lines


_READERS = {
    "j": packing.unpacked,
    "u": packing.unpacked_from_link,
    "z": packing.inflated,
}
