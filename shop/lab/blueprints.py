"""The laboratory of cookie limits: its pages, joined to the shop and kept apart from it.

Nothing of the shop imports this package, so switching it off takes it away whole. Its own
cookies stay below its own address, where the shop's pages never send them, but for those with a
`__Host-` name, which must have the path /: they are small, and are deleted right after. The
visitor's cart is written to the shop's path by the shop's own code.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, request
from flask_limiter import Limiter

from shop.lab.conformance import page as conformance_page
from shop.lab.encodings import unguarded
from shop.lab.header_limits import page as header_limits_page
from shop.lab.home import page as home_page
from shop.lab.museum import page as museum_page
from shop.lab.museum.demo_shop import Stage
from shop.lab.probes import page as probes_page
from shop.web.site.shop import Shop

PAGE_COST = 20
"""For how many requests one of a page counts: it takes about so many times as long."""
FREE_DIGITS, ECHO_DIGITS = 5, 7
"""Of the bytes that an echo is to send back: beyond 99,999 it counts for ten, beyond 999,999 for a
hundred requests."""
BLUEPRINTS = (
    home_page.blueprint,
    unguarded.blueprint,
    probes_page.blueprint,
    probes_page.run.below_cart,
    header_limits_page.blueprint,
    conformance_page.blueprint,
    museum_page.blueprint,
)


def register(app: Flask, limiter: Limiter, ratelimit: str, join: Callable[[Shop], Flask]) -> None:
    """Gives the shop its laboratory; all its addresses together are limited in number. `join`
    makes the shop's own pages over another Shop."""
    app.extensions[museum_page.EXTENSION] = Stage(join)
    limit = limiter.shared_limit(ratelimit, scope="limits", cost=_cost)
    for blueprint in BLUEPRINTS:
        limit(blueprint)
        app.register_blueprint(blueprint)


def _cost() -> int:
    # Most answers take a few milliseconds and bytes. The page measures seven ways of keeping a
    # cart, an exhibit is played on a stage, and an echo may be asked for a mebibyte of header.
    if request.blueprint in (home_page.blueprint.name, museum_page.blueprint.name):
        return PAGE_COST
    digits = min(len(request.args.get("back", "")), ECHO_DIGITS)
    return 10 ** max(0, digits - FREE_DIGITS) if request.endpoint == "way.echo" else 1
