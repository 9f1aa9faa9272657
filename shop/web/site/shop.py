"""What every page needs of the shop, joined by the factory and frozen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from babel import Locale
from flask import current_app
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import Engine

from shop.core.payment import Payments
from shop.core.pricing import Rules
from shop.storage.cached_catalogue import CachedCatalogue


@dataclass(frozen=True, slots=True)
class Shop:
    """Everything a view may use.

    `catalogue` answers what is asked of products; `now` gives Unix seconds, `new_id` an
    unguessable token.
    """

    engine: Engine
    catalogue: CachedCatalogue
    keys: tuple[str, ...]
    rules: Rules
    payments: Payments
    locale: Locale
    cart_max_age_seconds: int
    cart_grace_seconds: int
    cart_budget_bytes: int
    page_size: int
    form_max_age_seconds: int
    now: Callable[[], int]
    new_id: Callable[[], str]

    def signer(self, purpose: str) -> URLSafeTimedSerializer:
        """Signs what a form carries for one purpose; nothing signed for another passes."""
        return URLSafeTimedSerializer(list(reversed(self.keys)), salt=f"crumb {purpose}")


def shop() -> Shop:
    """The shop that this request is for."""
    extension: Shop = current_app.extensions["shop"]
    return extension
