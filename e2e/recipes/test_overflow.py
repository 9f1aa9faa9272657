"""Use it wherever a cookie grows with what people do: a cart, a list of pages seen.

A browser ignores a cookie of more than 4,096 bytes without a word and keeps the old one, so a shop
says "added" and shows yesterday's cart. `add_cookies` raises an error instead, which no browser
does: let the cookie arrive in a response.
"""

from __future__ import annotations

from e2e.jar import Jar
from e2e.support.pages import Shopper


def test_a_browser_that_gets_too_long_a_cookie_keeps_the_old_cart(
    jar: Jar, own_shopper: Shopper
) -> None:
    jar.arrange("MUG*2")

    jar.overflow(4_097)

    jar["cart"].to_have_bytes(at_most=4_096)
    own_shopper.opens_cart().holds("Everyday mug", 2)
