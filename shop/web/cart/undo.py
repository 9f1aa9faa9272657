"""The undo stack: earlier carts, each signed, newest first, in a cookie of their own.

Every change of a cart pushes the cart before it. The cart page offers the newest step in a form
that carries it, so undoing needs neither a database row nor JavaScript. A step is one of

    DX      the whole cart as it was, signed like any cart
    ~DX     only the lines that a change took away, when the whole cart does not fit
    -       an empty cart

The cookie is sent to the cart's own pages only (Path=/cart) and lives for an hour. Together with
the cart it stays within the budget of one cart: undo never sends more than a proxy lets through
for a cart alone. The oldest steps are dropped first.

Pages whose address begins with a language, such as /de/cart, get no cookie of that path. They keep
the stack in one of another name for all paths (Path=/). Whoever sees both takes that one: it is the
newer, since a change at /cart deletes it, and one at /de/cart cannot see the other.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from shop.core import cookie
from shop.core.cart import Cart
from shop.core.errors import CartTooLarge, CookieRefused
from shop.core.packing import texts
from shop.web.cart import cart_cookie
from shop.web.languages.addressing import prefix, root
from shop.web.site.request_cookies import values_of
from shop.web.site.shop import shop

NAME = "undo"
WIDE_NAME = "undo-anywhere"
MOST_STEPS = 5
LIFE_SECONDS = 3600
EMPTY, PART, BETWEEN = "-", "~", "!"
_STEP = re.compile(rf"[{re.escape(texts.PACKED_ALPHABET)}]+")
"""Characters of a step in any version. Anything else that a browser sends is not sent back, so no
step is ever quoted."""


@dataclass(frozen=True, slots=True)
class UndoForm:
    """What the undo form carries: the step, a digest of the lines that it undoes from, and how
    many steps there are in all."""

    step: str
    since: str
    count: int


def steps_of_request() -> tuple[tuple[str, ...], bool]:
    """The steps that this request brought, newest first, and whether their cookie came, or may be
    in the browser."""
    values = values_of(WIDE_NAME) or values_of(NAME)
    stacks = (tuple(filter(_STEP.fullmatch, value.split(BETWEEN))) for value in values)
    return next(filter(None, stacks), ())[:MOST_STEPS], bool(values or prefix())


def form_of(steps: Sequence[str], current: Cart) -> UndoForm | None:
    """The form for the newest step that can still be undone, if there is one."""
    usable = [step for step in steps if _is_usable(step)]
    return UndoForm(usable[0], digest(current), len(usable)) if usable else None


def form_of_step(step: str, current: Cart) -> UndoForm | None:
    """The form for a step that came by another way than the cookie; None when it cannot be
    undone or would change nothing."""
    try:
        before = Cart() if step == EMPTY else cart_cookie.decode(step)
    except CookieRefused:
        return None
    return UndoForm(step, digest(current), 1) if before.lines != current.lines else None


def undone(step: str, since: str, current: Cart, *, now: int) -> Cart:
    """The cart that a step leads back to.

    If the cart has changed since the form was rendered, both are merged: no line of either is
    lost. Raises CookieRefused for a step that the shop did not sign.
    """
    if step == EMPTY:
        return current if is_stale(since, current) else Cart()
    before = cart_cookie.decode(step.removeprefix(PART))
    kept = before.with_coupon(current.coupon or before.coupon)  # a step is about lines
    if is_part(step) or is_stale(since, current):
        return kept.merged_with(current, now=now)
    return kept.touched(now)


def changed_at(step: str) -> int:
    """When the cart of a step was last changed, in Unix seconds; 0 for an empty one. Raises
    CookieRefused for a step that the shop did not sign."""
    return 0 if step == EMPTY else cart_cookie.decode(step.removeprefix(PART)).changed_at


def is_part(step: str) -> bool:
    """Whether a step brings back only the lines that a change took away."""
    return step.startswith(PART)


def is_stale(since: str, current: Cart) -> bool:
    """Whether the cart has changed since an undo form was rendered."""
    return since != digest(current)


def pushed(
    steps: Sequence[str], before: Cart, before_value: str, after: Cart, *, room_bytes: int
) -> tuple[str, ...]:
    """The stack after a change from one cart to another, within `room_bytes`.

    `before_value` is the signed value of the cart before; it becomes the step as it is.
    """
    whole = before_value if before.lines else EMPTY
    if len(whole) <= room_bytes:
        return fitting((whole, *steps), room_bytes)
    part = _signed_part(before, after)
    return fitting((part,), room_bytes) if part else ()


def older_than(step: str, steps: Sequence[str], room_bytes: int) -> tuple[str, ...]:
    """The stack once a step has been undone, within `room_bytes`."""
    older = steps[steps.index(step) + 1 :] if step in steps else steps
    return fitting(older, room_bytes)


def fitting(steps: Sequence[str], room_bytes: int) -> tuple[str, ...]:
    """The newest steps, as many as fit into the cookie's value."""
    kept: list[str] = []
    for step in steps[:MOST_STEPS]:
        if len(BETWEEN.join([*kept, step])) > room_bytes:
            break
        kept.append(step)
    return tuple(kept)


def name() -> str:
    """The name of the cookie that this request's language keeps its stack in."""
    return WIDE_NAME if prefix() else NAME


def headers(steps: Sequence[str]) -> list[str]:
    """The Set-Cookie headers that keep a stack; an empty one deletes the cookie. No other stack is
    left that could be taken for the newest."""
    if prefix():
        return [_wide(steps), *([] if steps else [_narrow(steps)])]
    return [_narrow(steps), *([_wide(())] if values_of(WIDE_NAME) else [])]


def _narrow(steps: Sequence[str]) -> str:
    return _header(NAME, steps, f"{root()}/cart")


def _wide(steps: Sequence[str]) -> str:
    return _header(WIDE_NAME, steps, "/")


def _header(name: str, steps: Sequence[str], path: str) -> str:
    life = LIFE_SECONDS if steps else 0
    return cart_cookie.header(name, BETWEEN.join(steps), max_age_seconds=life, path=path)


def digest(cart: Cart) -> str:
    """64 bits of SHA-256, in hexadecimal, over the lines alone: a renewed cart has the same."""
    lines = ";".join(f"{line.number}*{line.quantity}" for line in cart.lines)
    return hashlib.sha256(lines.encode("ascii")).hexdigest()[:16]


def _is_usable(step: str) -> bool:
    try:
        return step == EMPTY or bool(cart_cookie.decode(step.removeprefix(PART)))
    except CookieRefused:
        return False


def _signed_part(before: Cart, after: Cart) -> str | None:
    # Not the lines whose quantity grew: merging takes the larger quantity and cannot undo that.
    left = {line.number: line.quantity for line in after.lines}
    lines = [line for line in before.lines if line.quantity > left.get(line.number, 0)]
    if not lines:
        return None
    try:
        return PART + cookie.encode(Cart(tuple(lines), before.changed_at), shop().keys, name=NAME)
    except CartTooLarge:
        return None
