"""What the frame of every page shows: how full the cart is, and what there is to say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import Flask, get_flashed_messages, session

from shop.web import cart_cookie, words

EXPIRED_CART = "expired cart"
"""Category of a flashed message that is the cookie of an expired cart, not a sentence."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One message. `kind` is `message` or `warning`."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Offer:
    """An expired cart that can be had back; `value` is what the form sends along."""

    day: str
    value: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The part of a page's context that its frame needs."""

    pieces: int
    notices: tuple[Notice, ...]
    offer: Offer | None


def register(app: Flask) -> None:
    """Gives templates the frame and the filters."""
    app.jinja_env.filters.update(
        money=words.money, day=words.day, percent=words.percent, number=words.number
    )
    app.jinja_env.globals["frame"] = frame


def frame() -> Frame:
    """Reads the cart and the messages; a template calls it once."""
    seen = cart_cookie.read()
    flashed = _flashed()
    notices = [Notice(kind, text) for kind, text in flashed if kind != EXPIRED_CART]
    if seen.refusal is not None and seen.offer is None:
        notices.append(Notice("warning", words.refusal(seen.refusal)))
    expired = [text for kind, text in flashed if kind == EXPIRED_CART]
    return Frame(seen.cart.pieces, tuple(notices), _offer([seen.value, *expired][-1]))


def _flashed() -> list[tuple[str, str]]:
    if "_flashes" not in session:
        return []
    return cast("list[tuple[str, str]]", get_flashed_messages(with_categories=True))


def _offer(value: str) -> Offer | None:
    expired = cart_cookie.offered(value)
    return Offer(words.day(expired.cart.changed_at), value) if expired else None
