"""The pages of the cookie-limits laboratory: one entry for each room.

Nothing in the shop imports this package, so switching it off removes it completely. Its own cookies
stay below its own path, so no page of the shop receives them, except those with a `__Host-` name,
which must have the path /: they are small, and deleted right after. The visitor's cart is
written by the shop's own writer.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, request
from flask_limiter import Limiter

from shop.lab.conformance import page as conformance_page
from shop.lab.encodings import unguarded
from shop.lab.header_limits import page as header_limits_page
from shop.lab.home import page as home_page
from shop.lab.lecture import page as lecture_page
from shop.lab.museum import page as museum_page
from shop.lab.museum.demo_shop import DemoShop
from shop.lab.probes import page as probes_page
from shop.web.site import rate_limits
from shop.web.site.shop import Shop

PAGE_COST = 20
"""How many requests a view of a page counts as: it takes about that many times as long."""
FREE_DIGITS, ECHO_DIGITS = 5, 7
"""Digits of the bytes that an echo sends back: beyond 99,999 bytes it counts as ten requests,
beyond 999,999 as a hundred."""
BLUEPRINTS = (
    home_page.blueprint,
    unguarded.blueprint,
    probes_page.blueprint,
    probes_page.run.below_cart,
    header_limits_page.blueprint,
    conformance_page.blueprint,
    museum_page.blueprint,
    lecture_page.blueprint,
)


def register(app: Flask, limiter: Limiter, ratelimit: str, join: Callable[[Shop], Flask]) -> None:
    """Adds the laboratory to the shop, with one rate limit for all its addresses. `join` makes an
    app with the shop's own pages for another Shop."""
    app.extensions[museum_page.EXTENSION] = DemoShop(join)
    limit = limiter.shared_limit(ratelimit, scope="lab", cost=_cost)
    for blueprint in BLUEPRINTS:
        limit(blueprint)
        rate_limits.count_reading(app, blueprint.name)
        app.register_blueprint(blueprint)


def _cost() -> int:
    # Most responses take a few milliseconds and bytes. But the home page measures seven encodings,
    # an exhibit is tried in the demo shop, and an echo may send a mebibyte of headers.
    if request.blueprint in (home_page.blueprint.name, museum_page.blueprint.name):
        return PAGE_COST
    digits = min(len(request.args.get("back", "")), ECHO_DIGITS)
    return 10 ** max(0, digits - FREE_DIGITS) if request.endpoint == "header_limits.echo" else 1
