"""The placeholder for a product without a picture."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from shop.core.catalogue import Product
from shop.core.money import Money
from shop.web.site.product_picture import drawing, initials, version

PLAIN = Product(1, "TEA", "tea", "Enamel teapot", "", "Table", Money(1, "GBP"), 0, None, None, True)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("Enamel teapot", "ET", id="two words"),
        pytest.param("Mug", "M", id="one word"),
        pytest.param("set of 4 ÖLD cups", "SO", id="many words"),
        pytest.param("“élan” & co", "ÉC", id="punctuation is ignored"),
        pytest.param("— & —", "", id="no letters at all"),
    ],
)
def test_initials(name: str, expected: str) -> None:
    assert initials(name) == expected


def test_the_picture_depends_on_the_sku_alone() -> None:
    pictures = {drawing(replace(PLAIN, sku=f"SKU-{n}")) for n in range(200)}
    assert drawing(PLAIN) == drawing(replace(PLAIN, price=Money(2, "GBP")))
    assert len(pictures) > 60


def test_a_new_name_gives_a_new_version() -> None:
    assert version(PLAIN) != version(replace(PLAIN, name="Copper teapot"))


def test_names_are_escaped_in_the_drawing() -> None:
    ElementTree.fromstring(drawing(replace(PLAIN, name="<b & >c")))  # noqa: S314  # our own
