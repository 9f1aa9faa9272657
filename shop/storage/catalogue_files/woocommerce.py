"""The product export of WooCommerce.

A variable product has a row of its own, and one for each variation, whose Parent is its SKU or
`id:` and its ID. Line feeds are written as a backslash and n, commas within values as a backslash
and a comma, and an apostrophe stands before a cell that a spreadsheet might take for a formula. The
attributes of a variation have one value each, and are what it differs in from the others. Source:
https://github.com/woocommerce/woocommerce/wiki/Product-CSV-Import-Schema.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

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
    made_sku,
    pieces,
    variant_cells,
)

SALE_PRICE = "the sale price was ignored and the regular price used"
SHARED_STOCK = "it shares its stock with other variations, and each was given all of it"
OTHER_TAX_CLASS = "the file has no rate for its tax class, so it gets the shop's VAT rate"

_FORMULA = re.compile(r"'[=+\-@\t\r]")
_LISTED = re.compile(r"(?:\\,|[^,])+")
_ATTRIBUTE = re.compile(r"attribute_(\d+)_value\(s\)")


def _translate(table: Table, defaults: Defaults) -> Iterator[Draft | LeftOut]:
    return grouped(_drafts(table, defaults))


def _drafts(table: Table, defaults: Defaults) -> Iterator[Draft | LeftOut]:
    groups = GroupSlugs()
    rows = [_unescaped(row) for row in table.rows]
    parents = {f"id:{cell(row, 'ID')}": row for row in rows if cell(row, "ID")}
    parents |= {sku: row for row in rows if (sku := cell(row, "SKU"))}
    for row in rows:
        parent = parents.get(cell(row, "Parent"), row)
        reason = _reason_against(row)
        if reason:
            yield LeftOut(row.line, reason)
        else:
            draft = _draft(table, row, parent, defaults)
            if has(table, "Parent"):
                variant = _variant(row, parent, groups)
                draft = replace(draft, cells={**draft.cells, **variant})
            yield draft


def _draft(table: Table, row: TableRow, parent: TableRow, defaults: Defaults) -> Draft:
    number = cell(row, "ID")
    made = f"ID-{number}" if number else made_sku(_name(row, parent))
    sku, sku_notes = fitting_sku(cell(row, "SKU") or made)
    description, notes = fitting_description(_description(row) or _description(parent))
    cells = {
        "sku": sku,
        "name": _name(row, parent),
        "description": description,
        "category": _category(row) or _category(parent),
        "price": cell(row, "Regular price"),
        "currency": defaults.currency,
        "active": "yes" if _is_active(row) and _is_active(parent) else "no",
    }
    if cell(row, "Sale price"):
        notes += (SALE_PRICE,)
    if has(table, "Tax status", "Tax class"):
        cells["vat_rate"], tax_notes = _vat_rate(row, parent)
        notes += tax_notes
    if has(table, "Stock", "In stock?"):
        cells["stock"], stock_notes = _stock(row, parent)
        notes += stock_notes
    columns = {"price": "Regular price", "category": "Categories"}
    columns |= {name: name.capitalize() for name in ("name", "description", "stock")}
    return Draft(row.line, cells, columns | {"sku": "SKU"}, sku_notes + notes)


def _unescaped(row: TableRow) -> TableRow:
    cells = {
        key: text[1:] if _FORMULA.match(text) else text
        for key, text in ((key, text.strip()) for key, text in row.cells.items())
    }
    return replace(row, cells=cells)


def _reason_against(row: TableRow) -> str:
    types = {kind.strip() for kind in cell(row, "Type").lower().split(",")}
    if "variable" in types:
        return "a variable product, whose variations are read"
    if "grouped" in types:
        return "a grouped product, whose members are read"
    if "external" in types:
        return "sold on another site"
    return "" if cell(row, "Regular price") else NO_PRICE


def _name(row: TableRow, parent: TableRow) -> str:
    name = plain_text(cell(row, "Name"))
    if name or row is parent:
        return name
    values = [value for _, value in _attributes(row, parent)]
    return ", ".join([plain_text(cell(parent, "Name")), *values])


def _attributes(row: TableRow, parent: TableRow) -> list[tuple[str, str]]:
    keys = sorted((int(match[1]), key) for key in row.cells if (match := _ATTRIBUTE.fullmatch(key)))
    return [
        (_attribute_name(row, parent, place), plain_text(value.replace("\\,", ",")))
        for place, key in keys
        if (value := row.cells[key])
    ]


def _attribute_name(row: TableRow, parent: TableRow, place: int) -> str:
    column = f"Attribute {place} name"
    return plain_text(cell(row, column) or cell(parent, column)) or f"Option {place}"


def _variant(row: TableRow, parent: TableRow, groups: GroupSlugs) -> dict[str, str]:
    if row is parent:
        return variant_cells("", "", ())
    name = plain_text(cell(parent, "Name"))
    slug = groups.slug(name, cell(parent, "SKU") or cell(parent, "ID"))
    return variant_cells(slug, name, _attributes(row, parent))


def _description(row: TableRow) -> str:
    parts = (_text(cell(row, name)) for name in ("Short description", "Description"))
    return "\n\n".join(dict.fromkeys(filter(None, parts)))


def _text(html: str) -> str:
    return plain_text(html.replace("\\n", "\n"), keeps_line_feeds=True)


def _category(row: TableRow) -> str:
    first = _LISTED.match(cell(row, "Categories"))
    return plain_text(last_of_path(first[0].replace("\\,", ","))) if first else ""


def _is_active(row: TableRow) -> bool:
    is_hidden = cell(row, "Visibility in catalog").lower() == "hidden"
    return cell(row, "Published") in ("", "1") and not is_hidden


def _vat_rate(row: TableRow, parent: TableRow) -> tuple[str, tuple[str, ...]]:
    if cell(row, "Tax status") in ("none", "shipping"):
        return "0", ()
    tax_class = cell(row, "Tax class")
    tax_class = cell(parent, "Tax class") if tax_class == "parent" else tax_class
    if tax_class == "zero-rate":
        return "0", ()
    return "", () if tax_class in ("", "standard") else (OTHER_TAX_CLASS,)


def _stock(row: TableRow, parent: TableRow) -> tuple[str, tuple[str, ...]]:
    if cell(row, "In stock?") == "0":
        return "0", ()
    shares = cell(row, "Stock") == "parent"
    counted = cell(parent if shares else row, "Stock")
    if cell(row, "Backorders allowed?") in ("1", "notify") or counted in ("", "parent"):
        return "", ()
    return pieces(counted), (SHARED_STOCK,) if shares else ()


WOOCOMMERCE = Format(
    key="woocommerce",
    title="WooCommerce",
    read={
        "ID": "finds the parent of a variation; the SKU where there is none: ID-123",
        "Type": "variable, grouped and external products are left out; the variations of a "
        "variable one are a group",
        "SKU": "SKU; changed where Crumb does not allow it",
        "Name": "name; where a variation has none, its parent's with the attributes; that of a "
        "parent is group_name, and group as a slug",
        "Published": "1: active; otherwise not",
        "Visibility in catalog": "hidden: not active",
        "Short description": "the beginning of the description, as plain text",
        "Description": "description, as plain text; a variation without one takes its parent's",
        "Tax status": "none and shipping are a VAT rate of 0; otherwise it is the shop's",
        "Tax class": "zero-rate is a VAT rate of 0; otherwise it is the shop's",
        "In stock?": "0 is a stock of 0",
        "Stock": "stock; below zero it is 0; if empty, there is no limit",
        "Backorders allowed?": "1 and notify mean no limit to the stock",
        "Regular price": "price, taken to include VAT; without one the product is left out",
        "Sale price": "not used, only reported: Crumb has one price",
        "Categories": "category: the last part of the first; a variation has its parent's",
        "Parent": "finds the product of a variation",
        "Attribute * name": "of a variation: option1_name and so on",
        "Attribute * value(s)": "of a variation: option1_value and so on, and its name without one",
    },
    left_out={
        "GTIN, UPC, EAN, or ISBN": "Crumb does not keep it",
        "Is featured?": "Crumb shows the first of each category",
        "Date sale price *": "Crumb has one price",
        "Low stock amount": "Crumb sends no warnings",
        "Sold individually?": "one setting for all products: SHOP_MAX_QUANTITY",
        "Weight (*)": "Crumb's shipping does not depend on weight",
        "Length (*)": "Crumb's shipping does not depend on size",
        "Width (*)": "Crumb's shipping does not depend on size",
        "Height (*)": "Crumb's shipping does not depend on size",
        "Allow customer reviews?": "Crumb has no reviews",
        "Purchase note": "Crumb does not keep it",
        "Tags": "Crumb has only categories",
        "Brands": "Crumb does not record makers",
        "Shipping class": "one price for shipping, by setting",
        "Images": "addresses; put pictures into `shop/static/img/products/`",
        "Download *": "Crumb sells no downloads",
        "Grouped products": "the members are products themselves",
        "Upsells": "Crumb shows products of the same category",
        "Cross-sells": "Crumb shows products of the same category",
        "External URL": "sold on another site",
        "Button text": "sold on another site",
        "Position": "products are listed in the order in which they were added",
        "Attribute * visible": "options are always shown",
        "Attribute * global": "options belong to one group",
        "Attribute * default": "the first variant for sale is chosen",
        "Swatches Attributes": "Crumb has no attributes",
        "Meta: *": "Crumb does not keep it",
    },
    required=(("Name",), ("Regular price",)),
    signs=("Regular price", "In stock?", "Visibility in catalog"),
    translate=_translate,
)
