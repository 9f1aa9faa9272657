"""A hundred thousand hostile values, the same ones each time.

Two thirds are cookies of ours, altered: each is refused or is the very same cart. One third
is signed with the right key, so that what lies behind the signature meets them too.
"""

from __future__ import annotations

import base64
import random
import zlib
from collections import Counter
from collections.abc import Callable

from shop.core import cookie
from shop.core.cart import MAX_TIME, Cart, Line
from shop.core.errors import CookieRefused
from shop.core.packing import integers, texts
from tests.properties.carts import KEYS

ALTERED = 66_000
SIGNED = 36_000
SIGNS = texts.PACKED_ALPHABET + "!=|%é\0 \n\"';,\u0661"
SPECIAL = ("0", "-0", "-", "00", "1", "-1", "1000000", "10000000", "9" * 20, "9" * 4400, "")


def decode(value: str) -> Cart:
    return cookie.decode(value, KEYS, now=0, max_age_seconds=MAX_TIME)


def _cart(chance: random.Random) -> Cart:
    numbers = chance.sample(range(1, chance.choice((60, 10_000_000))), chance.randint(1, 30))
    most = chance.choice((1, 9, 999_999))
    lines = (Line(number, chance.randint(1, most)) for number in numbers)
    return Cart(tuple(lines), chance.randrange(MAX_TIME))


def _flip(value: str, chance: random.Random) -> str:
    at = chance.randrange(len(value))
    return value[:at] + chance.choice(SIGNS) + value[at + 1 :]


def _insert(value: str, chance: random.Random) -> str:
    at = chance.randint(0, len(value))
    return value[:at] + chance.choice(SIGNS) * chance.choice((1, 1, 4)) + value[at:]


def _delete(value: str, chance: random.Random) -> str:
    at = chance.randrange(len(value))
    return value[:at] + value[at + chance.choice((1, 1, 4, 30)) :]


def _swap(value: str, chance: random.Random) -> str:
    signs = list(value)
    one, other = chance.randrange(len(signs)), chance.randrange(len(signs))
    signs[one], signs[other] = signs[other], signs[one]
    return "".join(signs)


ALTERATIONS: tuple[Callable[[str, random.Random], str], ...] = (_flip, _insert, _delete, _swap)


def _altered(value: str, others: list[str], chance: random.Random) -> str:
    if chance.random() < 0.2:
        other = chance.choice(others)
        return value[: chance.randrange(len(value))] + other[chance.randrange(len(other)) :]
    for _ in range(chance.choice((1, 1, 2, 5))):
        value = chance.choice(ALTERATIONS)(value, chance) or "j"
    return value


def _random_text(chance: random.Random) -> str:
    if chance.random() < 0.3:
        return "".join(chance.choices(texts.TEXT_ALPHABET, k=chance.randint(1, 60)))
    numbers = [str(chance.randint(1, 99)) for _ in range(2 * chance.randint(0, 20) + 1)]
    for _ in range(chance.randint(0, 2)):
        numbers[chance.randrange(len(numbers))] = chance.choice(SPECIAL)
    return ",".join([chance.choice(("1", "1", "1", "1", "2", "-1")), *numbers])


def _as_base64(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def _octets(bits: str) -> bytes:
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def _random_payload(values: list[str], chance: random.Random) -> str:
    match chance.randrange(9):
        case 0:
            return "j" + texts.packed(_random_text(chance))
        case 1:
            return "z" + texts.deflated(_random_text(chance))
        case 2:
            signs = chance.choices(texts.PACKED_ALPHABET, k=chance.randint(1, 60))
            return chance.choice("jz") + "".join(signs)
        case 3:
            return "z" + _as_base64(chance.randbytes(chance.randint(1, 60)))
        case 4:
            text = _random_text(chance) * chance.choice((1, 1, 1, 1, 1000))
            octets = bytearray(zlib.compress(text.encode(), wbits=-15)[:3000])
            octets[chance.randrange(len(octets))] = chance.randrange(256)
            return "z" + _as_base64(bytes(octets))
        case 5:
            random_octets = chance.randbytes(chance.randint(4, 60))
            return chance.choice(integers.LETTERS + "Ya0") + _as_base64(random_octets)
        case 6:
            letter = chance.choice(b"ACKXYZ").to_bytes()
            random_octets = letter + chance.randbytes(chance.randint(0, 60))
            many = random_octets * chance.choice((1, 1, 1, 1000))
            return "Z" + _as_base64(zlib.compress(many, wbits=-15))
        case 7:
            bits = "".join(chance.choices(("1", "0", "100", "1001"), k=chance.randint(1, 60)))
            return chance.choice("ADMX") + "AAAA" + _as_base64(_octets(f"1{bits}"))
        case _:
            altered = _altered(chance.choice(values)[:-22], values, chance)
            return altered.encode("ascii", "replace").decode()


def test_an_altered_cookie_is_refused_or_the_very_same_cart() -> None:
    chance = random.Random(20_260_101)
    carts = [_cart(chance) for _ in range(300)]
    values = [cookie.encode(cart, KEYS, name="cart") for cart in carts]
    for _ in range(ALTERED):
        at = chance.randrange(len(carts))
        altered = _altered(values[at], values, chance)
        try:
            found = decode(altered)
        except CookieRefused:
            continue
        assert found == carts[at] or altered in values, altered


def test_whatever_we_sign_is_a_cart_or_refused_by_type() -> None:
    chance = random.Random(20_260_102)
    values = [cookie.encode(_cart(chance), KEYS, name="cart") for _ in range(300)]
    outcomes: Counter[str] = Counter()
    for _ in range(SIGNED):
        payload = _random_payload(values, chance)
        try:
            cart = decode(cookie.sign(payload, KEYS))
        except CookieRefused as refusal:
            outcomes[type(refusal).__name__] += 1
        else:
            assert isinstance(cart, Cart), payload
            outcomes["Cart"] += 1
    assert outcomes.total() == SIGNED
    assert min(outcomes[name] for name in ("Cart", "Malformed", "UnknownVersion")) > SIGNED // 50
