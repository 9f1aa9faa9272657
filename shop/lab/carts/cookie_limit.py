"""What limits a cart's cookie, and how much of that a cart takes."""

from __future__ import annotations

from dataclasses import dataclass

from shop.core import cookie
from shop.core.budget import cookie_bytes
from shop.core.cart import Cart


@dataclass(frozen=True, slots=True)
class CookieLimit:
    """The name and keys of a cart's cookie, and the most octets of name + value."""

    name: str
    keys: cookie.Keys
    limit_bytes: int

    def octets(self, cart: Cart) -> int:
        """Octets of name + value that the cart takes under this name and these keys."""
        return cookie_bytes(cart, self.keys, name=self.name)

    def holds(self, cart: Cart) -> bool:
        """Whether the cart's cookie stays within the limit."""
        return self.octets(cart) <= self.limit_bytes
