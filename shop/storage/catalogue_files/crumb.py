"""Our own format, read and written.

Columns: sku, name, price, currency; optionally slug, description, category, vat_rate, stock,
image, active, compare_at_price, and for a variant its group and options. A missing column leaves
that field of a known product unchanged; an empty cell means the default: no description, the
default category, unlimited stock, no picture, no group. Prices are written in major units (12.50),
VAT rates in percent (20), active as yes or no.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shop.core import money
from shop.core.catalogue import Product
from shop.storage.catalogue_files.grouping import GROUP_COLUMNS, MOST_OPTIONS
from shop.storage.catalogue_files.rows import REQUIRED, Defaults, Draft
from shop.storage.catalogue_files.table import Table
from shop.storage.catalogue_files.translation import Format

COLUMNS = (
    "sku", "slug", "name", "description", "category", "price", "currency",
    "vat_rate", "stock", "image", "active", "compare_at_price", *GROUP_COLUMNS,
)  # fmt: skip


def write(products: Iterable[Product], exponent: int) -> Iterator[list[str]]:
    """The header, then one row a product, as `read` expects them: reading gives the same back."""
    yield list(COLUMNS)
    for product in products:
        yield list(cells(product, exponent).values())


def cells(product: Product, exponent: int) -> dict[str, str]:
    """A product's row, by COLUMNS; `exponent` is the number of decimals of its currency."""
    texts = (
        product.sku,
        product.slug,
        product.name,
        product.description,
        product.category,
        money.plain(product.price, exponent),
        product.price.currency,
        _percent_text(product.vat_basis_points),
        "" if product.stock is None else str(product.stock),
        product.image or "",
        "yes" if product.is_active else "no",
        money.plain(product.compare_at, exponent) if product.compare_at else "",
        *_group_cells(product),
    )
    return dict(zip(COLUMNS, texts, strict=True))


def _percent_text(basis_points: int) -> str:
    whole, hundredths = divmod(basis_points, 100)
    return f"{whole}.{hundredths:02d}".rstrip("0").rstrip(".") if hundredths else str(whole)


def _group_cells(product: Product) -> list[str]:
    if product.group is None:
        return [""] * len(GROUP_COLUMNS)
    pairs = zip(product.group.options, product.options, strict=True)
    options = [text for pair in pairs for text in pair]
    missing = [""] * (2 * MOST_OPTIONS - len(options))
    return [product.group.slug, product.group.name, *options, *missing]


def _translate(table: Table, _: Defaults) -> Iterator[Draft]:
    for row in table.rows:
        yield Draft(row.line, row.cells)


CRUMB = Format(
    key="crumb",
    title="Crumb",
    read={
        "sku": "required: 1 to 40 letters, digits, spaces and `. - / _`; identifies the product",
        "name": "required: 1 to 200 characters",
        "price": "required: including VAT, such as 12.50",
        "currency": "required: the shop's, such as GBP",
        "slug": "the end of the product's address; if empty, made from the name",
        "description": "text, with line feeds, of at most 4,000 characters",
        "category": "if empty, Everything else",
        "vat_rate": "in percent, such as 20 or 5.5; if empty, the shop's",
        "stock": "a whole number; if empty, there is no limit",
        "image": "a file in `shop/static/img/products/`; if empty, a picture is drawn. Previews of "
        "links show a JPEG, PNG, WebP or GIF, and the picture of the shop instead of an SVG",
        "active": "yes or no: whether it is sold; if empty, yes",
        "compare_at_price": "the price before a reduction, higher than the price; if empty, none",
        "group": "of a variant, the end of the address of its page; variants of one group have one",
        "group_name": "the name on that page; if empty, what the names of the variants have in "
        "common",
        "option1_name": "what variants of the group differ in, such as Size",
        "option1_value": "which this one is, such as M",
        "option2_name": "a second option, such as Colour",
        "option2_value": "which this one is",
        "option3_name": "a third option",
        "option3_value": "which this one is",
    },
    left_out={},
    required=tuple((name,) for name in REQUIRED),
    signs=("vat_rate", "active"),
    translate=_translate,
)
