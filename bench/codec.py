"""The cart codec beside Flask's session serializer, on the same 20 lines in the same run."""

from __future__ import annotations

import statistics
import timeit
from collections.abc import Callable
from itertools import cycle

import click
from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from shop.core import cookie
from shop.core.cart import Cart, Line

KEY = "a key that signs nothing but measurements"
NOW = cookie.EPOCH + 28_000_000
CART = Cart(tuple(Line(37 * number + 1, number % 4 + 1) for number in range(20)), NOW)
CALLS = 300
ROUNDS = 21
TARGET_RATIO = 0.8
"""The most time, relative to Flask's session serializer on the same lines in the same run."""


def print_codec() -> None:
    """Prints microseconds per call: the median over rounds in which all four take turns."""
    app = Flask("comparison")
    app.secret_key = KEY
    session = SecureCookieSessionInterface().get_signing_serializer(app)
    if session is None:
        raise RuntimeError("a session needs a key")
    plain = {"cart": {str(line.number): line.quantity for line in CART.lines}}
    # The carts that were read last are remembered: each of these is read anew.
    values = cycle(
        cookie.encode(Cart(CART.lines, NOW + second), [KEY], name=cookie.NAME)
        for second in range(2 * cookie.MOST_REMEMBERED)
    )
    other = session.dumps(plain)
    calls: dict[str, Callable[[], object]] = {
        "cart cookie, encode": lambda: cookie.encode(CART, [KEY], name=cookie.NAME),
        "Flask session, dumps": lambda: session.dumps(plain),
        "cart cookie, decode": lambda: cookie.decode(
            next(values), [KEY], now=NOW, max_age_seconds=9
        ),
        "Flask session, loads": lambda: session.loads(other),
    }
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(ROUNDS):
        for name, call in calls.items():
            taken[name].append(timeit.timeit(call, number=CALLS) / CALLS * 1e6)
    median = {name: statistics.median(figures) for name, figures in taken.items()}
    click.echo(f"{'microseconds a call, 20 lines':32}{'median':>8}{'ratio':>8}  target")
    for ours, theirs in zip(list(calls)[::2], list(calls)[1::2], strict=True):
        ratio = median[ours] / median[theirs]
        verdict = "reached" if ratio <= TARGET_RATIO else "MISSED"
        click.echo(f"{ours:32}{median[ours]:8.1f}{ratio:8.2f}  at most {TARGET_RATIO} {verdict}")
        click.echo(f"{theirs:32}{median[theirs]:8.1f}")
