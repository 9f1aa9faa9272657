"""The visitor's cart cookie, explained byte by byte."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import request

from shop.core import cookie
from shop.core.budget import LineCost, Meter, line_costs, packed_bits
from shop.core.cart import Cart
from shop.core.cookie import Anatomy
from shop.core.packing import integers
from shop.lab.carts.visitors_cart import cookie_limit, growing
from shop.lab.sources import ATTRIBUTES, NAME_AND_VALUE, Source
from shop.web.cart import cart_cookie
from shop.web.cart.visit import CartVisit
from shop.web.site.shop import shop

MOST_LINES_SHOWN = 60
SECONDS_A_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Part:
    """A part of name=value. `mark` refers to the legend; a part that browsers do not count has no
    octets."""

    mark: str
    kind: str
    text: str
    octets: int
    meaning: str


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of the Set-Cookie line; a browser does not count it."""

    text: str
    octets: int
    meaning: str
    source: Source


@dataclass(frozen=True, slots=True)
class CostlyLine:
    """What a line of the cart adds; `name` is empty when no product has its number."""

    cost: LineCost
    name: str


@dataclass(frozen=True, slots=True)
class SignedTime:
    """The time of the cart's last change, from its cookie: in seconds since the start of 2026, and
    as a date in UTC; its age, and how long the cart lives."""

    seconds: int
    iso: str
    age_seconds: int
    life_days: int
    grace_days: int


@dataclass(frozen=True, slots=True)
class CookieAnatomy:
    """A cart cookie as it is sent, and how much more it can hold."""

    parts: tuple[Part, ...]
    attributes: tuple[Attribute, ...]
    compact: str
    readable: str
    time: SignedTime
    is_deflated: bool
    saved_octets: int
    lines: tuple[CostlyLine, ...]
    lines_left_out: int
    set_cookie: str
    cookie_header: str
    counted: Source
    meter: Meter
    more_lines: int


def cookie_anatomy(visit: CartVisit) -> CookieAnatomy | None:
    """The cart cookie that this request brought; None when there is none that can be read."""
    if not visit.cart.lines:
        return None
    anatomy = cookie.dissect(visit.value, shop().keys)
    sent = cart_cookie.cart_header(visit.value)
    return CookieAnatomy(
        parts=_parts(anatomy),
        attributes=tuple(map(_attribute, sent.split("; ")[1:])),
        compact=anatomy.json,
        readable=_readable(anatomy),
        time=_time(visit.cart.changed_at),
        is_deflated=anatomy.form in ("z", integers.DEFLATED),
        saved_octets=max(0, -(-packed_bits(visit.cart) // 6) - len(anatomy.packed)),
        lines=_lines(visit.cart),
        lines_left_out=max(0, len(visit.cart) - MOST_LINES_SHOWN),
        set_cookie=f"Set-Cookie: {sent}",
        cookie_header=f"Cookie: {'; '.join(_brought())}",
        counted=NAME_AND_VALUE,
        meter=Meter(visit.used_bytes, shop().cart_budget_bytes),
        more_lines=growing(visit.cart).most_in(cookie_limit()),
    )


def _time(changed_at: int) -> SignedTime:
    here = shop()
    return SignedTime(
        changed_at - cookie.EPOCH,
        datetime.fromtimestamp(changed_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        max(0, here.now() - changed_at),
        here.cart_max_age_seconds // SECONDS_A_DAY,
        here.cart_grace_seconds // SECONDS_A_DAY,
    )


def _brought() -> list[str]:
    # Other cookies' values are left out: this page may be projected onto a wall.
    pairs = request.environ.get("HTTP_COOKIE", "").split("; ")
    return [pair if _is_cart(pair) else _without_value(pair) for pair in pairs]


def _is_cart(pair: str) -> bool:
    return pair.partition("=")[0] == cart_cookie.name()


def _without_value(pair: str) -> str:
    name, _, value = pair.partition("=")
    return f"{name}=({len(value)} bytes)"


_VERSION_1 = {
    "j": (
        "packed, in version 1",
        "version, time and lines: seven characters of JSON are four here",
    ),
    "u": ("packed for a link, in version 1", "five characters of JSON are three here"),
    "z": ("deflated, in version 1", "version, time and lines, shorter than packed"),
}


def _form(letter: str) -> tuple[str, str]:
    if letter in _VERSION_1:
        return _VERSION_1[letter]
    if letter == integers.DEFLATED:
        return "deflated", "time and lines as bits, deflated because that is shorter"
    width = integers.WIDTHS.index(letter) + 1
    return (
        f"packed, with numbers of up to {width} bits",
        "time and lines, packed: six bits a character",
    )


def _parts(anatomy: Anatomy) -> tuple[Part, ...]:
    name = cart_cookie.name()
    how, meaning = _form(anatomy.form)
    separator = anatomy.separator
    parts = [
        ("name", name, len(name), "name, which is counted"),
        ("equals", "=", 0, "the equals sign, which is not counted"),
        (
            "coupon",
            anatomy.coupon,
            len(anatomy.coupon),
            "a coupon: a letter, and its number in four characters",
        ),
        ("form", anatomy.form, 1, f"form: what follows is {how}"),
        ("payload", anatomy.packed, len(anatomy.packed), meaning),
        ("dot", separator, len(separator), "end of what is signed, in version 1"),
        (
            "signature",
            anatomy.signature,
            len(anatomy.signature),
            "signature: HMAC-SHA-256 cut to 128 bits, in base64url",
        ),
    ]
    there = [part for part in parts if part[1]]
    return tuple(Part(mark, *part) for mark, part in zip("ABCDEF", there, strict=False))


def _attribute(text: str) -> Attribute:
    meaning, source = ATTRIBUTES[text.partition("=")[0]]
    return Attribute(text, len(text), meaning, source)


def _readable(anatomy: Anatomy) -> str:
    version, changed_at, *lines = anatomy.document
    coupon = f"  {lines.pop(0)}," if anatomy.coupon else ""
    rows = [f"  {version},  {changed_at},{coupon}"]
    rows += [
        f"  {number},  {quantity},"
        for number, quantity in zip(lines[::2], lines[1::2], strict=True)
    ]
    return "\n".join(
        [
            "[",
            *rows[: MOST_LINES_SHOWN + 1],
            *(["  …"] if len(rows) > MOST_LINES_SHOWN + 1 else []),
            "]",
        ]
    )


def _lines(cart: Cart) -> tuple[CostlyLine, ...]:
    costs = line_costs(cart)[:MOST_LINES_SHOWN]
    products = shop().catalogue.snapshot([cost.line.number for cost in costs])
    return tuple(
        CostlyLine(cost, products[cost.line.number].name if cost.line.number in products else "")
        for cost in costs
    )
