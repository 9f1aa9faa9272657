"""The laboratory of cookie limits: its pages, joined to the shop and kept apart from it.

Nothing of the shop imports this package, so switching it off takes it away whole. Its own
cookies stay below its own address, where the shop's pages never send them, and live for
minutes; only the visitor's cart is written to the shop's path, by the shop's own code.
"""

from __future__ import annotations

from flask import Flask
from flask_limiter import Limiter

from shop.limits import page, probe, way_pages

BLUEPRINTS = (page.blueprint, probe.blueprint, way_pages.blueprint)


def register(app: Flask, limiter: Limiter, ratelimit: str) -> None:
    """Gives the shop its laboratory; all its addresses together are limited in number."""
    limit = limiter.shared_limit(ratelimit, scope="limits")
    for blueprint in BLUEPRINTS:
        limit(blueprint)
        app.register_blueprint(blueprint)
