"""The product export of Shopify, with the column names of before 2025 and of today.

A product has a row for each variant, and further rows for its pictures. Only its first row has the
title, the description, the names of the options and what else all variants share. Rows with one
handle are one product, which has up to three options. Source: "Using CSV files to import and export
products", https://help.shopify.com/en/manual/products/import-export/using-csv.
"""

from __future__ import annotations

from collections.abc import Iterator

from slugify import slugify

from shop.storage.catalogue_files.html_text import plain_text
from shop.storage.catalogue_files.rows import Defaults, Draft, is_slug
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
    own_name,
    pieces,
    variant_cells,
)

NO_OPTION = "Default Title"
"""What Shopify writes as the first option of a product without options."""
NO_QUANTITY = "its stock is tracked, but the file does not state it, so there is no limit"

_HANDLE = ("Handle", "URL handle")
_BODY = ("Body (HTML)", "Description")
_PRICE = ("Variant Price", "Price")
_SKU = ("Variant SKU", "SKU")
_TAXABLE = ("Variant Taxable", "Charge tax")
_TRACKER = ("Variant Inventory Tracker", "Inventory tracker")
_QUANTITY = ("Variant Inventory Qty", "Inventory quantity")
_POLICY = ("Variant Inventory Policy", "Continue selling when out of stock")
_PUBLISHED = ("Published", "Published on online store")
_OPTIONS = tuple(f"Option{number} Value" for number in (1, 2, 3))


def _translate(table: Table, defaults: Defaults) -> Iterator[Draft | LeftOut]:
    return grouped(_drafts(table, defaults))


def _drafts(table: Table, defaults: Defaults) -> Iterator[Draft | LeftOut]:
    columns = {
        "name": "Title",
        "slug": own_name(table, *_HANDLE),
        "description": own_name(table, *_BODY),
        "price": own_name(table, *_PRICE),
        "sku": own_name(table, *_SKU),
        "stock": own_name(table, *_QUANTITY),
        "category": "Type",
    }
    first_rows: dict[str, TableRow] = {}
    groups = GroupSlugs()
    slugs = {_handle(row) for row in table.rows}
    for row in table.rows:
        handle = _handle(row)
        first = first_rows.setdefault(handle, row)
        reason = _reason_against(row, first)
        if reason:
            yield LeftOut(row.line, reason)
            continue
        pairs = _options(row, first)
        options = [value for _, value in pairs]
        sku, sku_notes = fitting_sku(cell(row, *_SKU) or made_sku(handle, *options))
        body, body_notes = fitting_description(plain_text(cell(first, *_BODY)))
        title = cell(first, "Title")
        cells = {
            "sku": sku,
            "name": ", ".join([title, *options]),
            "slug": _slug(handle, options, slugs),
            "description": body,
            "category": cell(first, "Type") or last_of_path(cell(first, "Product Category")),
            "price": cell(row, *_PRICE),
            "currency": defaults.currency,
            "active": "yes" if _is_active(first) else "no",
        }
        if has(table, *_OPTIONS):
            cells |= variant_cells(groups.slug(handle, handle), title, pairs)
        stock_notes: tuple[str, ...] = ()
        if has(table, *_TAXABLE):
            cells["vat_rate"] = "0" if cell(row, *_TAXABLE).lower() == "false" else ""
        if has(table, *_QUANTITY):
            cells["stock"], stock_notes = _stock(table, row)
        yield Draft(row.line, cells, columns, sku_notes + body_notes + stock_notes)


def _handle(row: TableRow) -> str:
    return cell(row, *_HANDLE) or slugify(cell(row, "Title"))


def _options(row: TableRow, first: TableRow) -> list[tuple[str, str]]:
    return [
        (cell(first, f"Option{place} Name") or f"Option {place}", value)
        for place, value in enumerate((cell(row, name) for name in _OPTIONS), start=1)
        if value not in ("", NO_OPTION)
    ]


def _reason_against(row: TableRow, first: TableRow) -> str:
    if not cell(row, *_PRICE, *_SKU, _OPTIONS[0]):
        return "a further picture" if row is not first else NO_PRICE
    if not cell(first, "Title"):
        return "the row with its title is missing"
    if cell(first, "Gift Card").lower() == "true":
        return "a gift card"
    return "" if cell(row, *_PRICE) else NO_PRICE


def _is_active(first: TableRow) -> bool:
    is_published = cell(first, *_PUBLISHED).lower() != "false"
    return is_published and cell(first, "Status").lower() in ("", "active")


def _slug(handle: str, options: list[str], taken: set[str]) -> str:
    slug = "-".join([handle, *filter(None, map(slugify, options))])
    if not is_slug(slug) or (options and slug in taken):
        return ""
    taken.add(slug)
    return slug


def _stock(table: Table, row: TableRow) -> tuple[str, tuple[str, ...]]:
    is_counted = bool(cell(row, *_TRACKER)) or not has(table, *_TRACKER)
    if not is_counted or cell(row, *_POLICY).lower() in ("continue", "true"):
        return "", ()
    quantity = cell(row, *_QUANTITY)
    return pieces(quantity), () if quantity else (NO_QUANTITY,)


SHOPIFY = Format(
    key="shopify",
    title="Shopify",
    read={
        "Handle": "group, where the product has options; the slug, with the options of a variant",
        "URL handle": "as Handle",
        "Title": "name, with the options of a variant; group_name",
        "Body (HTML)": "description, as plain text",
        "Description": "as Body (HTML)",
        "Type": "category",
        "Product Category": "category where Type is empty: its last part",
        "Option1 Name": "option1_name; read in the first row of a product",
        "Option1 Value": "option1_value, and after the name, unless it is Default Title",
        "Option2 Name": "option2_name",
        "Option2 Value": "option2_value, and after the name",
        "Option3 Name": "option3_name",
        "Option3 Value": "option3_value, and after the name",
        "Variant SKU": "SKU; if empty, made from the handle and the options",
        "SKU": "as Variant SKU",
        "Variant Price": "price, taken to include VAT; without one the variant is left out",
        "Price": "as Variant Price",
        "Variant Taxable": "FALSE is a VAT rate of 0; otherwise it is the shop's",
        "Charge tax": "as Variant Taxable",
        "Variant Inventory Tracker": "if empty, there is no limit to the stock",
        "Inventory tracker": "as Variant Inventory Tracker",
        "Variant Inventory Qty": "stock; below zero it is 0",
        "Inventory quantity": "as Variant Inventory Qty",
        "Variant Inventory Policy": "continue means no limit to the stock",
        "Continue selling when out of stock": "TRUE means no limit to the stock",
        "Published": "FALSE: not active",
        "Published on online store": "as Published",
        "Status": "active, or not: draft, archived, unlisted",
        "Gift Card": "TRUE: left out, since Crumb sells no gift cards",
    },
    left_out={
        "Vendor": "Crumb does not record makers",
        "Tags": "Crumb has only categories",
        "Option* Linked To": "the names and values say enough",
        "Image *": "an address; put pictures into `shop/static/img/products/`",
        "Product image URL": "an address; put pictures into `shop/static/img/products/`",
        "Variant Image": "an address; put pictures into `shop/static/img/products/`",
        "Variant image URL": "an address; put pictures into `shop/static/img/products/`",
        "Variant Compare At Price": "Crumb has one price",
        "Compare-at price": "Crumb has one price",
        "Cost per item": "Crumb does not keep it",
        "Variant Tax Code": "Crumb has only rates",
        "Tax code": "Crumb has only rates",
        "Unit price *": "Crumb does not show it",
        "Variant Unit Price *": "Crumb does not show it",
        "Unit Price *": "Crumb does not show it",
        "Variant Grams": "Crumb's shipping does not depend on weight",
        "Variant Weight Unit": "Crumb's shipping does not depend on weight",
        "Weight *": "Crumb's shipping does not depend on weight",
        "Variant Requires Shipping": "Crumb ships everything",
        "Requires shipping": "Crumb ships everything",
        "Variant Fulfillment Service": "Crumb does not keep it",
        "Fulfillment service": "Crumb does not keep it",
        "Variant Barcode": "Crumb does not keep it",
        "Barcode": "Crumb does not keep it",
        "SEO *": "made from the name and the description",
        "Google Shopping / *": "Crumb does not keep it",
        "Included / *": "Crumb sells in one market",
        "Price / *": "Crumb sells in one market",
        "Compare At Price / *": "Crumb sells in one market",
        "Compare-at price / *": "Crumb sells in one market",
        "* (product.metafields.*)": "Crumb does not keep them",
    },
    required=(("Title",), _PRICE),
    signs=("Variant Price", "URL handle", "Handle"),
    translate=_translate,
)
