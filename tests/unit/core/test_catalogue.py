from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from shop.core.catalogue import LONGEST_PHOTO_TEXT, Group, Photo, Product
from shop.core.money import Money

MUG = Product(
    number=1,
    sku="MUG",
    slug="mug",
    name="Mug",
    description="A mug.",
    category="Kitchen",
    price=Money(950, "GBP"),
    vat_basis_points=2000,
    stock=None,
    image=None,
    is_active=True,
)
MUGS = Group("mugs", "Mugs", ("colour",))
VALUES = "a price is not negative and a VAT rate is below 100 %"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param({"number": 0}, "a cookie number starts at 1", id="number 0"),
        pytest.param({"price": Money(-1, "GBP")}, VALUES, id="negative price"),
        pytest.param({"vat_basis_points": -1}, VALUES, id="negative VAT rate"),
        pytest.param({"vat_basis_points": 10_000}, VALUES, id="VAT rate of 100 %"),
        pytest.param(
            {"compare_at": Money(950, "GBP")},
            "a price is lower than the one that it is compared with",
            id="no reduction",
        ),
        pytest.param(
            {"compare_at": Money(1200, "EUR")},
            "a price and the one that it is compared with have one currency",
            id="compared with another currency",
        ),
        pytest.param({"stock": -1}, "stock is never below zero", id="negative stock"),
        pytest.param(
            {"group": MUGS},
            "a variant has a value for each option of its group, and for no other",
            id="a variant without a value",
        ),
        pytest.param(
            {"options": ("blue",)},
            "a variant has a value for each option of its group, and for no other",
            id="a value without a group",
        ),
    ],
)
def test_a_product_refuses_invalid_values(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{reason}$"):
        replace(MUG, **change)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"price": Money(0, "GBP")}, id="free of charge"),
        pytest.param({"vat_basis_points": 0}, id="no VAT"),
        pytest.param({"vat_basis_points": 9_999}, id="99.99 % VAT"),
        pytest.param({"stock": 0}, id="no stock"),
    ],
)
def test_a_product_accepts_boundary_values(change: dict[str, Any]) -> None:
    [(field, value)] = change.items()
    assert getattr(replace(MUG, **change), field) == value


@pytest.mark.parametrize(
    ("stock", "is_active", "is_sold_out", "is_for_sale"),
    [
        pytest.param(None, True, False, True, id="no limit"),
        pytest.param(1, True, False, True, id="the last one"),
        pytest.param(0, True, True, False, id="none left"),
        pytest.param(5, False, False, False, id="discontinued"),
        pytest.param(0, False, True, False, id="discontinued, none left"),
    ],
)
def test_a_product_is_for_sale_while_active_and_in_stock(
    stock: int | None, is_active: bool, is_sold_out: bool, is_for_sale: bool
) -> None:
    product = replace(MUG, stock=stock, is_active=is_active)
    assert (product.is_sold_out, product.is_for_sale) == (is_sold_out, is_for_sale)


def test_the_variants_of_a_group_differ() -> None:
    assert replace(MUG, group=MUGS, options=("blue",)).options == ("blue",)
    with pytest.raises(ValueError, match=r"^the variants of a group differ in an option at least$"):
        Group("mugs", "Mugs", ())


def test_the_text_of_a_photo_has_a_most() -> None:
    text = "a" * LONGEST_PHOTO_TEXT
    photo = Photo("mug", 600, (400, 800), ("webp", "jpg"), text)
    assert photo.text == text
    with pytest.raises(ValueError, match="the text of a photo has at most"):
        replace(photo, text=f"{text}a")
