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

MOST_KEPT = 16_384
"""How many integers are kept by their bits; about 2 MB of them."""

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
    between, nears, exacts, others = _parts(bits[end:], WIDTHS.index(letter) + 1)
    if end <= TIME_ORDER or not nears or any(between[:-1]) or "1" in between[-1]:
        raise Malformed("not a time and pairs of integers")
    firsts, seconds, first, second = [], [], 0, 1
    for near, exact, other in zip(nears, exacts, others, strict=True):
        if exact:
            first = _integers[exact]
        else:
            code = _integers[near] - 4  # less 2 ** NEAR_ORDER
            first += -(code + 1 >> 1) if code & 1 else (code >> 1) + 1
        if other:
            second = _integers[other] - 3  # less 2 ** SECOND_ORDER, and one more
        firsts.append(first)
        seconds.append(second)
    time = int(bits[:end], 2) - (1 << TIME_ORDER)
    return -(time + 1) // 2 if time & 1 else time // 2, firsts, seconds


class _Integers(dict[str, int]):
    """Bits and the integers that they are. The same few are read again and again, and looking one
    up takes half as long as reading it; there are no more of them than MOST_KEPT."""

    def __missing__(self, bits: str) -> int:
        number = int(bits, 2)
        if len(self) < MOST_KEPT:
            self[bits] = number
        return number


_integers = _Integers()


def time_length(time: int) -> int:
    """How many bits a time takes."""
    return len(_time_bits(time))


def _time_bits(time: int) -> str:
    return _golomb(2 * time if time >= 0 else -2 * time - 1, TIME_ORDER)


def _golomb(number: int, order: int) -> str:
    digits = f"{number + (1 << order):b}"
    return "0" * (len(digits) - order - 1) + digits


def _parts(bits: str, width: int) -> tuple[list[str], list[str], list[str], list[str]]:
    # The text around the pairs (nothing between them, zeros after the last); then, for each pair,
    # the near or the exact first integer, and the second one if it differs.
    parts = _pair_pattern(width).split(bits)
    return parts[::4], parts[1::4], parts[2::4], parts[3::4]


@cache
def _pair_pattern(width: int) -> re.Pattern[str]:
    # 22 zeros reach beyond any step of 24 bits, 18 beyond any quantity.
    near, second = _golomb_pattern(NEAR_ORDER, 22), _golomb_pattern(SECOND_ORDER, 18)
    return re.compile(f"(?:1({near})|0(.{{{width}}}))(?:1|0({second}))")


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
