"""Products as a shopper knows them, and the snapshot of them that a quote is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shop.core.money import Money

LONGEST_PHOTO_TEXT = 200
"""In characters: a sentence or two, since a screen reader reads all of it at once."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo of a product, kept in several sizes and formats.

    `name` is made of its content, so what is kept under it never changes. `widths` are in pixels,
    the smallest first; `height` belongs to the largest. `formats` are endings of file names, the
    one that takes the fewest bytes first; the last is `jpg`, which every browser shows. `text` is
    what it shows, for whoever does not see it; it may be empty. Raises ValueError when the text is
    longer than LONGEST_PHOTO_TEXT.
    """

    name: str
    height: int
    widths: tuple[int, ...]
    formats: tuple[str, ...]
    text: str = ""

    def __post_init__(self) -> None:
        if len(self.text) > LONGEST_PHOTO_TEXT:
            raise ValueError(f"the text of a photo has at most {LONGEST_PHOTO_TEXT} characters")

    @property
    def width(self) -> int:
        return self.widths[-1]


@dataclass(frozen=True, slots=True)
class Group:
    """Products that differ in a few options, such as size and colour, and share a page.

    `slug` is the end of that page's address. `options` names what they differ in, in the order in
    which it is chosen.
    """

    slug: str
    name: str
    options: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.options:
            raise ValueError("the variants of a group differ in an option at least")


@dataclass(frozen=True, slots=True)
class Product:
    """One thing for sale.

    `number` is the small integer by which a cart cookie knows it: given once, never reused.
    `vat_basis_points` is the VAT rate contained in the price (2000 is 20 %). `stock` is a
    count of pieces, or None where there is no limit. `image` is a file name below
    `shop/static/img/products/`, or None. `photo` is the first of its photos, and is shown instead
    of the image. `compare_at` is the price that it had before a reduction, higher than `price` and
    in its currency, or None. It is shown, and in no sum. A variant has a `group`, and a value for
    each of its options; its name is its own, and says them.
    """

    number: int
    sku: str
    slug: str
    name: str
    description: str
    category: str
    price: Money
    vat_basis_points: int
    stock: int | None
    image: str | None
    is_active: bool
    photo: Photo | None = None
    compare_at: Money | None = None
    group: Group | None = None
    options: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.number < 1:
            raise ValueError("a cookie number starts at 1")
        if self.price.minor < 0 or not 0 <= self.vat_basis_points < 10_000:
            raise ValueError("a price is not negative and a VAT rate is below 100 %")
        if self.compare_at is not None:
            if self.compare_at.currency != self.price.currency:
                raise ValueError("a price and the one that it is compared with have one currency")
            if self.compare_at <= self.price:
                raise ValueError("a price is lower than the one that it is compared with")
        if self.stock is not None and self.stock < 0:
            raise ValueError("stock is never below zero")
        if len(self.options) != (len(self.group.options) if self.group else 0):
            raise ValueError("a variant has a value for each option of its group, and for no other")

    def __hash__(self) -> int:
        return self.number  # cheap, and right: equal products have equal numbers

    @property
    def is_sold_out(self) -> bool:
        return self.stock == 0

    @property
    def is_for_sale(self) -> bool:
        return self.is_active and not self.is_sold_out


Snapshot = Mapping[int, Product]
"""Products by cookie number, read at one time; a missing number means a deleted product."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list shows once: a product, or a group for which one of its products stands.

    `lowest` is the lowest price that it can be had for. It `is_one_price` when all variants that
    are sold cost the same, before a reduction too. It `is_sold_out` when all of them are.
    """

    product: Product
    lowest: Money
    is_one_price: bool
    is_sold_out: bool
