"""A product feed for Google Merchant Center, separated by tabs or by commas.

Attribute names may have spaces or underscores, and the prefix `g:` of the XML feed. Rows with one
item_group_id are variants, which differ in some of six attributes and in nothing else. Source:
"Item group ID", https://support.google.com/merchants/answer/6324507.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from shop.core.text import tidy
from shop.storage.catalogue_files.grouping import common_name
from shop.storage.catalogue_files.html_text import plain_text
from shop.storage.catalogue_files.rows import Defaults, Draft
from shop.storage.catalogue_files.table import Table, TableRow
from shop.storage.catalogue_files.translation import (
    NO_PRICE,
    Format,
    GroupSlugs,
    LeftOut,
    cell,
    fitting_description,
    fitting_sku,
    grouped,
    has,
    last_of_path,
    variant_cells,
)

SALE_PRICE = "the sale price was ignored and the usual price used"
UNKNOWN_AVAILABILITY = "its availability is not one of Google's, so it is taken as in stock"

_AVAILABILITY = {"in stock": "", "out of stock": "0", "preorder": "", "backorder": ""}
_WITH_CURRENCY = re.compile(r"([A-Za-z]{3})? ?([^A-Za-z]*?) ?([A-Za-z]{3})?")


_VARYING = {
    "color": "Colour",
    "size": "Size",
    "material": "Material",
    "pattern": "Pattern",
    "age_group": "Age group",
    "gender": "Gender",
}


def _translate(table: Table, defaults: Defaults) -> Iterator[Draft | LeftOut]:
    return grouped(_drafts(table, defaults))


def _drafts(table: Table, defaults: Defaults) -> Iterator[Draft | LeftOut]:
    variants = _variants(table)
    for row in table.rows:
        price = tidy(cell(row, "price"))
        if not price:
            yield LeftOut(row.line, NO_PRICE)
            continue
        amount, currency = _amount(price)
        sku, sku_notes = fitting_sku(cell(row, "id"))
        description, notes = fitting_description(plain_text(cell(row, "description")))
        google = cell(row, "google_product_category")
        path = cell(row, "product_type") or ("" if google.isdigit() else google)
        cells = {
            "sku": sku,
            "name": plain_text(cell(row, "title")),
            "description": description,
            "category": last_of_path(path),
            "price": amount,
            "currency": currency or defaults.currency,
            "active": "yes",
        }
        if has(table, "item_group_id"):
            cells |= variants.get(row.line, variant_cells("", "", ()))
        if cell(row, "sale_price"):
            notes += (SALE_PRICE,)
        if has(table, "availability"):
            availability = cell(row, "availability").lower().replace("_", " ")
            cells["stock"] = _AVAILABILITY.get(availability, "")
            notes += () if availability in _AVAILABILITY else (UNKNOWN_AVAILABILITY,)
        columns = {"sku": "id", "name": "title", "currency": "price", "category": "product_type"}
        yield Draft(row.line, cells, columns, sku_notes + notes)


def _variants(table: Table) -> dict[int, dict[str, str]]:
    groups: dict[str, list[TableRow]] = defaultdict(list)
    for row in table.rows:
        if cell(row, "item_group_id") and tidy(cell(row, "price")):
            groups[cell(row, "item_group_id")].append(row)
    slugs = GroupSlugs()
    return {
        row.line: variant_cells(slug, "", _options(row, varying))
        for key, rows in groups.items()
        for slug in [slugs.slug(_title(rows) or key, key)]
        for varying in [_varying(rows)]
        for row in rows
    }


def _title(rows: Sequence[TableRow]) -> str:
    return common_name([plain_text(cell(row, "title")) for row in rows])


def _varying(rows: Sequence[TableRow]) -> list[str]:
    return [name for name in _VARYING if len({cell(row, name) for row in rows}) > 1]


def _options(row: TableRow, varying: Sequence[str]) -> list[tuple[str, str]]:
    return [(_VARYING[name], plain_text(cell(row, name))) for name in varying]


def _amount(price: str) -> tuple[str, str]:
    match = _WITH_CURRENCY.fullmatch(price)
    if match is None or (match[1] and match[3]):
        return price, ""
    return match[2], match[1] or match[3] or ""


MERCHANT = Format(
    key="merchant",
    title="Google Merchant Center",
    read={
        "id": "SKU; changed where Crumb does not allow it",
        "title": "name",
        "description": "description",
        "price": "price, taken to include VAT, and its currency",
        "sale_price": "not used, only reported: Crumb has one price",
        "availability": "out_of_stock is a stock of 0; otherwise there is no limit",
        "product_type": "category: the last part",
        "google_product_category": "category where product_type is empty, unless it is a number",
        "item_group_id": "finds the variants of a group, whose address has what their titles share",
        "color": "an option of a group whose products differ in it",
        "size": "an option of a group whose products differ in it",
        "material": "an option of a group whose products differ in it",
        "pattern": "an option of a group whose products differ in it",
        "age_group": "an option of a group whose products differ in it",
        "gender": "an option of a group whose products differ in it",
    },
    left_out={
        "link": "Crumb's addresses are made from the name",
        "*_link": "an address; put pictures into `shop/static/img/products/`",
        "sale_price_effective_date": "Crumb has one price",
        "size_*": "the size says it",
        "brand": "Crumb does not record makers",
        "gtin": "Crumb does not keep it",
        "mpn": "Crumb does not keep it",
        "identifier_exists": "Crumb does not keep it",
        "condition": "Crumb sells new things",
        "availability_date": "Crumb sells what it lists",
        "shipping*": "one price for shipping, by setting",
        "tax*": "one VAT rate, by setting",
        "unit_pricing_*": "Crumb does not show it",
        "custom_label_*": "for advertisements",
        "product_highlight": "not part of the description",
        "product_detail": "not part of the description",
    },
    required=(("id",), ("title",), ("price",)),
    signs=("google_product_category", "image_link", "availability"),
    translate=_translate,
)
