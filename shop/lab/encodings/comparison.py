"""What would have happened: the visitor's cart in each of the seven encodings.

The cart grows line by line: first the visitor's own lines, then those that the page's buttons would
add. Lines with a number that no product has get a made-up SKU, name and price.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy import Connection

from shop.core.cart import Cart
from shop.core.catalogue import Snapshot
from shop.core.cookie import BROWSER_LIMIT_BYTES
from shop.lab.carts.cookie_limit import CookieLimit
from shop.lab.carts.filling import Filling, most_within
from shop.lab.carts.visitors_cart import growing
from shop.lab.encodings import chart, made_up_products
from shop.lab.encodings.chart import Axis, Plot, Trace
from shop.lab.encodings.encodings import ENCODINGS, Encoding, PlainCart, PlainLine
from shop.storage import catalogue
from shop.web.cart.visit import CartVisit
from shop.web.site import wording
from shop.web.site.shop import shop

SHOWN = (1, 10, 50, 100, 200, 300)
"""The numbers of lines whose bytes are shown as figures."""
DRAWN = (*SHOWN, 150, 250)
HIGHEST_DRAWN = 2 * BROWSER_LIMIT_BYTES


@dataclass(frozen=True, slots=True)
class Growth:
    """A growing cart, with the plain form of each line that it has or could get."""

    filling: Filling
    lines: tuple[PlainLine, ...]
    products: int

    def of(self, count: int) -> PlainCart:
        """The cart at this number of lines."""
        cart = self.filling.cart
        if count > len(cart):
            grown = self.filling.longer_by(count - len(cart))
        else:
            grown = Cart(cart.lines[:count], cart.changed_at)
        return PlainCart(grown, self.lines[:count], self.products)

    def most_in(self, encoding: Encoding, there: CookieLimit, known: dict[int, int]) -> int:
        """How many lines fit in all in this encoding."""
        return most_within(
            there.limit_bytes,
            lambda count: encoding.octets(self.of(count), there),
            len(self.lines),
            known | {0: 0},
        )


@dataclass(frozen=True, slots=True)
class Row:
    """One encoding: its letter, the octets of the visitor's cart, the most lines that a browser
    keeps, and the octets at each of SHOWN."""

    letter: str
    encoding: Encoding
    octets: int
    most_lines: int
    figures: tuple[int, ...]

    @property
    def is_kept(self) -> bool:
        return self.octets <= BROWSER_LIMIT_BYTES


@dataclass(frozen=True, slots=True)
class Comparison:
    """All encodings of a cart with this many lines; 0 means the demonstration for an empty cart."""

    lines: int
    rows: tuple[Row, ...]
    shown: tuple[int, ...]
    chart: Markup
    products: int


def comparison(visit: CartVisit) -> Comparison:
    """The visitor's cart in all encodings. For an empty cart the result is cached: it is the same
    for everyone."""
    if visit.cart.lines:
        return _comparison(visit.cart, visit.name)
    return shop().catalogue.ask(_of_empty_cart, visit.name)


def _of_empty_cart(_: Connection, name: str) -> Comparison:
    return _comparison(Cart(), name)


def growth(cart: Cart) -> Growth:
    """How this cart grows in this shop, with the names and prices of its products."""
    filling = growing(cart)
    numbers = [*(line.number for line in cart.lines), *filling.numbers]
    on_sale = shop().catalogue.ask(catalogue.active_numbers)
    known = {line.number for line in cart.lines}.union(on_sale)
    products = shop().catalogue.snapshot([number for number in numbers if number in known])
    quantities = {line.number: line.quantity for line in cart.lines}
    lines = (_plain(number, quantities.get(number, 1), products) for number in numbers)
    every = shop().catalogue.ask(catalogue.count)
    return Growth(filling, tuple(lines), every)


def _comparison(cart: Cart, name: str) -> Comparison:
    grown, there = growth(cart), CookieLimit(name, shop().keys, BROWSER_LIMIT_BYTES)
    counts = sorted({*DRAWN, len(cart)} - {0})
    carts = {count: grown.of(count) for count in counts}
    sizes = [
        {count: encoding.octets(carts[count], there) for count in counts} for encoding in ENCODINGS
    ]
    rows = tuple(
        Row(
            letter,
            encoding,
            known.get(len(cart), 0),
            grown.most_in(encoding, there, known),
            tuple(known[count] for count in SHOWN),
        )
        for letter, encoding, known in zip("ABCDEFG", ENCODINGS, sizes, strict=True)
    )
    return Comparison(len(cart), rows, SHOWN, _drawn(rows, sizes, len(cart)), grown.products)


def _plain(number: int, quantity: int, products: Snapshot) -> PlainLine:
    product = products.get(number)
    if product is not None:
        return PlainLine(product.sku, product.name, product.price.minor, quantity)
    made = made_up_products.line(number)
    return made if quantity == 1 else PlainLine(made.sku, made.name, made.price, quantity)


def _drawn(rows: Iterable[Row], sizes: Iterable[dict[int, int]], held: int) -> Markup:
    traces = [
        Trace(row.encoding.key, [at for at in known.items() if at[0] <= SHOWN[-1]], row.letter)
        for row, known in zip(rows, sizes, strict=True)
    ]
    traces.append(Trace("limit", [(0, BROWSER_LIMIT_BYTES), (SHOWN[-1], BROWSER_LIMIT_BYTES)]))
    if 0 < held <= SHOWN[-1]:
        traces.append(Trace("yours", [(held, 0), (held, HIGHEST_DRAWN)]))
    plot = Plot(
        traces,
        Axis(0, SHOWN[-1], {at: wording.number(at) for at in range(0, SHOWN[-1] + 1, 50)}),
        Axis(
            0, HIGHEST_DRAWN, {at: wording.number(at) for at in range(0, HIGHEST_DRAWN + 1, 2048)}
        ),
    )
    picture = plot.element()
    chart.describe(
        picture,
        "Bytes of a cart against its lines",
        "A curve for each of the seven encodings, and the limit of a browser. The table below has "
        "the figures.",
        prefix="chart-",
    )
    return Markup(chart.text_of(picture))  # noqa: S704  # escaped by the XML writer
