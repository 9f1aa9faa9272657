from __future__ import annotations

import pytest

from shop.core import money
from shop.core.money import Money, contained_vat, round_half_up


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"),
    [
        pytest.param(4, 2, 2, id="exact"),
        pytest.param(149, 100, 1, id="just below a half"),
        pytest.param(5, 2, 3, id="a half goes up, to odd"),
        pytest.param(3, 2, 2, id="a half goes up, to even"),
        pytest.param(-5, 2, -3, id="a negative half goes away from zero"),
        pytest.param(-149, 100, -1, id="negative, just below a half"),
        pytest.param(0, 7, 0, id="zero"),
        pytest.param(7, 1, 7, id="a whole number"),
        pytest.param(10**30 + 1, 2, 5 * 10**29 + 1, id="more digits than a float has"),
    ],
)
def test_halves_are_rounded_away_from_zero(numerator: int, denominator: int, rounded: int) -> None:
    assert round_half_up(numerator, denominator) == rounded


@pytest.mark.parametrize("denominator", [0, -2])
def test_rounding_refuses_a_denominator_that_is_not_positive(denominator: int) -> None:
    with pytest.raises(ValueError, match=r"^the denominator must be positive$"):
        round_half_up(1, denominator)


@pytest.mark.parametrize(
    "minor",
    [pytest.param(1.0, id="float"), pytest.param(True, id="bool"), pytest.param("1", id="text")],
)
def test_money_must_be_an_integer(minor: object) -> None:
    with pytest.raises(TypeError, match=r"^money is a whole number of minor units$"):
        Money(minor, "GBP")  # type: ignore[arg-type]


@pytest.mark.parametrize("currency", ["", "GB", "gbp", "GBPS", "123"])
def test_money_refuses_an_invalid_currency_code(currency: str) -> None:
    with pytest.raises(ValueError, match="not a currency code"):
        Money(1, currency)


def test_money_adds_and_multiplies_in_its_currency() -> None:
    assert Money(250, "GBP") + Money(5, "GBP") == Money(255, "GBP")
    assert Money(250, "EUR").times(3) == Money(750, "EUR")


def test_two_currencies_cannot_be_added() -> None:
    with pytest.raises(ValueError, match="cannot add EUR to GBP"):
        Money(1, "GBP") + Money(1, "EUR")


@pytest.mark.parametrize(
    ("gross", "basis_points", "vat"),
    [
        pytest.param(1200, 2000, 200, id="20 %"),
        pytest.param(105, 500, 5, id="5 %"),
        pytest.param(3, 2000, 1, id="half a penny goes up"),
        pytest.param(2, 2000, 0, id="a third of a penny goes down"),
        pytest.param(1000, 550, 52, id="5.5 %, 52.13 pence"),
        pytest.param(1200, 0, 0, id="no VAT"),
        pytest.param(0, 2000, 0, id="free of charge"),
    ],
)
def test_contained_vat_is_part_of_the_gross_amount(gross: int, basis_points: int, vat: int) -> None:
    assert contained_vat(gross, basis_points) == vat


@pytest.mark.parametrize(
    ("text", "exponent", "minor"),
    [
        pytest.param("12.50", 2, 1250, id="two decimals"),
        pytest.param("2.5", 2, 250, id="fewer decimals than the currency"),
        pytest.param("7", 2, 700, id="no point"),
        pytest.param("0.05", 2, 5, id="less than one"),
        pytest.param("007.10", 2, 710, id="leading zeros"),
        pytest.param("1.5000", 2, 150, id="more decimals, all of them zeros"),
        pytest.param(" 9.95 ", 2, 995, id="white space around"),
        pytest.param("800", 0, 800, id="yen"),
        pytest.param("800.0", 0, 800, id="yen with a zero after the point"),
        pytest.param("1.234", 3, 1234, id="dinar"),
        pytest.param("999999999.99", 2, 99_999_999_999, id="the maximum"),
    ],
)
def test_a_price_is_parsed_in_major_units(text: str, exponent: int, minor: int) -> None:
    assert money.parse(text, "GBP", exponent) == Money(minor, "GBP")


@pytest.mark.parametrize(
    ("text", "exponent"),
    [
        pytest.param("", 2, id="empty"),
        pytest.param("-1", 2, id="negative"),
        pytest.param("+1", 2, id="plus sign"),
        pytest.param("1.", 2, id="nothing after the point"),
        pytest.param(".5", 2, id="nothing before the point"),
        pytest.param("1,50", 2, id="comma"),
        pytest.param("1e3", 2, id="exponent"),
        pytest.param("1_000", 2, id="underscore"),
        pytest.param("£5", 2, id="currency sign"),
        pytest.param("٣", 2, id="digits of another script"),
        pytest.param("nan", 2, id="not a number"),
        pytest.param("1000000000", 2, id="ten digits"),
        pytest.param("1.001", 2, id="a tenth of a penny"),
        pytest.param("1.5", 0, id="half a yen"),
    ],
)
def test_an_invalid_price_is_refused(text: str, exponent: int) -> None:
    with pytest.raises(
        ValueError, match=r"^write a price as digits and a point, such as 12.50$|decimals"
    ):
        money.parse(text, "GBP", exponent)


@pytest.mark.parametrize(
    ("text", "exponent", "said"),
    [("1.5", 0, "GBP has no decimals"), ("1.001", 2, "GBP has 2 decimals")],
)
def test_too_many_decimals_are_refused_with_how_many_there_are(
    text: str, exponent: int, said: str
) -> None:
    with pytest.raises(ValueError, match=rf"^{said}$"):
        money.parse(text, "GBP", exponent)


@pytest.mark.parametrize(
    ("minor", "exponent", "text"),
    [
        pytest.param(250, 2, "2.50", id="zeros are kept"),
        pytest.param(5, 2, "0.05", id="less than one"),
        pytest.param(800, 0, "800", id="yen"),
        pytest.param(1005, 3, "1.005", id="dinar"),
    ],
)
def test_plain_writes_every_decimal_of_the_currency(minor: int, exponent: int, text: str) -> None:
    assert money.plain(Money(minor, "GBP"), exponent) == text
