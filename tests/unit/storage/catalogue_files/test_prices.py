from __future__ import annotations

import pytest

from shop.storage.catalogue_files.prices import decimal_mark, plain_price


@pytest.mark.parametrize(
    ("text", "mark", "plain"),
    [
        ("12.50", ".", "12.50"),
        ("12", ".", "12"),
        ("12.500", ".", "12.500"),
        ("1,250.00", ".", "1250.00"),
        ("1,250,000", ".", "1250000"),
        ("12,5", ",", "12.5"),
        ("12,50000", ",", "12.50000"),
        ("1250,00", ",", "1250.00"),
        ("1.250,00", ",", "1250.00"),
        ("1 250,00", ",", "1250.00"),
        ("1'250.00", ".", "1250.00"),
        ("1.250.000", ",", "1250000"),
    ],
)
def test_a_price_that_can_be_read_in_one_way_is_read(text: str, mark: str, plain: str) -> None:
    assert plain_price(text, mark) == plain


@pytest.mark.parametrize(
    ("text", "mark", "advice"),
    [
        ("1,250", ".", "this may be 1.25 or 1250, so write one or the other"),
        ("12,000", ".", "this may be 12 or 12000, so write one or the other"),
        ("1.250", ",", "this may be 1.25 or 1250, so write one or the other"),
        ("12.50", ",", "other prices in this file have a decimal comma, so write a comma here"),
        ("£12.50", ".", "write a price as digits and a point, such as 12.50"),
        ("12.50 GBP", ".", "write a price as digits and a point, such as 12.50"),
        ("-1", ".", "write a price as digits and a point, such as 12.50"),
        ("1,25,000", ".", "write a price as digits and a point, such as 12.50"),
        ("12.", ".", "write a price as digits and a point, such as 12.50"),
        ("1.2.3", ".", "write a price as digits and a point, such as 12.50"),
        ("٣", ".", "write a price as digits and a point, such as 12.50"),
        ("", ".", "write a price as digits and a point, such as 12.50"),
    ],
)
def test_any_other_price_is_refused_with_advice(text: str, mark: str, advice: str) -> None:
    with pytest.raises(ValueError, match=advice):
        plain_price(text, mark)


@pytest.mark.parametrize(
    ("prices", "mark"),
    [
        ([], "."),
        (["12.50", "1,250"], "."),
        (["1,250.00"], "."),
        (["12.500", "3"], "."),
        (["3", "12,5"], ","),
        (["1.250,000"], ","),
        (["1 250,50"], ","),
        (["1,2500"], ","),
    ],
)
def test_a_price_that_can_only_have_a_decimal_comma_says_so_of_its_column(
    prices: list[str], mark: str
) -> None:
    assert decimal_mark(prices) == mark
