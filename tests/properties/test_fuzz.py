"""A hundred thousand hostile values, the same ones in every run.

Two thirds are altered cookies of ours: each is refused, or still decodes to the same cart. One
third is signed with the right key, so that it also tests what comes after the signature check.
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
CHARACTERS = texts.PACKED_ALPHABET + "!=|%é\0 \n\"';,\u0661"
SPECIAL = ("0", "-0", "-", "00", "1", "-1", "1000000", "10000000", "9" * 20, "9" * 4400, "")


def decode(value: str) -> Cart:
    return cookie.decode(value, KEYS, now=0, max_age_seconds=MAX_TIME)


def _cart(rng: random.Random) -> Cart:
    numbers = rng.sample(range(1, rng.choice((60, 10_000_000))), rng.randint(1, 30))
    most = rng.choice((1, 9, 999_999))
    lines = (Line(number, rng.randint(1, most)) for number in numbers)
    return Cart(tuple(lines), rng.randrange(MAX_TIME))


def _flip(value: str, rng: random.Random) -> str:
    at = rng.randrange(len(value))
    return value[:at] + rng.choice(CHARACTERS) + value[at + 1 :]


def _insert(value: str, rng: random.Random) -> str:
    at = rng.randint(0, len(value))
    return value[:at] + rng.choice(CHARACTERS) * rng.choice((1, 1, 4)) + value[at:]


def _delete(value: str, rng: random.Random) -> str:
    at = rng.randrange(len(value))
    return value[:at] + value[at + rng.choice((1, 1, 4, 30)) :]


def _swap(value: str, rng: random.Random) -> str:
    characters = list(value)
    one, other = rng.randrange(len(characters)), rng.randrange(len(characters))
    characters[one], characters[other] = characters[other], characters[one]
    return "".join(characters)


ALTERATIONS: tuple[Callable[[str, random.Random], str], ...] = (_flip, _insert, _delete, _swap)


def _altered(value: str, others: list[str], rng: random.Random) -> str:
    if rng.random() < 0.2:
        other = rng.choice(others)
        return value[: rng.randrange(len(value))] + other[rng.randrange(len(other)) :]
    for _ in range(rng.choice((1, 1, 2, 5))):
        value = rng.choice(ALTERATIONS)(value, rng) or "j"
    return value


def _random_text(rng: random.Random) -> str:
    if rng.random() < 0.3:
        return "".join(rng.choices(texts.TEXT_ALPHABET, k=rng.randint(1, 60)))
    numbers = [str(rng.randint(1, 99)) for _ in range(2 * rng.randint(0, 20) + 1)]
    for _ in range(rng.randint(0, 2)):
        numbers[rng.randrange(len(numbers))] = rng.choice(SPECIAL)
    return ",".join([rng.choice(("1", "1", "1", "1", "2", "-1")), *numbers])


def _as_base64(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def _octets(bits: str) -> bytes:
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def _random_payload(values: list[str], rng: random.Random) -> str:
    match rng.randrange(9):
        case 0:
            return "j" + texts.packed(_random_text(rng))
        case 1:
            return "z" + texts.deflated(_random_text(rng))
        case 2:
            characters = rng.choices(texts.PACKED_ALPHABET, k=rng.randint(1, 60))
            return rng.choice("jz") + "".join(characters)
        case 3:
            return "z" + _as_base64(rng.randbytes(rng.randint(1, 60)))
        case 4:
            text = _random_text(rng) * rng.choice((1, 1, 1, 1, 1000))
            octets = bytearray(zlib.compress(text.encode(), wbits=-15)[:3000])
            octets[rng.randrange(len(octets))] = rng.randrange(256)
            return "z" + _as_base64(bytes(octets))
        case 5:
            random_octets = rng.randbytes(rng.randint(4, 60))
            return rng.choice(integers.LETTERS + "Ya0") + _as_base64(random_octets)
        case 6:
            letter = rng.choice(b"ACKXYZ").to_bytes()
            random_octets = letter + rng.randbytes(rng.randint(0, 60))
            many = random_octets * rng.choice((1, 1, 1, 1000))
            return "Z" + _as_base64(zlib.compress(many, wbits=-15))
        case 7:
            bits = "".join(rng.choices(("1", "0", "100", "1001"), k=rng.randint(1, 60)))
            return rng.choice("ADMX") + "AAAA" + _as_base64(_octets(f"1{bits}"))
        case _:
            altered = _altered(rng.choice(values)[:-22], values, rng)
            return altered.encode("ascii", "replace").decode()


def test_an_altered_cookie_is_refused_or_decodes_to_the_same_cart() -> None:
    rng = random.Random(20_260_101)
    carts = [_cart(rng) for _ in range(300)]
    values = [cookie.encode(cart, KEYS, name="cart") for cart in carts]
    for _ in range(ALTERED):
        at = rng.randrange(len(carts))
        altered = _altered(values[at], values, rng)
        try:
            decoded = decode(altered)
        except CookieRefused:
            continue
        assert decoded == carts[at] or altered in values, altered


def test_any_signed_value_is_a_cart_or_a_typed_refusal() -> None:
    rng = random.Random(20_260_102)
    values = [cookie.encode(_cart(rng), KEYS, name="cart") for _ in range(300)]
    outcomes: Counter[str] = Counter()
    for _ in range(SIGNED):
        payload = _random_payload(values, rng)
        try:
            cart = decode(cookie.sign(payload, KEYS))
        except CookieRefused as refusal:
            outcomes[type(refusal).__name__] += 1
        else:
            assert isinstance(cart, Cart), payload
            outcomes["Cart"] += 1
    assert outcomes.total() == SIGNED
    assert min(outcomes[name] for name in ("Cart", "Malformed", "UnknownVersion")) > SIGNED // 50
