"""Steps back: the carts that were, each signed, newest first, in a cookie of their own.

Every change of a cart puts the cart before it on top. The cart page offers the topmost in a
form that carries it, so neither a row nor JavaScript is needed. A step is one of

    jX.Y    the whole cart as it was, signed as any cart
    ~jX.Y   only the lines that a change took away, where the whole cart has no room
    -       an empty cart

The cookie is sent to the cart's own pages only (Path=/cart), lives an hour and, together with
the cart, stays within the budget of one cart: what a proxy lets through is not exceeded by an
undo. Older steps give way first.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from flask import request
from werkzeug.wrappers import Response

from shop.core import cookie, packing
from shop.core.budget import cookie_bytes
from shop.core.cart import Cart
from shop.core.errors import CartTooLarge, CookieRefused
from shop.web.cart import cart_cookie
from shop.web.site.addresses import addresses
from shop.web.site.shop import shop

NAME = "undo"
MOST_STEPS = 5
LIFE_SECONDS = 3600
EMPTY, PART, BETWEEN = "-", "~", "!"
_STEP = re.compile(rf"[{re.escape(packing.PACKED_ALPHABET)}]+")
"""Characters of a step; whatever else a browser sends is not sent back, and so never quoted."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What the form of the cart page carries: the step, and the lines it steps back from."""

    step: str
    since: str
    count: int


def offer() -> Offer | None:
    """The newest step that can still be taken, if there is one."""
    steps = _steps()
    usable = [step for step in steps if _is_usable(step)]
    if not usable:
        return None
    return Offer(usable[0], _digest(cart_cookie.read().cart), len(usable))


def offer_of(step: str) -> Offer | None:
    """A step that did not come in the cookie, if it can be taken and leads anywhere."""
    try:
        before = Cart() if step == EMPTY else cart_cookie.decode(step)
    except CookieRefused:
        return None
    current = cart_cookie.read().cart
    return Offer(step, _digest(current), 1) if before.lines != current.lines else None


def stepped_back(step: str, since: str) -> Cart:
    """The cart that a step leads to. Raises CookieRefused for what is no step of ours.

    When the cart has changed since the step was offered, nothing of either is lost.
    """
    current = cart_cookie.read().cart
    now = shop().now()
    if step == EMPTY:
        return current if is_stale(since) else Cart()
    before = cart_cookie.decode(step.removeprefix(PART))
    if is_part(step) or is_stale(since):
        return before.merged_with(current, now=now)
    return before.touched(now)


def left_at(step: str) -> int:
    """When the cart of a step was last changed, in Unix seconds; 0 for an empty one. Raises
    CookieRefused for what is no step of ours."""
    return 0 if step == EMPTY else cart_cookie.decode(step.removeprefix(PART)).changed_at


def is_part(step: str) -> bool:
    """Whether a step brings back only what a change took away."""
    return step.startswith(PART)


def is_stale(since: str) -> bool:
    """Whether the cart has changed since a step was offered."""
    return since != _digest(cart_cookie.read().cart)


def push(response: Response, after: Cart) -> None:
    """Remembers the request's cart as one step before `after`, which the response stores."""
    before = cart_cookie.read().cart
    if before.lines == after.lines:
        return
    room = _room(after)
    whole = EMPTY if not before.lines else _signed(before, room)
    if whole is not None:
        _set(response, [whole, *_steps()], room)
        return
    taken = _taken_away(before, after)
    part = _signed(taken, room - len(PART)) if taken.lines else None
    _set(response, [PART + part] if part else [], room)


def has_room(before: Cart, after: Cart) -> bool:
    """Whether a change from one cart to another could be undone in full."""
    return not before.lines or _signed(before, _room(after)) is not None


def taken(response: Response, step: str, after: Cart) -> None:
    """Remembers the steps before this one."""
    steps = _steps()
    older = steps[steps.index(step) + 1 :] if step in steps else steps
    _set(response, older, _room(after))


def forget(response: Response) -> None:
    """Lets the browser forget every step, also those that this response has remembered."""
    kept = response.headers.getlist("Set-Cookie")
    response.headers.setlist(
        "Set-Cookie", [header for header in kept if not header.startswith(f"{NAME}=")]
    )
    _send(response, "", 0)


def _steps() -> list[str]:
    steps = request.cookies.get(NAME, "").split(BETWEEN)
    return [step for step in steps if _STEP.fullmatch(step)][:MOST_STEPS]


def _is_usable(step: str) -> bool:
    try:
        return step == EMPTY or bool(cart_cookie.decode(step.removeprefix(PART)))
    except CookieRefused:
        return False


def _taken_away(before: Cart, after: Cart) -> Cart:
    # Not what became more: merging takes the larger quantity, so it could not be undone.
    left = {line.number: line.quantity for line in after.lines}
    lines = (line for line in before.lines if line.quantity > left.get(line.number, 0))
    return Cart(tuple(lines), before.changed_at)


def _room(after: Cart) -> int:
    # What the cart leaves of its own budget; one over a budget that was lowered keeps its size.
    seen = cart_cookie.read()
    limit_bytes = max(shop().cart_budget_bytes, seen.used_bytes)
    taken_bytes = cookie_bytes(after, shop().keys, name=cart_cookie.name())
    return limit_bytes - taken_bytes - len(NAME)


def _signed(cart: Cart, room: int) -> str | None:
    try:
        value = cookie.encode(cart, shop().keys, name=NAME)
    except CartTooLarge:
        return None
    return value if len(value) <= room else None


def _set(response: Response, steps: list[str], room: int) -> None:
    kept: list[str] = []
    for step in steps[:MOST_STEPS]:
        if len(BETWEEN.join([*kept, step])) > room:
            break
        kept.append(step)
    if kept or NAME in request.cookies:
        _send(response, BETWEEN.join(kept), LIFE_SECONDS if kept else 0)


def _send(response: Response, value: str, max_age_seconds: int) -> None:
    header = cart_cookie.header(NAME, value, max_age_seconds=max_age_seconds, path=addresses().cart)
    response.headers.add("Set-Cookie", header)


def _digest(cart: Cart) -> str:
    # Of the lines alone: a cart that was merely renewed is the same.
    lines = ";".join(f"{line.number}*{line.quantity}" for line in cart.lines)
    return hashlib.sha256(lines.encode("ascii")).hexdigest()[:16]
