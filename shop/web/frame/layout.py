"""The frame of every page: the size of the cart, notices and an expired cart on offer."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import cast

from flask import Flask, get_flashed_messages, request, session
from jinja2.runtime import Macro
from markupsafe import Markup

from shop.core.text import tidy
from shop.web.cart.visit import CartVisit, offer_in
from shop.web.cart.writer import EXPIRED_CART
from shop.web.frame.fragments import Fragments
from shop.web.languages.addressing import is_in_one_language
from shop.web.languages.texts import current
from shop.web.site import wording
from shop.web.site.addresses import addresses
from shop.web.site.shop import shop

REFUSED = "refused"
"""Session key of the cart cookie that a page has last reported as unreadable."""
_CART_PAGES = ("cart", "checkout", "share", "about")
QUIET = "Crumb-Quiet"
"""Header of a request that only refreshes a view, sent by the scripts in `shop/static/js`."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One message. `kind` is `message` or `warning`."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Offer:
    """An expired cart that can be restored; `value` is what the form sends along."""

    title: str
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
        money=wording.money,
        day=wording.day,
        moment=wording.moment,
        percent=wording.percent,
        number=wording.number,
        counted=wording.counted,
        deduction=wording.deduction,
        tidy=tidy,
    )
    app.jinja_env.globals.update(
        is_in_one_language=is_in_one_language,
        lang_of=_lang_of,
        own_lang=lambda: _lang_of(shop().languages.own.tag),
    )
    for component in ("notice", "totals", "field", "stepper", "biscuit", "price", "picture"):
        _give_macros(app, component)
    app.context_processor(_of_request)
    app.extensions["fragments"] = fragments = Fragments(app)
    app.jinja_env.globals.update(part=fragments.part, languages=fragments.languages)


def _of_request() -> dict[str, object]:
    return {"to": addresses(), "language": current(), "words": shop().words}


def _lang_of(tag: str) -> Markup:
    # The attribute of a text that is in another language than its page.
    attribute = "" if tag in ("", current().tag) else f' lang="{tag}"'
    return Markup(attribute)  # noqa: S704  # the tag of a language


def _give_macros(app: Flask, component: str) -> None:
    # As globals, because a template that imports macros pays for it at every rendering.
    macros = app.jinja_env.get_template(f"components/{component}.html").module
    public = {name: macro for name, macro in vars(macros).items() if isinstance(macro, Macro)}
    app.jinja_env.globals.update(public)


def is_quiet() -> bool:
    """Whether a page is requested only to refresh the cart in another tab: then messages wait for
    the tab that they are meant for, and nothing is renewed."""
    return QUIET in request.headers


def frame_of(visit: CartVisit) -> Frame:
    """The frame for a visit. Takes the messages that are waiting, so call it once per page."""
    notices = [Notice(kind, text) for kind, text in _messages()]
    if visit.refusal is not None and visit.offer is None and _is_news(visit):
        notices.append(Notice("warning", wording.refusal(visit.refusal)))
    return Frame(visit.cart.pieces, tuple(notices), _offer(visit))


def _messages() -> list[tuple[str, str]]:
    if "_flashes" not in session or is_quiet():
        return []
    return cast("list[tuple[str, str]]", get_flashed_messages(with_categories=True))


def _is_news(visit: CartVisit) -> bool:
    # A cookie that is left alone comes with every request: pages without a cart say so once.
    refused = hashlib.sha256(visit.value.encode()).hexdigest()[:8]
    is_news = session.get(REFUSED) != refused or request.blueprint in _CART_PAGES
    if not is_quiet():
        session[REFUSED] = refused
    return is_news


def _offer(visit: CartVisit) -> Offer | None:
    value = visit.value if visit.offer else session.get(EXPIRED_CART, "")
    expired = visit.offer or offer_in(value)
    if expired is None:
        return None
    return Offer(wording.expired_offer(wording.day(expired.cart.changed_at)), value)
