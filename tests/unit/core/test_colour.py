from __future__ import annotations

from decimal import Decimal

import pytest

from shop.core.colour import Colour, contrast


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        pytest.param("#000000", "#ffffff", "21.00", id="black and white"),
        pytest.param("#777777", "#ffffff", "4.47", id="just not for text"),
        pytest.param("#767676", "#ffffff", "4.54", id="just for text"),
        pytest.param("#ff0000", "#ffffff", "3.99", id="red"),
        pytest.param("#0000ff", "#ffffff", "8.59", id="blue"),
        pytest.param("#0a0a0a", "#000000", "1.06", id="the straight part of the curve"),
        pytest.param("#94501c", "#94501c", "1.00", id="the same"),
    ],
)
def test_contrast_is_that_of_wcag_both_ways(one: str, other: str, ratio: str) -> None:
    assert contrast(Colour(one), Colour(other)) == Decimal(ratio)
    assert contrast(Colour(other), Colour(one)) == Decimal(ratio)


@pytest.mark.parametrize("text", ["", "#fff", "94501c", "#94501C", "#94501c ", "red"])
def test_a_colour_is_written_in_one_way(text: str) -> None:
    with pytest.raises(ValueError, match=r"^write a colour as # and six hexadecimal digits"):
        Colour(text)
