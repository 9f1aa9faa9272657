"""The cookie jar as a test object does what a browser does, in a real one."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from email.utils import formatdate
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, BrowserType, Page, expect

from e2e.jar import SECONDS_A_DAY, Crumb, Jar
from e2e.support.debian import FAKETIME, needed
from e2e.support.pages import Shopper
from e2e.support.server import World


@pytest.fixture
def faketime() -> str:
    """The library that gives a process another time."""
    return needed(FAKETIME)


def test_a_cart_arrives_as_the_shop_sends_it(jar: Jar, page: Page) -> None:
    jar.arrange("MUG*2, PENCIL")
    jar["cart"].to_last(days=33).to_have_attributes(
        http_only=True, same_site="Lax", secure=False, path="/", priority="High"
    )
    cart = Shopper(page, jar.shop.url).opens_cart()
    cart.holds("Everyday mug", 2).holds("Cedar pencil")


@pytest.mark.parametrize("aged_days", [8, 31])
def test_an_old_cart_has_less_to_live(jar: Jar, aged_days: int) -> None:
    jar.arrange("MUG", aged_days=aged_days)
    jar["cart"].to_last(days=33 - aged_days).to_have_attributes(priority="High")


def test_a_cart_older_than_its_life_is_not_there(jar: Jar) -> None:
    jar.arrange("MUG", aged_days=34)
    jar["cart"].to_be_absent()


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        pytest.param("MUG, GHOST", "no product with the SKU GHOST", id="an unknown SKU"),
        pytest.param("MUG*0", r"422.* lines\.0\.quantity: .* greater than", id="no quantity"),
    ],
)
def test_the_shop_says_why_it_makes_no_cart(jar: Jar, lines: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        jar.arrange(lines)
    jar["cart"].to_be_absent()


def test_what_the_shop_sets_on_a_later_day_lasts_as_long(jar: Jar, page: Page) -> None:
    jar.advance(days=400)
    Shopper(page, jar.shop.url).adds("everyday-mug")
    jar["cart"].to_last(days=33)
    jar.advance(days=29)
    Shopper(page, jar.shop.url).opens_cart().holds("Everyday mug")
    jar["cart"].to_last(days=33)  # which looking at it has renewed
    jar.advance(days=10)
    jar["cart"].to_last(days=23)


@pytest.fixture
def responding() -> Iterator[Callable[[list[tuple[str, str]]], str]]:
    """Serves nothing but these headers, at the address that this gives: cookies of a host are
    shared by its ports."""
    servers: list[ThreadingHTTPServer] = []

    def serve(headers: list[tuple[str, str]]) -> str:
        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), partial(_Headers, headers)))
        Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}/"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


class _Headers(BaseHTTPRequestHandler):
    def __init__(self, headers: list[tuple[str, str]], *connection: Any) -> None:
        self.to_send = headers
        super().__init__(*connection)

    def do_GET(self) -> None:
        self.send_response_only(200)
        for name, value in [*self.to_send, ("Content-Length", "0")]:
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


@pytest.mark.parametrize("is_of_a_server", [False, True], ids=["the jar's", "a server's"])
def test_a_browser_keeps_4096_bytes_and_ignores_4097(
    jar: Jar,
    page: Page,
    responding: Callable[[list[tuple[str, str]]], str],
    is_of_a_server: bool,
) -> None:
    def overflow(octets: int) -> None:
        if is_of_a_server:
            value = "y" * (octets - len("cart"))
            header = f"cart={value}; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax"
            page.goto(responding([("Set-Cookie", header)]))
        else:
            jar.overflow(octets)

    jar.arrange("MUG")
    overflow(4_096)
    kept = jar["cart"].to_have_bytes(exactly=4_096).to_last(days=1).read()
    overflow(4_097)
    assert jar["cart"].read() == kept
    jar.arrange("MUG")
    jar["cart"].to_have_bytes(at_most=100)


@pytest.mark.parametrize(
    ("date_days", "lasts_days"),
    [
        pytest.param(31, 7, id="a Date of the same day"),
        pytest.param(0, 38, id="a Date of today"),
    ],
)
def test_expires_of_a_later_day_needs_a_date_of_that_day(
    jar: Jar,
    page: Page,
    responding: Callable[[list[tuple[str, str]]], str],
    date_days: int,
    lasts_days: int,
) -> None:
    def date_in(days: int) -> str:
        return formatdate(time.time() + days * SECONDS_A_DAY, usegmt=True)

    page.goto(
        responding(
            [("Date", date_in(date_days)), ("Set-Cookie", f"week=1; Expires={date_in(31 + 7)}")]
        )
    )
    jar["week"].to_last(days=lasts_days)


def test_a_browser_that_starts_later_agrees(
    browser_type: BrowserType,
    browser_type_launch_args: dict[str, Any],
    browser_context_args: dict[str, Any],
    world: World,
    faketime: str,
    tmp_path: Path,
) -> None:
    """A cookie that the jar says has eight days left is gone after eight days, and not before."""

    def launched(**environ: str) -> BrowserContext:
        return browser_type.launch_persistent_context(
            tmp_path / "profile",
            **browser_type_launch_args,
            **browser_context_args,
            env={**os.environ, **environ},
        )

    with launched() as context:
        jar = Jar(context, Crumb(world.url, world.headers))
        jar.arrange("MUG*2", aged_days=25)
        jar["cart"].to_last(days=8)
    for hours, is_there in ((8 * 24 - 1, True), (8 * 24 + 1, False)):
        with launched(LD_PRELOAD=faketime, FAKETIME=f"+{hours}h") as context:
            context.set_extra_http_headers({**world.headers, "Shop-Clock": f"+{hours}h"})
            page = Shopper(context.pages[0], world.url).visits("/cart")
            expect(page.get_by_role("button", name="Restore it")).to_have_count(int(is_there))
            assert bool([one for one in context.cookies() if one["name"] == "cart"]) is is_there
