from __future__ import annotations

from shop.core.money import Money
from shop.storage.catalogue_files.grouping import Membership
from shop.storage.catalogue_files.rows import ABSENT
from shop.storage.catalogue_files.translation import CUT_DESCRIPTION, NO_PRICE, NOT_GROUPED
from shop.storage.catalogue_files.woocommerce import OTHER_TAX_CLASS, SALE_PRICE, SHARED_STOCK
from tests.unit.storage.catalogue_files.files import by_sku, example, read_text

FOUND = example("woocommerce.csv", "woocommerce")
ROWS = by_sku(FOUND)


def test_a_simple_product_is_read() -> None:
    bowl = ROWS["BOWL"]
    assert (bowl.line, bowl.name, bowl.category) == (2, "Ash bowl", "Bowls")
    assert bowl.description == "Turned by hand.\n\nAsh & oil.\n\nNot for the dishwasher."
    assert (bowl.price, bowl.stock, bowl.is_active) == (Money(2450, "GBP"), 5, True)
    assert bowl.vat_basis_points == 2000


def test_a_variation_takes_from_its_parent_what_it_has_not_itself() -> None:
    red, blue = ROWS["SHIRT-RED"], ROWS["ID-104"]
    assert (red.name, blue.name) == ("Work shirt - Red", "Work shirt, Blue, M")
    assert red.description == blue.description == "Cotton.\nWashed."
    assert red.category == blue.category == "Shirts"
    assert (red.price.minor, blue.price.minor) == (4500, 104_500)
    assert (red.stock, blue.stock) == (9, 0)


def test_the_variations_of_a_product_are_a_group() -> None:
    red, blue = ROWS["SHIRT-RED"], ROWS["ID-104"]
    assert red.membership == Membership(
        "work-shirt", "Work shirt", (("Colour", "Red"), ("Size", "S"))
    )
    assert blue.membership == Membership(
        "work-shirt", "Work shirt", (("Colour", "Blue"), ("Size", "M"))
    )
    assert ROWS["BOWL"].membership is None


VARIATIONS = "ID,Type,Name,Regular price,Parent,Attribute 1 name,Attribute 1 value(s)\n"


def test_parents_of_one_name_are_two_groups() -> None:
    file = f"{VARIATIONS}1,variable,Mug,,,Size,\n2,variable,Mug,,,Size,\n"
    file += "3,variation,,9,id:1,,S\n4,variation,,9,id:2,,S\n"
    found = read_text(file, "woocommerce")
    groups = [row.membership for row in found.rows]
    assert groups == [
        Membership("mug", "Mug", (("Size", "S"),)),
        Membership("mug-x", "Mug", (("Size", "S"),)),
    ], "the name of an attribute is its parent's where a variation has none"


def test_a_variation_with_any_value_of_an_attribute_stays_without_a_group() -> None:
    file = f"{VARIATIONS}1,variable,Mug,,,Size,\n2,variation,Mug - any,9,id:1,Size,\n"
    found = read_text(file, "woocommerce")
    assert ([row.membership for row in found.rows], found.notes) == ([None], {})


def test_more_attributes_than_there_are_options_make_no_group() -> None:
    columns = ",".join(
        f"Attribute {place} name,Attribute {place} value(s)" for place in range(1, 5)
    )
    file = f"ID,Type,Name,Regular price,Parent,{columns}\n1,variable,Mug,,{',' * 8}\n"
    found = read_text(f"{file}2,variation,Mug,9,id:1,A,a,B,b,C,c,D,d\n", "woocommerce")
    assert ([row.membership for row in found.rows], found.notes) == ([None], {NOT_GROUPED: [3]})


def test_a_file_without_parents_leaves_groups_as_they_are() -> None:
    [row] = read_text("Name,Regular price\nMug,9\n", "woocommerce").rows
    assert row.membership is ABSENT


def test_what_a_spreadsheet_might_run_is_read_as_it_was() -> None:
    assert ROWS["ID-105"].name == "-5 degrees"


def test_stock_activity_and_taxes_are_read() -> None:
    assert (ROWS["ID-105"].stock, ROWS["ID-105"].vat_basis_points) == (0, 0)
    clock = ROWS["CLOCK"]
    assert (clock.stock, clock.is_active, clock.vat_basis_points) == (None, False, 0)
    assert ROWS["SECRET"].is_active is False


def test_what_is_left_out_or_not_taken_over_is_told_by_line() -> None:
    assert FOUND.left_out == {
        "a variable product, whose variations are read": [3],
        "a grouped product, whose members are read": [9],
        "sold on another site": [10],
        NO_PRICE: [11],
    }
    assert FOUND.notes == {SALE_PRICE: [2], OTHER_TAX_CLASS: [4, 5], SHARED_STOCK: [4]}


def test_a_variation_of_a_draft_is_not_active() -> None:
    header = "ID,Type,Name,Published,Regular price,Parent\n"
    file = f"{header}1,variable,Mug,-1,,\n2,variation,Mug - Red,1,9,id:1\n"
    assert [row.is_active for row in read_text(file, "woocommerce").rows] == [False]


def test_a_long_description_is_cut_at_a_word() -> None:
    file = f"Name,Regular price,Description\nMug,9,{'word ' * 900}\n"
    found = read_text(file, "woocommerce")
    description = str(found.rows[0].description)
    assert description.endswith("word…")
    assert 3_990 < len(description) <= 4_000
    assert found.notes == {CUT_DESCRIPTION: [2]}


def test_a_variation_has_the_tax_class_and_the_whole_category_of_its_parent() -> None:
    header = "ID,Type,Name,Regular price,Tax class,Categories,Parent\n"
    parent = '1,variable,Mug,,zero-rate,"Home > Mugs\\, cups, Gifts",\n'
    found = read_text(f"{header}{parent}2,variation,Mug - Red,9,parent,,id:1\n", "woocommerce")
    [red] = found.rows
    assert (red.vat_basis_points, red.category) == (0, "Mugs, cups")
