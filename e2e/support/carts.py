"""Carts as cookies, made and read with the shop's codec: for shops that are not in test mode, for
values that no shop makes, and for Firefox. Expectations of a cookie are in `e2e/jar.py`."""

from __future__ import annotations

import time
from typing import Any

from playwright.sync_api import BrowserContext
from tenacity import retry, retry_if_result, stop_after_delay, wait_fixed

from e2e.support.server import KEY
from shop.core import cookie
from shop.core.cart import Cart, Line
from shop.lab.carts.cookie_limit import CookieLimit
from shop.lab.carts.exact_size import cart_of_exactly

SECONDS_A_DAY = 86_400


def cart_cookie(context: BrowserContext) -> dict[str, Any] | None:
    """The cart cookie that the browser holds, under either name."""
    held = [kept for kept in context.cookies() if kept.get("name") in cookie_names()]
    assert len(held) <= 1, "a browser holds one cart"
    return dict(held[0]) if held else None


def octets(held: dict[str, Any] | None) -> int:
    """Octets of a cookie's name and value as the browser holds it; 0 without a cookie."""
    return len(held["name"]) + len(held["value"]) if held else 0


def cookie_names() -> tuple[str, str]:
    return cookie.NAME, cookie.SECURE_NAME


def held_cart(context: BrowserContext) -> Cart | None:
    """The cart that the browser holds, decoded."""
    held = cart_cookie(context)
    if held is None:
        return None
    return cookie.decode(
        held["value"], [KEY], now=int(time.time()), max_age_seconds=400 * SECONDS_A_DAY
    )


@retry(
    retry=retry_if_result(lambda held: held is None),
    stop=stop_after_delay(10),
    wait=wait_fixed(0.05),
)
def wait_until_held(context: BrowserContext) -> dict[str, Any] | None:
    """Waits until the jar holds a cart."""
    return cart_cookie(context)


def put(context: BrowserContext, url: str, value: str) -> None:
    """Gives the browser a cart cookie with this value, as if the shop had set it."""
    context.add_cookies(
        [
            {
                "name": cookie.NAME,
                "value": value,
                "url": url,
                "httpOnly": True,
                "sameSite": "Lax",
                "expires": time.time() + 30 * SECONDS_A_DAY,
            }
        ]
    )


def value_of(lines: dict[int, int], *, aged_days: float = 0) -> str:
    """The cookie value of a cart of {cookie number: quantity}, last changed `aged_days` ago."""
    changed_at = int(time.time() - aged_days * SECONDS_A_DAY)
    cart = Cart(tuple(Line(number, quantity) for number, quantity in lines.items()), changed_at)
    return cookie.encode(cart, [KEY], name=cookie.NAME)


def altered(value: str) -> str:
    """This value with one character changed, so that its signature does not match."""
    return value[:3] + ("A" if value[3] != "A" else "B") + value[4:]


def link_of(lines: dict[int, int], *, aged_days: float = 0) -> str:
    """The path of a link to a cart, last changed `aged_days` ago."""
    changed_at = int(time.time() - aged_days * SECONDS_A_DAY)
    cart = Cart(tuple(Line(number, quantity) for number, quantity in lines.items()), changed_at)
    return f"/c/{cookie.encode_for_link(cart, [KEY])}"


def cart_that_fills(total_bytes: int, added: Line, *, name: str = cookie.NAME) -> Cart:
    """A cart whose cookie takes exactly this many bytes of name and value once a line is added.

    Its other lines are of products that do not exist, which a cart may hold.
    """
    limit = CookieLimit(name, (KEY,), total_bytes)
    cart = cart_of_exactly(total_bytes, limit, last=added, now=int(time.time()))
    assert cart is not None, f"no cart takes exactly {total_bytes} bytes"
    return cart


def full_for_one_more(line: dict[int, int]) -> str:
    """The value of a cart that is one byte too long once this line is added."""
    ((number, quantity),) = line.items()
    cart = cart_that_fills(cookie.BROWSER_LIMIT_BYTES + 1, Line(number, quantity))
    return cookie.encode(cart, [KEY], name=cookie.NAME)
