"""Counts, rates and changed prices as sentences."""

from __future__ import annotations

import pytest
from babel import Locale

from shop.core.money import Money
from shop.web.languages.language import language_of
from shop.web.languages.texts import speaking
from shop.web.site import wording
from tests.conftest import Opener

ENGLISH, GERMAN = Locale.parse("en_GB"), Locale.parse("de_DE")


@pytest.mark.parametrize(
    ("locale", "figure", "expected"),
    [
        pytest.param("en_GB", 0, "0 items", id="zero is plural"),
        pytest.param("en_GB", 1, "1 item", id="one"),
        pytest.param("en_GB", 2, "2 items", id="two"),
        pytest.param("en_GB", 21, "21 items", id="numbers ending in one are plural"),
        pytest.param("en_GB", 1000, "1,000 items", id="grouped"),
        pytest.param("de_DE", 1000, "1.000 items", id="grouped in German, with English words"),
        pytest.param("fr_FR", 0, "0 items", id="English plural though zero is singular in French"),
        pytest.param("ja_JP", 1, "1 item", id="English singular though Japanese has none"),
    ],
)
def test_counted(open_shop: Opener, locale: str, figure: int, expected: str) -> None:
    with open_shop(SHOP_LOCALE=locale).app.app_context():
        assert wording.counted(figure, "item", "items") == expected


@pytest.mark.parametrize(
    ("basis_points", "english", "german"),
    [
        pytest.param(0, "0%", "0\xa0%", id="none"),
        pytest.param(500, "5%", "5\xa0%", id="five"),
        pytest.param(550, "5.5%", "5,5\xa0%", id="half a percent"),
        pytest.param(1900, "19%", "19\xa0%", id="nineteen"),
        pytest.param(2000, "20%", "20\xa0%", id="no trailing zeros"),
        pytest.param(2125, "21.25%", "21,25\xa0%", id="to the basis point"),
        pytest.param(10_000, "100%", "100\xa0%", id="one hundred"),
    ],
)
def test_percent(basis_points: int, english: str, german: str) -> None:
    assert wording._percent(basis_points, ENGLISH) == english
    assert wording._percent(basis_points, GERMAN) == german


def test_percent_uses_the_shops_locale(open_shop: Opener) -> None:
    for locale, expected in (("en_GB", "19%"), ("de_DE", "19\xa0%")):
        with open_shop(SHOP_LOCALE=locale).app.app_context():
            assert wording.percent(1900) == expected


def _changes(count: int) -> list[tuple[str, Money, Money]]:
    return [(f"Cup {at}", Money(100 + at, "GBP"), Money(90, "GBP")) for at in range(1, count + 1)]


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        pytest.param(1, "Cup 1 is now £1.01, was £0.90 when you last looked.", id="one"),
        pytest.param(
            3,
            "Cup 1 is now £1.01, was £0.90 when you last looked. "
            "Cup 2 is now £1.02, was £0.90 when you last looked. "
            "Cup 3 is now £1.03, was £0.90 when you last looked.",
            id="three are named",
        ),
        pytest.param(
            4,
            "4 prices in your cart have changed since you last looked. "
            "The totals below use the new prices.",
            id="four are counted",
        ),
        pytest.param(
            1000,
            "1,000 prices in your cart have changed since you last looked. "
            "The totals below use the new prices.",
            id="a thousand are grouped",
        ),
    ],
)
def test_price_changes(open_shop: Opener, count: int, expected: str) -> None:
    with open_shop().app.app_context():
        assert wording.price_changes(_changes(count)) == expected


def test_price_change(open_shop: Opener) -> None:
    with open_shop().app.app_context():
        text = wording.price_change(Money(100, "GBP"), Money(1250, "GBP"))
    assert text == "Now £1.00, was £12.50 when you last looked."


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        pytest.param("en_GB", "£9.50", id="English"),
        pytest.param("de", "9,50\xa0£", id="German"),
        pytest.param("ar", "\u200f9.50\xa0\u2068UK£\u2069", id="a Latin symbol among Arabic"),
    ],
)
def test_an_amount_is_read_in_the_order_of_its_language(tag: str, expected: str) -> None:
    assert wording._money(950, "GBP", language_of(Locale.parse(tag))) == expected


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        pytest.param("en_GB", "−£9.50", id="English"),
        pytest.param("de", "−9,50\xa0£", id="German"),
        pytest.param("ar", "\u200f\u200e−9.50\xa0\u2068UK£\u2069", id="Arabic"),
    ],
)
def test_a_deduction_has_its_sign_where_its_language_has_it(tag: str, expected: str) -> None:
    with speaking(language_of(Locale.parse(tag))):
        assert wording.deduction(Money(950, "GBP")) == expected
