"""Choosing among variants: every value leads somewhere, and says where it changes another."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shop.core.catalogue import Group, Product
from shop.core.money import Money
from shop.core.variants import Choice, first_choice, listing, options
from tests.unit.core.test_catalogue import MUG

TEE = Group("plain-tee", "Plain tee", ("Size", "Colour"))


def variant(number: int, size: str, colour: str, price: int = 2000, **changed: object) -> Product:
    product = replace(MUG, number=number, sku=f"TEE-{number}", slug=f"tee-{number}")
    sold = replace(product, price=Money(price, "GBP"), group=TEE, options=(size, colour))
    return replace(sold, **changed)  # type: ignore[arg-type]


M_BLUE = variant(1, "M", "Blue")
L_BLUE = variant(2, "L", "Blue", stock=0)
M_RED = variant(3, "M", "Red")
XL_RED = variant(4, "XL", "Red", 2400)
TEES = (M_BLUE, L_BLUE, M_RED, XL_RED)


def found(chosen: Product, place: int) -> list[tuple[str, int, tuple[str, ...]]]:
    """Each value, the number of the product that it leads to, and what changes on the way."""
    choices = options(TEES, chosen)[place].choices
    return [(choice.value, choice.product.number, choice.instead) for choice in choices]


def test_a_value_leads_to_the_variant_that_has_it_and_all_else() -> None:
    assert [option.name for option in options(TEES, M_BLUE)] == ["Size", "Colour"]
    assert found(M_BLUE, 1) == [("Blue", 1, ()), ("Red", 3, ())]
    assert found(L_BLUE, 0)[:2] == [("M", 1, ()), ("L", 2, ())]


def test_a_combination_that_does_not_exist_leads_to_one_that_does_and_says_so() -> None:
    assert found(M_BLUE, 0)[2] == ("XL", 4, ("Red",))
    assert found(XL_RED, 1)[0] == ("Blue", 1, ("M",)), "not to what is sold out"


def test_the_chosen_values_are_marked() -> None:
    size, colour = options(TEES, M_RED)
    chosen = [
        choice.value for option in (size, colour) for choice in option.choices if choice.is_chosen
    ]
    assert chosen == ["M", "Red"]
    assert size.choices[0] == Choice("M", M_RED, is_chosen=True, instead=())


def test_what_is_no_longer_sold_is_offered_only_where_it_is_chosen() -> None:
    gone = replace(XL_RED, is_active=False)
    variants = (M_BLUE, L_BLUE, M_RED, gone)
    assert [choice.value for choice in options(variants, M_BLUE)[0].choices] == ["M", "L"]
    assert [choice.value for choice in options(variants, gone)[0].choices] == ["M", "L", "XL"]


def test_a_product_without_a_group_has_no_options() -> None:
    assert options((), MUG) == ()


@pytest.mark.parametrize(
    ("variants", "number"),
    [
        pytest.param((L_BLUE, M_BLUE, M_RED), 1, id="the first for sale"),
        pytest.param((replace(M_BLUE, is_active=False), L_BLUE), 2, id="sold out is still sold"),
        pytest.param((replace(L_BLUE, is_active=False),), 2, id="nothing is sold"),
    ],
)
def test_a_variant_is_chosen_for_who_has_not_chosen(
    variants: tuple[Product, ...], number: int
) -> None:
    first = first_choice(variants)
    assert first is not None
    assert first.number == number


def test_without_variants_none_is_chosen() -> None:
    assert first_choice(()) is None


def test_a_list_shows_the_lowest_price_that_can_be_had() -> None:
    cheap = replace(L_BLUE, price=Money(1000, "GBP"))
    shown = listing(M_BLUE, (M_BLUE, cheap, XL_RED))
    assert (shown.lowest, shown.is_one_price, shown.is_sold_out) == (
        Money(2000, "GBP"), False, False,
    )  # fmt: skip
    assert listing(cheap, (cheap,)).lowest == Money(1000, "GBP"), "nothing can be had"
    assert listing(cheap, (cheap,)).is_sold_out


@pytest.mark.parametrize(
    ("variants", "is_one_price"),
    [
        pytest.param((M_BLUE, M_RED), True, id="one price"),
        pytest.param((M_BLUE, XL_RED), False, id="two prices"),
        pytest.param(
            (M_BLUE, replace(M_RED, compare_at=Money(2500, "GBP"))), False, id="one is reduced"
        ),
        pytest.param((M_BLUE, replace(M_RED, price=Money(1, "EUR"))), True, id="another currency"),
        pytest.param((), True, id="no group"),
    ],
)
def test_a_list_knows_whether_all_variants_cost_the_same(
    variants: tuple[Product, ...], is_one_price: bool
) -> None:
    assert listing(M_BLUE, variants).is_one_price is is_one_price


def test_a_product_stands_for_itself_in_a_list() -> None:
    shown = listing(MUG, ())
    assert (shown.product, shown.lowest, shown.is_sold_out) == (MUG, MUG.price, MUG.is_sold_out)
