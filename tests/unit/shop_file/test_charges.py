from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from shop.core.money import Money
from shop.core.pricing import Rules
from shop.shop_file.reading import ShopFileRefused, read
from tests.unit.shop_file.files import OWN, RULES, SALE


def rules_to(folder: Path, content: str) -> Mapping[str, Rules]:
    file = folder / "shop.toml"
    file.write_text(content, "utf-8")
    return read(file, SALE, OWN).rules_to


def pounds(pence: int) -> Money:
    return Money(pence, "GBP")


def test_without_tables_all_countries_are_alike(tmp_path: Path) -> None:
    alike = {"GB": RULES, "DE": RULES, "US": RULES}
    assert read(None, SALE, OWN).rules_to == alike
    assert rules_to(tmp_path, "") == alike


def test_each_country_has_its_price_of_delivery(tmp_path: Path) -> None:
    table = "[shipping]\nGB = { price = 3.95, free_from = 40 }\nother = { price = 12 }\n"
    elsewhere = replace(RULES, shipping=pounds(1200), free_shipping_from=None)
    assert rules_to(tmp_path, table) == {"GB": RULES, "DE": elsewhere, "US": elsewhere}


def test_delivery_can_be_free(tmp_path: Path) -> None:
    found = rules_to(tmp_path, "[shipping]\nother = { price = 0 }")
    assert {rules.shipping for rules in found.values()} == {pounds(0)}


def test_each_country_has_its_rate_for_each_class(tmp_path: Path) -> None:
    table = """
        [vat]
        home = { standard = 20, reduced = 5 }
        DE = { standard = 19, reduced = 7 }
        other = { standard = 0 }
    """
    found = rules_to(tmp_path, table)
    assert found["GB"].vat_rates == {2000: 0}  # as every country without a row
    assert found["DE"].vat_rates == {2000: 1900, 500: 700}
    assert found["US"].vat_rates == {2000: 0}
    assert [found[code].shipping_vat_basis_points for code in found] == [0, 1900, 0]


def test_a_country_without_a_row_has_the_rates_of_the_catalogue(tmp_path: Path) -> None:
    found = rules_to(tmp_path, "[vat]\nhome = { all = 20 }\nDE = { all = 19.25 }")
    assert found["GB"] == RULES
    assert found["DE"].vat_rates == {2000: 1925}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(
            "[shipping]\nGB = { price = 1 }",
            "shipping.other: found no price for DE, US, expected a row such as { price = 3.95,",
            id="countries without a price",
        ),
        pytest.param(
            "[shipping]\nother = { price = 1 }\nFR = { price = 1 }",
            "shipping.FR: found an unknown key, expected other, or a country of SHOP_COUNTRIES",
            id="a country without delivery",
        ),
        pytest.param(
            "[shipping]\nother = 3", "shipping.other: found 3, expected a row such as", id="no row"
        ),
        pytest.param(
            "[shipping]\nother = { free_from = 3 }",
            "shipping.other: found {'free_from': 3}, expected a row such as { price",
            id="no price",
        ),
        pytest.param(
            "[shipping]\nother = { price = 3.955 }",
            "shipping.other.price: found 3.955, expected an amount of GBP such as 4, with at most "
            "2 decimals.",
            id="too many decimals",
        ),
        pytest.param(
            "[shipping]\nother = { price = -1 }", "other.price: found -1, expected", id="negative"
        ),
        pytest.param(
            "[shipping]\nother = { price = nan }", "other.price: found NaN, expected", id="NaN"
        ),
        pytest.param(
            '[shipping]\nother = { price = "1" }', "other.price: found “1”, expected", id="text"
        ),
        pytest.param(
            "[shipping]\nother = { price = true }", "price: found True, expected", id="true"
        ),
        pytest.param(
            "[shipping]\nother = { price = 1, free = 2 }",
            "shipping.other.free: found an unknown key, expected one of price, free_from.",
            id="unknown in a row",
        ),
        pytest.param(
            "[vat]\nDE = {}",
            "vat.home: found no classes of VAT, expected a row such as { standard = 20,",
            id="no classes",
        ),
        pytest.param(
            "[vat]\nhome = { a = 20 }\nDE = { b = 19 }",
            "vat.DE.b: found an unknown key, expected a class of [vat] home (a).",
            id="unknown class",
        ),
        pytest.param(
            "[vat]\nhome = { a = 20 }\nFR = { a = 19 }",
            "vat.FR: found an unknown key, expected home, other, or a country of SHOP_COUNTRIES",
            id="a country without delivery in VAT",
        ),
        pytest.param(
            "[vat]\nhome = { a = 20, b = 20.0 }",
            "expected a different rate for each class.",
            id="two classes of one rate",
        ),
        pytest.param(
            "[vat]\nhome = { a = 100 }",
            "vat.home.a: found 100, expected a rate in percent from 0 to 99.99, such as 20 or 5.5.",
            id="whole price",
        ),
        pytest.param(
            "[vat]\nhome = { a = 20 }\nDE = 19", "vat.DE: found 19, expected a row", id="no rates"
        ),
    ],
)
def test_a_mistake_is_told(tmp_path: Path, content: str, told: str) -> None:
    with pytest.raises(ShopFileRefused) as refused:
        rules_to(tmp_path, content)
    (problem,) = refused.value.problems
    assert told in problem
