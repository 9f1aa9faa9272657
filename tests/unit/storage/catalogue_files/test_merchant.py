from __future__ import annotations

import pytest

from shop.core.errors import FileRefused
from shop.core.money import Money
from shop.storage.catalogue_files.grouping import Membership
from shop.storage.catalogue_files.merchant import SALE_PRICE, UNKNOWN_AVAILABILITY
from shop.storage.catalogue_files.translation import NO_PRICE, WRITTEN_SKU
from tests.unit.storage.catalogue_files.files import by_sku, example, read_text

FOUND = example("merchant.tsv", "merchant")
ROWS = by_sku(FOUND)


def test_a_feed_is_read() -> None:
    pan = ROWS["PAN-24"]
    assert (pan.name, pan.description) == ("Frying pan", "Iron, 24 cm.\nNo coating.")
    assert (pan.price, pan.stock, pan.category) == (Money(3900, "GBP"), None, "Pans")


def test_other_ways_to_write_are_read() -> None:
    salt = ROWS["online-en-gb-7"]
    assert (salt.name, salt.price, salt.stock) == ("Salt & pepper", Money(450, "GBP"), 0)
    assert salt.category == "Other", "a category by number"
    assert (ROWS["LID"].price.minor, ROWS["LID"].category) == (1200, "Lids")


def test_an_item_group_has_the_options_that_its_products_differ_in() -> None:
    red, sock = ROWS["TEE-RED"], ROWS["SOCK-3"]
    assert red.membership == Membership(
        "plain-tee", "", (("Colour", "Red"), ("Size", "M"), ("Material", "Linen"))
    )
    assert sock.membership == Membership(
        "sock", "", (("Pattern", "Dotted"), ("Age group", "kids"), ("Gender", "male"))
    )
    assert ROWS["ALONE"].membership is None, "it differs from no other"
    assert ROWS["LID"].membership is None


def test_what_is_left_out_or_not_taken_over_is_told_by_line() -> None:
    assert FOUND.left_out == {NO_PRICE: [6]}
    assert FOUND.notes == {SALE_PRICE: [2], WRITTEN_SKU: [4], UNKNOWN_AVAILABILITY: [5]}


def test_spaces_prefixes_and_commas_are_accepted() -> None:
    [pan] = example("merchant.csv", "merchant").rows
    assert (pan.sku, pan.price, pan.stock) == ("PAN-24", Money(3900, "GBP"), None)


@pytest.mark.parametrize(
    ("price", "problem"),
    [
        ("9.50 EUR", "Line 2, column price: this shop sells in GBP (found “EUR”)."),
        ("EUR 9.50 GBP", "Line 2, column price: write a price as digits and a point"),
        ("free", "Line 2, column price: write a price as digits and a point"),
    ],
)
def test_a_price_that_cannot_be_charged_is_refused(price: str, problem: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read_text(f"id,title,price\nA,A,{price}\n", "merchant")
    [sentence] = refused.value.problems
    assert sentence.startswith(problem)
