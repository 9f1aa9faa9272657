"""What delivery costs and which VAT is in the prices, by country: two tables of the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from shop.core import money
from shop.core.money import Money
from shop.core.pricing import Rules
from shop.shop_file.table import Table

OTHER = "other"
"""Stands for every country of the shop that has no row of its own."""
HOME = "home"
"""The row that names the classes of VAT, with the rates that the catalogue states."""
_ROW = "a row such as { price = 3.95, free_from = 40 }"
_RATES = "a row such as { standard = 20, reduced = 5 }"
_RATE = "a rate in percent from 0 to 99.99, such as 20 or 5.5"


@dataclass(frozen=True, slots=True)
class Sale:
    """What the settings say of selling: the rules without a table, the decimals of the currency,
    and the countries that the shop delivers to (ISO 3166), the preselected one first."""

    rules: Rules
    exponent: int
    countries: tuple[str, ...]


def read_charges(shipping: Table, vat: Table, sale: Sale) -> dict[str, Rules]:
    """The rules for each country of the shop."""
    prices = _prices(shipping, sale)
    rates = _rates(vat, sale)
    found = {}
    for country in sale.countries:
        price, free_from = prices.get(country, (sale.rules.shipping, sale.rules.free_shipping_from))
        there = rates.get(country, {})
        found[country] = replace(
            sale.rules,
            shipping=price,
            free_shipping_from=free_from,
            shipping_vat_basis_points=there.get(
                sale.rules.shipping_vat_basis_points, sale.rules.shipping_vat_basis_points
            ),
            vat_rates=there,
        )
    return found


def _prices(table: Table, sale: Sale) -> dict[str, tuple[Money, Money | None]]:
    rows = {country: _price(table, country, sale) for country in (*sale.countries, OTHER)}
    stated = {country for country in rows if country in table}
    table.finish(f"{OTHER}, or a country of SHOP_COUNTRIES ({', '.join(sale.countries)})")
    missing = [country for country in sale.countries if country not in stated]
    if stated and missing and OTHER not in stated:
        table.note(OTHER, f"found no price for {', '.join(missing)}, expected {_ROW} for each")
    given = {country: rows[country] or rows[OTHER] for country in sale.countries}
    return {country: row for country, row in given.items() if row is not None}


def _price(table: Table, country: str, sale: Sale) -> tuple[Money, Money | None] | None:
    if country not in table:
        return None
    row = table.table(country, _ROW)
    price = _amount(row, "price", sale)
    free_from = _amount(row, "free_from", sale)
    if not row.is_wrong and "price" not in row:
        table.refuse(country, row.content, _ROW)
    row.finish()
    return None if price is None else (price, free_from)


def _amount(row: Table, key: str, sale: Sale) -> Money | None:
    found = row.take(key)
    if found is None:
        return None
    currency = sale.rules.currency
    expected = f"an amount of {currency} such as 4, with at most {sale.exponent} decimals"
    try:
        return money.parse(_number(found), currency, sale.exponent)
    except ValueError:
        row.refuse(key, found, expected)
        return None


def _rates(table: Table, sale: Sale) -> dict[str, Mapping[int, int]]:
    if not table.content:
        return {}
    home = table.table(HOME, _RATES)
    classes = {name: _rate(home, name) for name in home.content}
    if not classes and not home.is_wrong:
        table.note(HOME, f"found no classes of VAT, expected {_RATES}")
    if len(set(classes.values())) < len(classes) and None not in classes.values():
        table.refuse(HOME, home.content, "a different rate for each class")
    rows = {}
    for country in (*sale.countries, OTHER):
        if country in table:
            row = table.table(country, _RATES)
            there = {name: _rate(row, name) for name in classes if name in row}
            row.finish(f"a class of [vat] home ({', '.join(classes)})")
            rows[country] = {
                rate: there_rate
                for name, there_rate in there.items()
                if there_rate is not None and (rate := classes[name]) is not None
            }
    table.finish(f"{HOME}, {OTHER}, or a country of SHOP_COUNTRIES ({', '.join(sale.countries)})")
    own = {country: rows.get(country, rows.get(OTHER)) for country in sale.countries}
    return {country: row for country, row in own.items() if row}


def _rate(row: Table, name: str) -> int | None:
    found = row.take(name)
    try:
        basis_points = money.parse(_number(found), "XXX", 2).minor
    except ValueError:
        basis_points = -1
    if not 0 <= basis_points < 10_000:
        row.refuse(name, found, _RATE)
        return None
    return basis_points


def _number(found: Any) -> str:
    if isinstance(found, bool) or not isinstance(found, int | Decimal):
        raise ValueError("no number")
    return str(found)
