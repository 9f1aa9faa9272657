"""The exhibits of the museum: carts in every state, and what a shop must do with each.

An exhibit defines how its cookies are made and what is expected; each time it is opened, the demo
shop's responses are checked against that. An exhibit that the shop's settings rule out (a shop
without grace) says so instead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from shop.core import cookie
from shop.core.cart import MAX_COUPON, MAX_NUMBER, Cart, Line
from shop.core.cookie import Expired
from shop.core.errors import CookieRefused, Malformed, Tampered, UnknownVersion
from shop.core.packing import texts
from shop.lab.carts.exact_size import cart_of_exactly
from shop.lab.museum.demo_shop import (
    DIARY,
    FORMER_KEY,
    LAMP,
    MUG,
    TEAPOT,
    Action,
    Conditions,
    Reply,
    Showing,
)
from shop.lab.sources import rfc
from shop.web.site.wording import NOT_CHARGED

GONE_KEY = "a key that this shop does not accept"
"""Signs carts that the shop must not trust: a key that was rotated away, or a stranger's."""
NOBODYS = MAX_NUMBER
"""The highest cookie number: numbers are given in order, so no product has it."""


class CannotBeShownError(Exception):
    """The shop's settings rule this cart out; the message says why."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What should happen, and whether it does."""

    text: str
    is_met: Callable[[Showing], bool]


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A cart; `name` is part of its address. `made` returns the values of its cookies, or raises
    CannotBeShownError. One that `needs_demo_shop` depends on that shop's products or keys."""

    name: str
    title: str
    sentence: str
    made: Callable[[Conditions], tuple[str, ...]]
    expected: tuple[Expectation, ...]
    action: Action
    needs_demo_shop: bool = False


def _signed(
    conditions: Conditions, *lines: Line, at: int | None = None, key: str | None = None
) -> str:
    cart = Cart(lines, conditions.recently if at is None else at)
    return cookie.encode(
        cart, [key] if key else conditions.cookie_limit.keys, name=conditions.cookie_limit.name
    )


def _of(*numbers: int) -> Callable[[Conditions], tuple[str, ...]]:
    return lambda conditions: (_signed(conditions, *(Line(number, 1) for number in numbers)),)


def _filled(free: int) -> Callable[[Conditions], tuple[str, ...]]:
    def made(conditions: Conditions) -> tuple[str, ...]:
        octets = conditions.cookie_limit.limit_bytes - free
        cart = cart_of_exactly(
            octets, conditions.cookie_limit, first=[Line(MUG, 1)], now=conditions.now
        )
        if cart is None:
            raise CannotBeShownError(f"No cart was found that takes exactly {octets} bytes.")
        return (
            cookie.encode(cart, conditions.cookie_limit.keys, name=conditions.cookie_limit.name),
        )

    return made


def _in_grace(conditions: Conditions) -> tuple[str, ...]:
    if not conditions.grace_seconds:
        raise CannotBeShownError(
            "This shop does not offer to restore expired carts: SHOP_CART_GRACE_DAYS is 0. It "
            "drops them at once, as the next exhibit shows."
        )
    age_seconds = conditions.life_seconds + (conditions.grace_seconds + 1) // 2
    return (_signed(conditions, Line(MUG, 1), at=conditions.now - age_seconds),)


def _expired(conditions: Conditions) -> tuple[str, ...]:
    age_seconds = conditions.life_seconds + conditions.grace_seconds + 1
    return (_signed(conditions, Line(MUG, 1), at=max(0, conditions.now - age_seconds)),)


def _forged(conditions: Conditions) -> tuple[str, ...]:
    signature = _signed(conditions, Line(MUG, 1))[-cookie.SIGNATURE_CHARACTERS :]
    payload = _signed(conditions, Line(MUG, 9))[: -cookie.SIGNATURE_CHARACTERS]
    return (f"{payload}{signature}",)


def _signed_with(key: str) -> Callable[[Conditions], tuple[str, ...]]:
    return lambda conditions: (_signed(conditions, Line(MUG, 1), key=key),)


def _of_version(version: int) -> Callable[[Conditions], tuple[str, ...]]:
    def made(conditions: Conditions) -> tuple[str, ...]:
        text = f"{version},{conditions.recently - cookie.EPOCH},{MUG},1"
        return (cookie.sign(texts.payload(text), conditions.cookie_limit.keys),)

    return made


def _with_coupon(conditions: Conditions) -> tuple[str, ...]:
    cart = Cart((Line(MUG, 1),), conditions.recently, coupon=MAX_COUPON)
    limit = conditions.cookie_limit
    return (cookie.encode(cart, limit.keys, name=limit.name),)


def _repriced(conditions: Conditions) -> tuple[str, ...]:
    if not conditions.recently < conditions.since_then <= conditions.now:
        raise CannotBeShownError("This shop’s carts do not live long enough for a price to change.")
    return _of(LAMP)(conditions)


def _twice(conditions: Conditions) -> tuple[str, ...]:
    # A browser sends the cookie with the longer path first.
    newer = _signed(conditions, Line(MUG, 1), at=conditions.recently + 1)
    return newer, _signed(conditions, Line(TEAPOT, 1))


def _foreign(_: Conditions) -> tuple[str, ...]:
    return ("s%3AJ2kq0vXt.items",)


ADDED = Action("A pencil is added", "/cart/lines", lambda _: {"sku": "PENCIL", "quantity": "1"})
ADDED_TEAPOT = Action("One more is added", "/cart/lines", lambda _: {"sku": "TEAPOT"})
RESTORED = Action("It is restored", "/cart/restore", lambda value: {"cart": value})


def _opened(text: str, is_met: Callable[[Reply], bool]) -> Expectation:
    return Expectation(text, lambda show: is_met(show.opened))


def _acted(text: str, is_met: Callable[[Reply], bool]) -> Expectation:
    return Expectation(text, lambda show: is_met(show.acted))


def _takes(title: str, free: int) -> Expectation:
    return Expectation(
        f"Name and value take {title}.",
        lambda show: show.octets == (show.conditions.cookie_limit.limit_bytes - free,),
    )


def _is_refused(refusal: type[CookieRefused]) -> Expectation:
    name = refusal.__name__
    return _opened(
        f"It is refused, and the log says {name}.",
        lambda reply: [said.partition(":")[0] for said in reply.refusals] == [name],
    )


def _says(said: str) -> Expectation:
    return _opened(f"The page says “{said}”.", lambda reply: reply.page.says(said))


def _shows(line: str, said: str) -> Expectation:
    return _opened(
        f"Its line says “{said}”.",
        lambda reply: (it := reply.page.line_of(line)) is not None and said in it.note,
    )


def _is_resigned(show: Showing) -> bool:
    try:
        cookie.dissect(show.acted.held[0], show.conditions.cookie_limit.keys[:1])
    except (CookieRefused, IndexError):
        return False
    return show.acted.fate == "rewritten"


_IS_READ = _opened("It is read as a cart.", lambda it: not it.refusals and bool(it.page.lines))
_STAYS = _opened(
    "Opening the cart page leaves the cookie alone.", lambda it: it.fate == "left alone"
)
_GOES = _opened(
    "The response deletes the cookie, and the browser holds none.",
    lambda it: it.fate == "deleted" and not it.held,
)
_IS_EMPTY = _opened("The page shows an empty cart.", lambda it: not it.page.lines)
_IS_FREE = _opened(
    "That line is not charged.",
    lambda it: any(line.total == NOT_CHARGED for line in it.page.lines),
)
_IS_KEPT = _acted(
    "Adding a pencil keeps the line, and writes the cookie anew.",
    lambda it: it.fate == "rewritten" and it.page.line_count == 2,
)
_BEGINS_ANEW = _acted(
    "Adding a pencil begins a new cart, with nothing but the pencil.",
    lambda it: it.fate == "rewritten" and [line.name for line in it.page.lines] == ["Pencil"],
)
_IS_FULL = _acted(
    "Adding a pencil is refused with 409, and the cookie left alone.",
    lambda it: (
        it.statuses == (HTTPStatus.CONFLICT,)
        and it.fate == "left alone"
        and it.page.says("does not fit")
    ),
)
_IS_WAITED_FOR = _acted(
    "Adding a pencil is refused with 409, and the cookie left alone: the newer release can read it "
    "again.",
    lambda it: (
        it.statuses == (HTTPStatus.CONFLICT,)
        and it.fate == "left alone"
        and it.page.says("start a new cart")
    ),
)
_UNTRUSTED = (
    _is_refused(Tampered),
    _STAYS,
    _says("The cart in this browser was not signed by this shop"),
    _IS_EMPTY,
    _BEGINS_ANEW,
)
_LEFT_OUT = (_IS_READ, _STAYS, _IS_FREE)

EXHIBITS = (
    Exhibit(
        "nearly-full",
        "Nearly full",
        "One byte is left, and no line is that short.",
        _filled(1),
        (_takes("one byte less than a cart may", 1), _IS_READ, _STAYS, _IS_FULL),
        ADDED,
    ),
    Exhibit(
        "full",
        "Full",
        "Not a byte is left: one more and a browser would drop it without a word.",
        _filled(0),
        (_takes("as many bytes as a cart may", 0), _IS_READ, _STAYS, _IS_FULL),
        ADDED,
    ),
    Exhibit(
        "expired-in-grace",
        "Expired, in grace",
        "It has outlived its signed time, but not by much: it is offered back.",
        _in_grace,
        (
            _is_refused(Expired),
            _STAYS,
            _says("has expired. Restore it?"),
            _IS_EMPTY,
            _acted(
                "Restoring it brings its line back, and begins its life anew.",
                lambda it: it.fate == "rewritten" and it.page.line_of("Mug") is not None,
            ),
        ),
        RESTORED,
    ),
    Exhibit(
        "expired",
        "Expired, beyond grace",
        "It has outlived its signed time and the grace after it by a second.",
        _expired,
        (
            _is_refused(Expired),
            _GOES,
            _says("has expired and could not be kept"),
            _IS_EMPTY,
            _BEGINS_ANEW,
        ),
        ADDED,
    ),
    Exhibit(
        "forged",
        "Forged signature",
        "Somebody turned one mug into nine, and left the signature as it was.",
        _forged,
        _UNTRUSTED,
        ADDED,
    ),
    Exhibit(
        "rotated-away",
        "Key rotated away",
        "It was signed with a key that is not accepted any more. A shop cannot tell it from a "
        "forged one.",
        _signed_with(GONE_KEY),
        _UNTRUSTED,
        ADDED,
    ),
    Exhibit(
        "rotated-accepted",
        "Key rotated, still accepted",
        "It was signed with the older of two keys. The next change signs it with the new one.",
        _signed_with(FORMER_KEY),
        (
            _IS_READ,
            _STAYS,
            _IS_KEPT,
            Expectation("The new cookie is signed with the new key.", _is_resigned),
        ),
        ADDED,
        needs_demo_shop=True,
    ),
    Exhibit(
        "unknown-version",
        "Unknown version",
        f"Its signature is good, but it is in version {cookie.FORMAT_VERSION + 1} of the format: "
        "what a shop finds after it is rolled back to an older release.",
        _of_version(cookie.FORMAT_VERSION + 1),
        (
            _is_refused(UnknownVersion),
            _STAYS,
            _says("Your cart was saved by another version of this shop"),
            _IS_EMPTY,
            _IS_WAITED_FOR,
        ),
        ADDED,
    ),
    Exhibit(
        "version-1",
        "Format version 1",
        "An older shop wrote it. Version 1 can always be read; the next change writes version 2.",
        _of_version(1),
        (_IS_READ, _STAYS, _IS_KEPT),
        ADDED,
    ),
    Exhibit(
        "version-2",
        "Format version 2",
        "How a cart is written, in about a third fewer bytes for each line than in version 1.",
        _of(MUG),
        (_IS_READ, _STAYS, _IS_KEPT),
        ADDED,
    ),
    Exhibit(
        "version-3",
        "Format version 3",
        "A cart with a coupon, whose number takes five bytes more, whatever its code. The shop no "
        "longer has this one: the cart is kept, and nothing is taken off.",
        _with_coupon,
        (_IS_READ, _STAYS, _says("no longer valid, so nothing is taken off"), _IS_KEPT),
        ADDED,
    ),
    Exhibit(
        "deleted-product",
        "A deleted product",
        "Its line has a number that no product has.",
        _of(NOBODYS),
        (*_LEFT_OUT, _shows("A product we no longer have", "No longer sold"), _IS_KEPT),
        ADDED,
    ),
    Exhibit(
        "discontinued-product",
        "A discontinued product",
        "Its product is still known, but no longer sold.",
        _of(DIARY),
        (*_LEFT_OUT, _shows("Discontinued diary", "No longer sold"), _IS_KEPT),
        ADDED,
        needs_demo_shop=True,
    ),
    Exhibit(
        "changed-price",
        "A changed price",
        "Since it was last changed, its product has gone up in price. The cookie holds no "
        "price: the old one comes from the price history.",
        _repriced,
        (
            _IS_READ,
            _STAYS,
            _shows("Lamp with a new price", "when you last looked"),
            _opened(
                "The new price is charged.",
                lambda it: any(
                    f"Now {line.price}," in line.note and line.price == line.total
                    for line in it.page.lines
                ),
            ),
            _IS_KEPT,
        ),
        ADDED,
        needs_demo_shop=True,
    ),
    Exhibit(
        "sold-out",
        "Sold out",
        "Its product is out of stock, but may come back.",
        _of(TEAPOT),
        (
            *_LEFT_OUT,
            _shows("Sold-out teapot", "keep it in case we get more"),
            _acted(
                "Adding one more is refused with 409, and the cookie left alone.",
                lambda it: (
                    it.statuses == (HTTPStatus.CONFLICT,)
                    and it.fate == "left alone"
                    and it.page.says("This is sold out")
                ),
            ),
        ),
        ADDED_TEAPOT,
        needs_demo_shop=True,
    ),
    Exhibit(
        "two-of-one-name",
        "Two cookies of one name",
        "A second cookie of this name has a longer path. A server should not rely on their order "
        f"({rfc('section 4.2.2')}), so both are read, and the newer cart counts.",
        _twice,
        (
            _IS_READ,
            _STAYS,
            _opened(
                "The page shows the newer cart.",
                lambda it: [line.name for line in it.page.lines] == ["Mug"],
            ),
            _IS_KEPT,
        ),
        ADDED,
        needs_demo_shop=True,
    ),
    Exhibit(
        "foreign",
        "A cookie of another program",
        "Cookies belong to a host, whatever the port. Another program on this host has set one of "
        "the same name, so it is not the shop’s to delete.",
        _foreign,
        (
            _is_refused(Malformed),
            _STAYS,
            _says("The cart in this browser is damaged, or not this shop’s"),
            _IS_EMPTY,
            _BEGINS_ANEW,
        ),
        ADDED,
    ),
)
