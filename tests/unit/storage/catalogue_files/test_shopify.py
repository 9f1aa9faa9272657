from __future__ import annotations

from shop.core.money import Money
from shop.storage.catalogue_files.grouping import Membership
from shop.storage.catalogue_files.rows import ABSENT
from shop.storage.catalogue_files.shopify import NO_QUANTITY
from shop.storage.catalogue_files.translation import NO_PRICE, NOT_GROUPED, WRITTEN_SKU
from tests.unit.storage.catalogue_files.files import by_sku, example, read_text

OLD = example("shopify-2024.csv", "shopify")
NEW = example("shopify-2025.csv", "shopify")
HEADER = "Handle,Title,Option1 Value,Variant SKU,Variant Price\n"


def test_a_product_without_options_keeps_its_name_and_address() -> None:
    tea = by_sku(OLD)["TEA-GREEN"]
    assert (tea.line, tea.name, tea.slug, tea.category) == (2, "Green tea", "green-tea", "Tea")
    assert tea.description == "Picked in May.\n\n- 100 g\n- Salt & sugar free"
    assert (tea.price, tea.vat_basis_points, tea.stock) == (Money(790, "GBP"), 0, 12)
    assert tea.is_active is True


def test_variants_are_products_of_their_own() -> None:
    rows = by_sku(OLD)
    red, blue, long = (rows[sku] for sku in ("wool-scarf-red-1-5-m", "SCARF-BLUE", "scarf-blue-2"))
    assert [row.name for row in (red, blue, long)] == [
        "Wool scarf, Red, 1.5 m",
        "Wool scarf, Blue, 1.5 m",
        "Wool scarf, Blue, 2 m",
    ]
    assert [row.slug for row in (red, blue)] == ["wool-scarf-red-1-5-m", "wool-scarf-blue-1-5-m"]
    assert {row.description for row in (red, blue, long)} == {"Warm."}
    assert {row.category for row in (red, blue, long)} == {"Scarves"}
    assert {row.vat_basis_points for row in (red, blue, long)} == {2000}
    assert [row.price.minor for row in (red, blue, long)] == [3000, 3050, 3400]


def test_the_variants_of_a_product_are_a_group_at_its_handle() -> None:
    rows = by_sku(OLD)
    assert rows["scarf-blue-2"].membership == Membership(
        "wool-scarf", "Wool scarf", (("Colour", "Blue"), ("Length", "2 m"))
    ), "the names of options are in the first row only"
    assert rows["TEA-GREEN"].membership is None
    apron = by_sku(NEW)["APRON"].membership
    assert apron == Membership(
        "work-apron", "Apron", (("Size", "M"), ("Colour", "Blue"), ("Pocket", "Two"))
    )


def test_options_without_a_name_are_counted() -> None:
    [row] = read_text(f"{HEADER}mug,Mug,Red,MUG,9.50\n", "shopify").rows
    assert row.membership == Membership("mug", "Mug", (("Option 1", "Red"),))


def test_a_variant_that_is_like_another_one_stays_without_a_group() -> None:
    found = read_text(f"{HEADER}mug,Mug,Red,A,9\nmug,,red,B,9\nmug,,Blue,C,9\n", "shopify")
    assert [bool(row.membership) for row in found.rows] == [True, False, True]
    assert found.notes == {NOT_GROUPED: [3]}


def test_a_file_without_options_leaves_groups_as_they_are() -> None:
    [row] = read_text("Handle,Title,Variant SKU,Variant Price\nmug,Mug,MUG,9\n", "shopify").rows
    assert row.membership is ABSENT


def test_the_address_of_a_variant_is_that_of_no_other_product() -> None:
    file = f"{HEADER}mug,Mug,Red,A,9\nmug,,Blue,B,9\nmug-red,Other mug,Small,C,9\n"
    slugs = [row.slug for row in read_text(file, "shopify").rows]
    assert slugs == [ABSENT, "mug-blue", "mug-red-small"]


def test_stock_is_read_where_it_is_counted() -> None:
    rows = by_sku(OLD)
    assert rows["wool-scarf-red-1-5-m"].stock == 0, "below zero"
    assert rows["SCARF-BLUE"].stock is None, "sold on when out of stock"
    assert rows["scarf-blue-2"].stock is None, "not counted"
    assert by_sku(NEW)["BOARD"].stock is None, "counted elsewhere"
    assert by_sku(NEW)["linen-towel-large"].stock == 0


def test_drafts_and_unpublished_products_are_not_active() -> None:
    assert by_sku(OLD)["LAMP"].is_active is False, "not published"
    assert by_sku(OLD)["CHAIR"].is_active is False, "a draft"
    assert by_sku(NEW)["linen-towel-large"].is_active is False
    assert by_sku(NEW)["BOARD"].is_active is True


def test_the_names_of_today_are_read_too() -> None:
    towel = by_sku(NEW)["linen-towel-small"]
    assert (towel.name, towel.slug) == ("Linen towel, Small", "linen-towel-small")
    assert by_sku(NEW)["BOARD"].description == "One piece of oak."
    assert by_sku(NEW)["BOARD"].price == Money(4200, "GBP")


def test_what_is_left_out_is_told_by_line() -> None:
    assert OLD.left_out == {"a further picture": [7], "a gift card": [13], NO_PRICE: [14]}
    assert OLD.notes == {WRITTEN_SKU: [10]}
    assert NEW.notes == {NO_QUANTITY: [2]}


def test_missing_columns_leave_values_unchanged() -> None:
    [row] = read_text(f"{HEADER}mug,Mug,,MUG,9.50\n", "shopify").rows
    assert (row.stock, row.vat_basis_points, row.image) == (ABSENT, ABSENT, ABSENT)


def test_a_variant_whose_product_is_missing_is_left_out() -> None:
    found = read_text(f"{HEADER}mug,,Red,MUG,9.50\n", "shopify")
    assert (found.rows, found.left_out) == ([], {"the row with its title is missing": [2]})


def test_a_sku_is_made_from_the_handle_and_always_the_same() -> None:
    long = "a-handle-that-goes-on-and-on-and-on-and-on"
    file = f"{HEADER}{long},Mug,Red,,9\n{long},,Blue,,9\nmug,Cup,,,9\n,Jug & co,,,9\n"
    skus = [row.sku for row in read_text(file, "shopify").rows]
    assert skus == [row.sku for row in read_text(file, "shopify").rows]
    assert skus[2:] == ["mug", "jug-co"]
    assert len(set(skus)) == 4
    assert all(len(sku) <= 40 for sku in skus)


def test_a_handle_that_cannot_be_a_slug_gives_none() -> None:
    file = f"{HEADER}Caf\u00e9,Cup,,A,9\nmug,Mug,Red!,B,9\nmug,,Red?,C,9\n"
    slugs = [row.slug for row in read_text(file, "shopify").rows]
    assert slugs == [ABSENT, "mug-red", ABSENT]


def test_stock_is_read_where_the_file_does_not_say_who_counts_it() -> None:
    file = "Handle,Title,Variant SKU,Variant Price,Variant Inventory Qty\nmug,Mug,MUG,9,4\n"
    [row] = read_text(file, "shopify").rows
    assert row.stock == 4
