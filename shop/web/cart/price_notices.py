"""Prices that changed since a cart was last changed, from the price history.

The cart's signed time says when the shopper last saw its prices, so a cookie carries no price.
"""

from __future__ import annotations

from collections.abc import Collection

from shop.core.cart import Cart
from shop.core.money import Money
from shop.storage import price_history
from shop.web.site import wording
from shop.web.site.messages import shortened
from shop.web.site.shop import shop


def earlier_prices(cart: Cart) -> dict[int, Money]:
    """The prices, by cookie number, of the cart's products that cost something else when it was
    last changed. Queries the database only if any price has changed since."""
    here = shop()
    last_change = here.catalogue.ask(price_history.last_price_change)
    if last_change is None or cart.changed_at >= last_change:
        return {}
    numbers = tuple(line.number for line in cart.lines)
    then = here.catalogue.ask(price_history.prices_at, numbers=numbers, moment=cart.changed_at)
    now = here.catalogue.snapshot(numbers)
    return {
        number: price
        for number, price in then.items()
        if number in now and now[number].price != price
    }


def price_notice(cart: Cart, kept: Collection[int]) -> str | None:
    """The prices that changed, in words, for the lines that stay. A cart that is stored again
    has a new time, so the next page could not know of them."""
    earlier = earlier_prices(cart)
    products = shop().catalogue.snapshot([number for number in earlier if number in kept])
    changes = [
        (shortened(product.name), product.price, earlier[number])
        for number, product in products.items()
        if product.is_for_sale
    ]
    return wording.price_changes(changes) if changes else None
