"""Fragments of pages, rendered once and cached: product cards, cart lines, parts of the frame.

A fragment is a pure function of its key, which holds the product itself, so caching changes no
page; prices are still read from the database for every page. The cache belongs to one app, as
templates, locale and limits do.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from types import MappingProxyType
from typing import TypeVar, cast

from flask import Flask, current_app
from jinja2.runtime import Macro
from markupsafe import Markup, escape

from shop.core.catalogue import Listing
from shop.core.money import Money
from shop.core.pricing import QuoteLine
from shop.web.cart.line_views import Complaint, line_view
from shop.web.languages.addressing import rest, root
from shop.web.languages.language import Language
from shop.web.languages.texts import current
from shop.web.site.addresses import Addresses
from shop.web.site.shop import shop

T = TypeVar("T")
NO_PRICES: Mapping[int, Money] = MappingProxyType({})
MOST_REMEMBERED = 8192
_TOKEN = "\0csrf token\0"  # noqa: S105  # the place of a token, or of its field, not one
_FIELD = '<input type="hidden" name="csrf_token" value="{}">'
_REST = "\0rest of an address\0"


class Fragments:
    """Renders fragments with their templates, and caches them."""

    def __init__(self, app: Flask) -> None:
        self._templates = app.jinja_env
        self._card_template = app.jinja_env.get_template("product/_card.html")
        self._line_template = app.jinja_env.get_template("cart/_line.html")
        self._cards: dict[tuple[object, ...], list[str]] = {}
        self._lines: dict[tuple[object, ...], list[bytes]] = {}
        self._parts: dict[tuple[object, ...], list[str]] = {}
        self._made: dict[tuple[object, ...], Markup] = {}

    def made(self, component: str, *arguments: object) -> Markup:
        """What a macro of `components/` makes of these arguments."""
        macro = cast("Macro", self._templates.globals[component])
        return _safe(macro(*arguments))

    def kept(self, component: str, *arguments: Hashable) -> Markup:
        """The same, cached: for arguments that many visits share."""
        key = (component, arguments, current())
        html = self._made.get(key)
        if html is None:
            html = self.made(component, *arguments)
            _keep(self._made, key, html)
        return html

    def part(self, template: str, to: Addresses) -> Markup:
        """A part of a page that is the same for everybody in a language: its template sees `to`,
        `language` and `words`, and nothing of the page or its visitor."""
        return _safe(self._part(template, to)[0])

    def languages(self, to: Addresses) -> Markup:
        """The links to this page in each language of the shop."""
        return _safe(str(escape(rest())).join(self._part("frame/languages.html", to)))

    def cards(self, listings: tuple[Listing, ...], to: Addresses, token: str) -> Markup:
        """The items of a list of products; `token` is the CSRF token of their forms, empty on a
        public page, whose forms have none."""
        field = _FIELD.format(escape(token)) if token else ""
        return _safe("".join([field.join(self._card(listing, to)) for listing in listings]))

    def lines(
        self,
        lines: tuple[QuoteLine, ...],
        to: Addresses,
        token: str,
        complaint: Complaint | None = None,
        earlier: Mapping[int, Money] = NO_PRICES,
    ) -> bytes:
        """The rows of a cart, as markup in UTF-8; `token` is the CSRF token of their forms,
        `earlier` the prices, by cookie number, that have changed."""
        own, field = (to.home, current()), escape(token).encode()
        return b"".join(
            [
                field.join(self._line(line, to, own, complaint, earlier.get(line.line.number)))
                for line in lines
            ]
        )

    def _part(self, template: str, to: Addresses) -> list[str]:
        language = current()
        key = (template, to.root, to.home, language)
        parts = self._parts.get(key)
        if parts is None:
            here = shop()
            html = self._templates.get_template(template).render(
                to=to,
                language=language,
                words=here.words,
                others=here.languages.if_several,
                root=root(),
                rest=_REST,
            )
            self._parts[key] = parts = html.split(_REST)
        return parts

    def _card(self, listing: Listing, to: Addresses) -> list[str]:
        key = (listing, to.home, current())
        parts = self._cards.get(key)
        if parts is None:
            html = self._card_template.render(
                listing=listing, product=listing.product, to=to, token_field=_TOKEN
            )
            parts = html.split(_TOKEN)
            _keep(self._cards, key, parts)
        return parts

    def _line(
        self,
        quoted: QuoteLine,
        to: Addresses,
        own: tuple[str, Language],
        complaint: Complaint | None,
        earlier: Money | None,
    ) -> list[bytes]:
        if complaint is not None and complaint.number == quoted.line.number:
            return self._rendered_line(quoted, to, complaint, earlier)
        key = (quoted, earlier, own)
        parts = self._lines.get(key)
        if parts is None:
            parts = self._rendered_line(quoted, to, None, earlier)
            _keep(self._lines, key, parts)
        return parts

    def _rendered_line(
        self,
        quoted: QuoteLine,
        to: Addresses,
        complaint: Complaint | None,
        earlier: Money | None,
    ) -> list[bytes]:
        view = line_view(quoted, to, complaint, earlier)
        html = self._line_template.render(line=view, token=_TOKEN)
        return html.encode().split(_TOKEN.encode())


def register(app: Flask) -> None:
    """Gives an app an empty cache, and its templates the parts that they ask for themselves."""
    own = app.extensions["fragments"] = Fragments(app)
    app.jinja_env.globals.update(part=own.part, languages=own.languages)


def fragments() -> Fragments:
    """The fragments of the current app."""
    extension: Fragments = current_app.extensions["fragments"]
    return extension


def _safe(html: str) -> Markup:
    return Markup(html)  # noqa: S704  # rendered by templates that escape


def _keep(memory: dict[tuple[object, ...], T], key: tuple[object, ...], piece: T) -> None:
    if len(memory) >= MOST_REMEMBERED:
        memory.clear()
    memory[key] = piece
