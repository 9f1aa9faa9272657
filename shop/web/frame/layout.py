"""The frame of every page: the size of the cart, notices and an expired cart on offer."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Flask, request, session
from jinja2.runtime import Macro
from markupsafe import Markup

from shop.core.text import tidy
from shop.web.cart.visit import CartVisit, offer_in
from shop.web.cart.writer import EXPIRED_CART
from shop.web.frame import fragments
from shop.web.languages.addressing import is_in_one_language
from shop.web.languages.texts import current
from shop.web.site import wording
from shop.web.site.addresses import addresses
from shop.web.site.messages import FLASHES
from shop.web.site.shop import shop

REFUSED = "refused"
"""Session key of the cart cookie that a page has last reported as unreadable."""
_CART_PAGES = ("cart", "checkout", "share", "about")
QUIET = "Crumb-Quiet"
"""Header of a request that only refreshes a view, sent by the scripts in `shop/static/js`."""
_QUIET = "HTTP_" + QUIET.upper().replace("-", "_")


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
    """The part of a page's context that its frame needs. On a public page it says nothing of the
    visitor: a script fetches that."""

    pieces: int
    notices: tuple[Notice, ...]
    offer: Offer | None
    is_public: bool = False


PUBLIC = Frame(0, (), None, is_public=True)


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
        written=wording.written,
    )
    app.jinja_env.globals.update(
        is_in_one_language=is_in_one_language,
        lang_of=_lang_of,
        own_lang=lambda: _lang_of(shop().languages.own.tag),
    )
    for component in (
        "count",
        "notice",
        "totals",
        "field",
        "stepper",
        "biscuit",
        "price",
        "picture",
    ):
        _give_macros(app, component)
    app.context_processor(_of_request)
    fragments.register(app)


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
    return _QUIET in request.environ


def frame_of(visit: CartVisit) -> Frame:
    """The frame for a visit. Takes the messages that are waiting, so call it once per page."""
    quiet = is_quiet()
    waiting = [] if quiet else messages_waiting()
    is_news = _is_news(visit)
    if not quiet:
        taken(visit, waiting)
    return _frame(visit, waiting, is_news=is_news)


def frame_to_show(visit: CartVisit) -> Frame:
    """The same frame, but the messages stay until `taken` hears that they were shown."""
    return _frame(visit, messages_waiting(), is_news=_is_news(visit))


def messages_waiting() -> list[Notice]:
    """The messages in the session, the oldest first."""
    return [Notice(kind, text) for kind, text in session.get(FLASHES, ())]


def taken(visit: CartVisit, shown: Sequence[Notice]) -> None:
    """Takes as many of the waiting messages as were shown out of the session, and notes which
    cookie was reported."""
    if shown:
        later = session[FLASHES][len(shown) :]
        session.pop(FLASHES)
        if later:
            session[FLASHES] = later
    if visit.refusal is not None and visit.offer is None:
        session[REFUSED] = _refused(visit)


def _frame(visit: CartVisit, waiting: Sequence[Notice], *, is_news: bool) -> Frame:
    notices = list(waiting)
    if is_news and visit.refusal is not None:
        notices.append(Notice("warning", wording.refusal(visit.refusal)))
    return Frame(visit.cart.pieces, tuple(notices), _offer(visit))


def _is_news(visit: CartVisit) -> bool:
    # A cookie that is left alone comes with every request: pages without a cart say so once.
    if visit.refusal is None or visit.offer is not None:
        return False
    return session.get(REFUSED) != _refused(visit) or request.blueprint in _CART_PAGES


def _refused(visit: CartVisit) -> str:
    return hashlib.sha256(visit.value.encode()).hexdigest()[:8]


def _offer(visit: CartVisit) -> Offer | None:
    value = visit.value if visit.offer else session.get(EXPIRED_CART, "")
    expired = visit.offer or offer_in(value)
    if expired is None:
        return None
    return Offer(wording.expired_offer(wording.day(expired.cart.changed_at)), value)
