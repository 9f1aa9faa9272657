"""What every page needs to know about the shop, as one frozen value made by the factory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Flask, current_app
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import Engine

from shop.core.payment import Payments
from shop.core.pricing import Rules
from shop.core.words import Words
from shop.storage.cached_catalogue import CachedCatalogue, asking_once
from shop.storage.catalogue_files.rows import Defaults
from shop.web.languages.addressing import Languages
from shop.web.languages.texts import current

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CHOOSE = "choose shop"
"""The extension that chooses the shop of each request, where one app has several: in test mode."""
_here: ContextVar[Shop | None] = ContextVar("the shop of this request", default=None)


@dataclass(frozen=True, slots=True)
class Shop:
    """Everything a view may use.

    `keys` sign carts with the first and read them with all; `strong_keys`, those of them that are
    hard to guess, sign and read everything else: an old short key forges nothing but a cart, which
    anybody may fill. `catalogue` answers queries about products, and `defaults` are what
    a product has for which nothing else is written. `countries` are the codes
    (ISO 3166) of those that the shop delivers to, the preselected one first, and `rules_to` says
    how it charges for an order to each. An order with a hosted
    payment that nobody pays is cancelled after `unpaid_seconds`. `now` returns Unix
    seconds and `new_id` an unguessable token. Caches that browsers share may keep public pages for
    `cache_seconds`. `words_in` has the shop's words by the tags of its
    languages, its own for certain.
    """

    words_in: Mapping[str, Words]
    engine: Engine
    catalogue: CachedCatalogue
    defaults: Defaults
    keys: tuple[str, ...]
    strong_keys: tuple[str, ...]
    rules_to: Mapping[str, Rules]
    payments: Payments
    unpaid_seconds: int
    languages: Languages
    cart_max_age_seconds: int
    cart_grace_seconds: int
    cart_budget_bytes: int
    countries: tuple[str, ...]
    allow_test_email: bool
    page_size: int
    form_max_age_seconds: int
    cache_seconds: int
    now: Callable[[], int]
    new_id: Callable[[], str]

    @property
    def rules(self) -> Rules:
        """How the shop charges for an order to the preselected country."""
        return self.rules_to[self.countries[0]]

    @property
    def charges_by_country(self) -> bool:
        """Whether an order costs, or contains, something else in some other country."""
        own = self.rules
        return any(rules is not own and rules != own for rules in self.rules_to.values())

    @property
    def words(self) -> Words:
        """The shop's words in the current language, or else in its own."""
        return self.words_in.get(current().tag) or self.words_in[self.languages.own.tag]

    def signer(self, purpose: str) -> URLSafeTimedSerializer:
        """A signer for one purpose: it rejects what was signed for another."""
        return URLSafeTimedSerializer(list(reversed(self.strong_keys)), salt=f"crumb {purpose}")


def shop() -> Shop:
    """The shop that this request is for."""
    return _here.get() or _chosen()


def _chosen() -> Shop:
    extensions = current_app.extensions
    found: Shop = extensions[CHOOSE]() if CHOOSE in extensions else extensions["shop"]
    return found


def register(app: Flask, here: Shop) -> None:
    """Gives an app its shop."""
    app.extensions["shop"] = here
    app.wsgi_app = _looking_once(app, app.wsgi_app)  # type: ignore[method-assign,assignment]


def _looking_once(app: Flask, wsgi_app: WSGIApplication) -> WSGIApplication:
    # A page makes several queries, and asking a server before each would take longer than the rest.
    # It asks for its shop, too, more often than Flask finds it quickly.
    def looking(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        token = _here.set(None if CHOOSE in app.extensions else app.extensions["shop"])
        try:
            with asking_once():
                return wsgi_app(environ, start_response)
        finally:
            _here.reset(token)

    return looking
