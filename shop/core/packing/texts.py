"""Version 1: text of twelve characters as cookie-octets, packed, packed for a link, or deflated.

Carts are still read in it, so it must stay as it is. docs/adr/0001-cookie-format.md explains it.
"""

from __future__ import annotations

import base64
import binascii
import zlib

from shop.core.errors import Malformed

MAX_TEXT_BYTES = 12_288
"""The most text that is read out of a cookie, which stops a deflate bomb."""

TEXT_ALPHABET = "0123456789,-"
PACKED_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz()*-./:?@[]^_{}~"
_GROUP, _PACKED_GROUP = 7, 4
_PACKED_LENGTH = (0, 1, 2, 2, 3, 3, 4)
_TEXT_LENGTH = (0, 1, 3, 5)
LINK_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_LINK_PACKED = 3
_LINK_TEXT_LENGTH = (0, 1, 3, 5)

_TO_BASE_12 = str.maketrans(",-", "ab")
_TRIPLES = tuple(a + b + c for a in TEXT_ALPHABET for b in TEXT_ALPHABET for c in TEXT_ALPHABET)
_PAIRS = tuple(a + b for a in PACKED_ALPHABET for b in PACKED_ALPHABET)
_PAIR_VALUE = {pair: value for value, pair in enumerate(_PAIRS)}


def payload(text: str) -> str:
    """A form and the text in the shorter of its two forms: packed or deflated."""
    packed_text = "j" + packed(text)
    if len(text) > MAX_TEXT_BYTES:
        return packed_text
    return min(packed_text, "z" + deflated(text), key=len)


def packed(text: str) -> str:
    if (len(text) % _GROUP) in (2, 4, 6):
        text += ","
    groups = (text[at : at + _GROUP] for at in range(0, len(text), _GROUP))
    return "".join(map(_packed_group, groups))


def _packed_group(group: str) -> str:
    high, low = divmod(int(group.translate(_TO_BASE_12), 12), len(_PAIRS))
    characters = _PAIRS[high] + _PAIRS[low]
    return characters if len(group) == _GROUP else characters[-_PACKED_LENGTH[len(group)] :]


def unpacked(packed: str) -> str:
    text = bytearray()  # a list of a thousand groups would take 56 KiB
    for at in range(0, len(packed), _PACKED_GROUP):
        text += _unpacked_group(packed[at : at + _PACKED_GROUP]).encode("ascii")
    return text.decode("ascii").rstrip(",")


def _unpacked_group(packed: str) -> str:
    padded = packed.rjust(_PACKED_GROUP, "0")
    number = _PAIR_VALUE[padded[:2]] * len(_PAIRS) + _PAIR_VALUE[padded[2:]]
    if len(packed) == _PACKED_GROUP:
        return _group(number, _GROUP)
    return _group(number, _TEXT_LENGTH[len(packed)])


def _group(number: int, length: int) -> str:
    if number >= 12**length:
        raise Malformed("a group outside base 12")
    high, low = divmod(number, 12**3)
    higher, middle = divmod(high, 12**3)
    return (TEXT_ALPHABET[higher] + _TRIPLES[middle] + _TRIPLES[low])[-length:]


def unpacked_from_link(packed: str) -> str:
    text = bytearray()  # as above
    for at in range(0, len(packed), _LINK_PACKED):
        group = packed[at : at + _LINK_PACKED]
        try:
            digits = [LINK_ALPHABET.index(character) for character in group]
        except ValueError:
            raise Malformed("not base64url") from None
        number = sum(digit << 6 * place for place, digit in enumerate(reversed(digits)))
        text += _group(number, _LINK_TEXT_LENGTH[len(group)]).encode("ascii")
    return text.decode("ascii").rstrip(",")


def deflated(text: str) -> str:
    deflater = zlib.compressobj(level=9, wbits=-zlib.MAX_WBITS)
    octets = deflater.compress(text.encode("ascii")) + deflater.flush()
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")


def inflated(packed: str) -> str:
    inflater = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
    try:
        octets = base64.b64decode(packed + "=" * (-len(packed) % 4), b"-_", validate=True)
        del packed  # 4 KiB less beside the 40 that zlib takes
        text = inflater.decompress(octets, MAX_TEXT_BYTES)
    except (binascii.Error, zlib.error):
        raise Malformed("not deflated text") from None
    if not inflater.eof or inflater.unused_data:
        raise Malformed("the deflated text has no end within bounds")
    return text.decode("latin-1")
