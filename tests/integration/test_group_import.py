"""Groups as an import makes, changes and ends them."""

from __future__ import annotations

import csv
import io

import pytest

from shop.core.errors import FileRefused
from tests.conftest import OpenShop
from tests.integration.carts import import_csv
from tests.integration.client import LintingClient, text_of
from tests.integration.variants import BLUE_M, GROUP, HEAD, TEES, some_tees

TEE_ROW = "{sku},{name},20,GBP,Textiles,5,{group},{options}"


def names(shop: OpenShop) -> list[str]:
    return [
        name
        for (name,) in shop.sql("select name from products where sku like 'TEE%' order by number")
    ]


def made(shop: OpenShop, columns: str) -> list[tuple[object, ...]]:
    """These columns of the groups that are not the demo's."""
    return shop.sql(
        f"select {columns} from product_groups where slug <> 'waxed-pouch' order by number"
    )


def refusal(shop: OpenShop, text: str) -> list[str]:
    before = shop.dump()
    with pytest.raises(FileRefused) as refused:
        import_csv(shop, text)
    assert shop.dump() == before, "all or nothing"
    return refused.value.problems


def test_variants_get_numbers_names_and_addresses_of_their_own(shop: OpenShop) -> None:
    ((last,),) = shop.sql("select max(number) from products")
    import_csv(shop, TEES)
    found = shop.sql(
        "select number, sku, name, slug from products where number > ? order by number", last
    )
    assert found == [
        (last + 1, "TEE-M-BLUE", "Plain tee, M, Blue", "plain-tee-m-blue"),
        (last + 2, "TEE-L-BLUE", "Plain tee, L, Blue", "plain-tee-l-blue"),
        (last + 3, "TEE-M-RED", "Plain tee, M, Red", "plain-tee-m-red"),
        (last + 4, "TEE-XL-RED", "Plain tee, XL, Red", "plain-tee-xl-red"),
    ]
    groups = made(shop, "slug, name, options")
    assert groups == [("plain-tee", "Plain tee", '["Size", "Colour"]')]


def test_an_import_of_an_export_changes_nothing(shop: OpenShop) -> None:
    import_csv(shop, TEES)
    exported = shop.run("catalogue", "export")
    rows = {row["sku"]: row for row in csv.DictReader(io.StringIO(exported))}
    assert rows["TEE-XL-RED"]["group"] == "plain-tee"
    assert rows["TEE-XL-RED"]["option2_value"] == "Red"
    assert rows["MUG"]["group"] == rows["MUG"]["group_name"] == ""
    before = shop.dump()
    import_csv(shop, exported)
    assert shop.dump() == before


@pytest.mark.parametrize(
    ("given", "group_name", "expected"),
    [
        pytest.param("Tee, M, Blue", "", "Tee", id="without its options"),
        pytest.param("Tee - Blue M", "", "Tee - Blue M", id="otherwise its own"),
        pytest.param("Tee, M, Blue", "Plain tee", "Plain tee", id="as the file says"),
    ],
)
def test_a_group_of_one_has_a_name(
    shop: OpenShop, given: str, group_name: str, expected: str
) -> None:
    import_csv(
        shop,
        "sku,name,price,currency,group,group_name,option1_name,option1_value,option2_name,"
        f'option2_value\nTEE,"{given}",20,GBP,tee,{group_name},Size,M,Colour,Blue',
    )
    assert made(shop, "name") == [(expected,)]


def test_a_name_that_says_its_options_stays_as_it_is(shop: OpenShop) -> None:
    rows = [
        'TEE-S,"Tee, small",20,GBP,,5,tee,Size,S,,',
        'TEE-M,"Tee, medium",20,GBP,,5,tee,Size,M,,',
    ]
    import_csv(shop, "\n".join([HEAD, *rows]))
    assert names(shop) == ["Tee, small", "Tee, medium"]
    assert made(shop, "name") == [("Tee",)]


def test_a_file_without_groups_leaves_them_and_its_names_get_their_options(
    shop: OpenShop,
) -> None:
    import_csv(shop, TEES)
    grouped = "select number, group_number, options, all_words from products order by number"
    before = shop.sql(grouped)
    import_csv(shop, "sku,name,price,currency\nTEE-M-BLUE,Plain tee,22,GBP\n")
    assert shop.sql(grouped) == before
    assert names(shop)[0] == "Plain tee, M, Blue"
    assert shop.sql("select price_minor from products where sku = 'TEE-M-BLUE'") == [(2200,)]


def test_variants_can_be_added_to_a_group(shop: OpenShop) -> None:
    import_csv(shop, some_tees("TEE-M"))
    import_csv(shop, some_tees("TEE-L", "TEE-X"))
    assert made(shop, "name") == [("Plain tee",)]
    assert names(shop)[3] == "Plain tee, XL, Red"


def test_a_group_gets_another_name_and_all_its_variants_are_found_by_it(
    shop: OpenShop, visitor: LintingClient
) -> None:
    import_csv(shop, TEES)
    columns = "sku,name,price,currency,group,group_name,option1_name,option1_value"
    options = "option2_name,option2_value"
    row = '"Jersey, M, Blue",20,GBP,plain-tee,Jersey,Size,M,Colour,Blue'
    import_csv(shop, f"{columns},{options}\nTEE-M-BLUE,{row}\n")
    assert text_of(visitor.get("/products?q=jersey+red").text, ".card-name") == "Jersey"
    assert text_of(visitor.get(GROUP).text, "h1") == "Jersey"


def test_variants_that_leave_end_their_group_whose_address_leads_to_the_first(
    shop: OpenShop, visitor: LintingClient
) -> None:
    import_csv(shop, TEES)
    rows = [f"{sku},Tee,20,GBP," for sku in ("TEE-M-BLUE", "TEE-L-BLUE", "TEE-M-RED")]
    head = "sku,name,price,currency,group"
    import_csv(shop, "\n".join([head, *rows]))
    assert visitor.get(GROUP).status_code == 200, "one is left"
    import_csv(shop, f"{head}\nTEE-XL-RED,Tee,20,GBP,\n")
    assert made(shop, "*") == []
    assert shop.sql("select options from products where sku = 'TEE-XL-RED'") == [("",)]
    moved = visitor.get(GROUP)
    assert (moved.status_code, moved.location) == (301, "/products/plain-tee-xl-red")
    import_csv(shop, TEES)
    assert visitor.get(GROUP).status_code == 200, "it is a group again"
    assert shop.sql("select slug from former_slugs") == []


def test_a_group_can_be_called_another_way(shop: OpenShop, visitor: LintingClient) -> None:
    import_csv(shop, TEES)
    import_csv(shop, TEES.replace("plain-tee", "tee"))
    assert made(shop, "slug") == [("tee",)]
    moved = visitor.get(GROUP)
    assert (moved.status_code, moved.location) == (301, BLUE_M)
    assert text_of(visitor.get("/products/tee").text, "h1") == "Plain tee"


def test_a_deleted_variant_is_forgotten_and_so_is_a_group_without_any(
    shop: OpenShop, visitor: LintingClient
) -> None:
    import_csv(shop, TEES)
    shop.run("catalogue", "remove", "--delete", "TEE-M-BLUE", "TEE-L-BLUE", "TEE-M-RED")
    assert visitor.get(GROUP).status_code == 200
    shop.run("catalogue", "remove", "--delete", "TEE-XL-RED")
    assert visitor.get(GROUP).status_code == 404
    assert made(shop, "*") == []


def test_a_group_at_the_address_of_a_product_is_refused_unless_that_moves(
    shop: OpenShop, visitor: LintingClient
) -> None:
    rows = "MUG,Everyday mug,9.50,GBP,{slug}everyday-mug,Glaze,White"
    head = "sku,name,price,currency,slug,group,option1_name,option1_value"
    problems = refusal(shop, f"{head}\n{rows.format(slug=',')}\n")
    assert problems == ["Line 2, column group: everyday-mug is already the slug of MUG."]
    import_csv(shop, f"{head}\n{rows.format(slug='everyday-mug-white,')}\n")
    page = visitor.get("/products/everyday-mug")
    assert (page.status_code, text_of(page.text, "h1")) == (200, "Everyday mug")
    assert visitor.get("/products/everyday-mug-white").status_code == 200


def test_a_product_at_the_address_of_a_group_is_refused_or_gets_another(shop: OpenShop) -> None:
    import_csv(shop, TEES)
    head = "sku,name,price,currency"
    problems = refusal(shop, f"{head},slug\nNEW,Tee,9,GBP,plain-tee\n")
    assert problems == [
        "Line 2, column slug: plain-tee is already the slug of the group plain-tee."
    ]
    import_csv(shop, f"{head}\nNEW,Plain tee,9,GBP\n")
    assert shop.sql("select slug from products where sku = 'NEW'") == [("plain-tee-new",)]


def test_a_variant_that_the_group_has_already_is_refused(shop: OpenShop) -> None:
    import_csv(shop, TEES)
    row = TEE_ROW.format(
        sku="NEW", name="Plain tee", group="plain-tee", options="Size,m,Colour,blue"
    )
    problems = refusal(shop, f"{HEAD}\n{row}")
    assert problems == ["Line 2: the group plain-tee has “m”, “blue” already, as TEE-M-BLUE."]


def test_variants_can_change_places(shop: OpenShop) -> None:
    import_csv(shop, TEES)
    blue, red = (
        TEE_ROW.format(sku=sku, name="Plain tee", group="plain-tee", options=options)
        for sku, options in (
            ("TEE-M-BLUE", "Size,M,Colour,Red"),
            ("TEE-M-RED", "Size,M,Colour,Blue"),
        )
    )
    import_csv(shop, f"{HEAD}\n{blue}\n{red}")
    assert names(shop)[::2] == ["Plain tee, M, Red", "Plain tee, M, Blue"]


def test_other_options_need_all_variants_in_one_file(shop: OpenShop) -> None:
    import_csv(shop, TEES)
    row = TEE_ROW.format(
        sku="TEE-M-BLUE", name="Plain tee", group="plain-tee", options="Fit,Wide,,"
    )
    problems = refusal(shop, f"{HEAD}\n{row}")
    assert problems == [
        "Line 2: the group plain-tee has the options “Size”, “Colour”. To change them, give all of "
        "its variants in one file."
    ]


def test_a_name_that_is_too_long_with_its_options_is_refused(shop: OpenShop) -> None:
    row = TEE_ROW.format(sku="TEE", name="n" * 198, group="tee", options="Size,M,,")
    [problem] = refusal(shop, f"{HEAD}\n{row}")
    assert problem.startswith("Line 2, column name: with its options, a name has at most 200 char")
