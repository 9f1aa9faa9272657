"""Version 2: a time and pairs of positive integers as bits, six to a character of base64url.

docs/adr/0010-cookie-format-2.md defines the bits, for other languages too.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterable, Sequence
from functools import cache

from shop.core.errors import Malformed

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
"""Base64url (RFC 4648, section 5): 0 is A, 63 is _."""
WIDTHS = "ABCDEFGHIJKLMNOPQRSTUVWX"
"""The letter in front says how many bits the largest first integer of a pair has, 1 to 24."""
DEFLATED = "Z"
LETTERS = WIDTHS + DEFLATED
MOST_OCTETS = 3_045
"""The most octets of bits that are deflated and inflated: as many as 4,060 characters hold packed,
so that what deflates well takes no longer to read than a full cookie."""
DEFLATE_FROM = 64
"""Shorter ones are not deflated: trying takes time, and hardly saves a byte."""

MOST_KEPT = 8_192
"""How many pairs of one width are kept by their bits; about 2.5 MB of them. A shop's cookie numbers
have a few widths."""

TIME_ORDER, NEAR_ORDER, SECOND_ORDER = 27, 2, 2
"""Orders of the exponential-Golomb codes: how many low bits are written as they are. A time until
2028 takes 28 bits; the others are the best for the 11,134 real orders."""


def payload(time: int, pairs: Sequence[tuple[int, int]]) -> str:
    """A letter, then base64url: the bits as they are or, when that is shorter, deflated.

    The first integers of pairs are 1 to 2**24 - 1, the second ones at least 1; there is at least
    one pair.
    """
    width = max(first for first, _ in pairs).bit_length()
    bits = "".join((_time_bits(time), *pair_bits(pairs, width)))
    octets = _octets(bits)
    letter = WIDTHS[width - 1]
    packed = letter + _base64(octets)[: -(-len(bits) // 6)]
    if len(packed) < DEFLATE_FROM or len(octets) > MOST_OCTETS:
        return packed
    deflater = zlib.compressobj(level=9, wbits=-zlib.MAX_WBITS)
    deflated = deflater.compress(letter.encode("ascii") + octets) + deflater.flush()
    return min(packed, DEFLATED + _base64(deflated), key=len)


def digits(number: int, count: int) -> str:
    """A number in so many characters of base64url, the most significant first."""
    return "".join(ALPHABET[number >> 6 * at & 63] for at in reversed(range(count)))


def number_of(digits: str) -> int:
    """The inverse of `digits`. Raises ValueError for any other character."""
    number = 0
    for digit in digits:
        number = number << 6 | ALPHABET.index(digit)
    return number


def pair_bits(pairs: Iterable[tuple[int, int]], width: int) -> list[str]:
    """The bits of each pair after the pairs before it."""
    bits, first_before, second_before = [], 0, 1
    for first, second in pairs:
        step = first - first_before
        near = _golomb(2 * step - 2 if step > 0 else -2 * step - 1, NEAR_ORDER)
        bits.append(
            ("1" + near if len(near) < width else f"0{first:0{width}b}")
            + ("1" if second == second_before else "0" + _golomb(second - 1, SECOND_ORDER))
        )
        first_before, second_before = first, second
    return bits


def unpacked(payload: str) -> tuple[int, list[int], list[int]]:
    """The time, the first and the second integers that a payload holds.

    Raises Malformed when it holds anything else. The integers may be out of range.
    """
    letter, octets = payload[0], _from_base64(payload[1:])
    length = 6 * (len(payload) - 1)
    if letter == DEFLATED:
        inflated = _inflated(octets)
        letter, octets = chr(inflated[0]), inflated[1:]
        length = 8 * len(octets)
    if letter not in WIDTHS:
        raise Malformed("an unknown width")
    bits = f"{int.from_bytes(octets, 'big'):0{8 * len(octets)}b}"[:length]
    end = 2 * bits.find("1") + TIME_ORDER + 1
    known = _pairs_of(WIDTHS.index(letter) + 1)
    parts = known.pattern.split(bits[end:])  # what is around the pairs, and the pairs
    pairs = parts[1::2]
    if end <= TIME_ORDER or not pairs or any(parts[:-1:2]) or "1" in parts[-1]:
        raise Malformed("not a time and pairs of integers")
    firsts, seconds, first, second = [], [], 0, 1
    for is_exact, number, other in map(known.__getitem__, pairs):
        first = number if is_exact else first + number
        second = other or second
        firsts.append(first)
        seconds.append(second)
    time = int(bits[:end], 2) - (1 << TIME_ORDER)
    return -(time + 1) // 2 if time & 1 else time // 2, firsts, seconds


class _Pairs(dict[str, tuple[bool, int, int]]):
    """What the bits of a pair say: whether the first integer is exact, it or the step to it, and
    the second integer, 0 for that of the pair before.

    The same few bits come again and again, and looking them up is faster than reading them. No more
    than MOST_KEPT are kept.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        # 22 zeros reach beyond any step of 24 bits, 18 beyond any quantity.
        near, second = _golomb_pattern(NEAR_ORDER, 22), _golomb_pattern(SECOND_ORDER, 18)
        exact = f".{{{width}}}"
        self.pattern = re.compile(f"((?:1(?:{near})|0{exact})(?:1|0(?:{second})))")
        self._fields = re.compile(f"(?:1({near})|0({exact}))(?:1|0({second}))")

    def __missing__(self, bits: str) -> tuple[bool, int, int]:
        _, near, exact, other, _ = self._fields.split(bits)
        code = int(exact or near, 2)
        if not exact:
            code -= 1 << NEAR_ORDER
            code = -(code + 1 >> 1) if code & 1 else (code >> 1) + 1
        pair = bool(exact), code, int(other, 2) - (1 << SECOND_ORDER) + 1 if other else 0
        if len(self) < MOST_KEPT:
            self[bits] = pair
        return pair


@cache
def _pairs_of(width: int) -> _Pairs:
    return _Pairs(width)


def time_length(time: int) -> int:
    """How many bits a time takes."""
    return len(_time_bits(time))


def _time_bits(time: int) -> str:
    return _golomb(2 * time if time >= 0 else -2 * time - 1, TIME_ORDER)


def _golomb(number: int, order: int) -> str:
    digits = f"{number + (1 << order):b}"
    return "0" * (len(digits) - order - 1) + digits


def _golomb_pattern(order: int, most_zeros: int) -> str:
    pattern = f"1.{{{order + most_zeros}}}"
    for zeros in reversed(range(most_zeros)):
        pattern = f"1.{{{order + zeros}}}|0(?:{pattern})"
    return pattern


def _octets(bits: str) -> bytes:
    count = -(-len(bits) // 8)
    return (int(bits, 2) << 8 * count - len(bits)).to_bytes(count, "big")


def _base64(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")


def _from_base64(text: str) -> bytes:
    # The bits that fill up the last octet are zeros, so A stands for what is missing.
    try:
        return base64.b64decode(text + "A" * (-len(text) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Malformed("not base64url") from None


def _inflated(octets: bytes) -> bytes:
    inflater = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
    try:
        inflated = inflater.decompress(octets, len(DEFLATED) + MOST_OCTETS)
    except zlib.error:
        raise Malformed("not deflated") from None
    if not inflater.eof or not inflated:
        raise Malformed("what is deflated has no end within bounds")
    return inflated
