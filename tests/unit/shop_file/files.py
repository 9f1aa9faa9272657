"""What a file says in a shop in pounds that delivers to three countries."""

from __future__ import annotations

from pathlib import Path

from babel import Locale

from shop.core.money import Money
from shop.core.pricing import Rules
from shop.core.words import Words
from shop.shop_file.charges import Sale
from shop.shop_file.reading import read
from shop.web.languages.language import language_of

RULES = Rules(
    currency="GBP",
    shipping=Money(395, "GBP"),
    free_shipping_from=Money(4000, "GBP"),
    shipping_vat_basis_points=2000,
    max_quantity=99,
)
OWN = language_of(Locale("en", "GB"))
SALE = Sale(RULES, exponent=2, countries=("GB", "DE", "US"))


def words_of(file: Path | None) -> Words:
    return read(file, SALE, OWN).words
