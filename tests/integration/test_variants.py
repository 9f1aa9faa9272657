"""A group of variants, from the list to the order."""

from __future__ import annotations

import json

import pytest

from tests.conftest import OpenShop
from tests.integration.carts import held, import_csv, notices
from tests.integration.checkouts import place
from tests.integration.client import (
    DATA,
    LintingClient,
    attributes,
    elements,
    field_value,
    parsed,
    text_of,
)
from tests.integration.keepers import signed_in
from tests.integration.test_admin_products import address_of, saves
from tests.integration.variants import BLUE_L, BLUE_M, GROUP, RED_M, RED_XL, TEES, some_tees


@pytest.fixture
def shop(shop: OpenShop) -> OpenShop:
    import_csv(shop, TEES)
    return shop


def cards(html: str) -> dict[str, str]:
    """The price and what can be done, by the name of each card."""
    return {
        " ".join(elements(card, ".card-name")[0].to_text().split()): " ".join(
            elements(card, ".card-foot")[0].to_text().split()
        )
        for card in elements(parsed(html), ".card")
    }


def choices(html: str) -> dict[str, list[tuple[str, str]]]:
    """The text and the address of each choice, by option."""
    return {
        elements(option, "legend")[0].to_text(): [
            (" ".join(link.to_text().split()), (attributes(link)["href"] or "").partition("#")[0])
            for link in elements(option, "a")
        ]
        for option in elements(parsed(html), "fieldset.choice")
    }


def chosen(html: str) -> list[str]:
    return [link.to_text() for link in elements(parsed(html), ".choice [aria-current=true] bdi")]


def canonical(html: str) -> str:
    (link,) = elements(parsed(html), "link[rel=canonical]")
    return (attributes(link)["href"] or "").removeprefix("http://localhost")


def products(html: str) -> list[str]:
    return list(cards(html))


# Lists


def test_a_list_shows_a_group_once_with_its_lowest_price(
    visitor: LintingClient, shop: OpenShop
) -> None:
    shown = cards(visitor.get("/products?q=tee+plain").text)
    assert shown == {"Plain tee": "from £19.00 Choose"}
    page = visitor.get("/products?q=tee+plain").text
    assert text_of(page, ".list-head [role=status]") == "1 product"
    links = [attributes(link) for link in elements(parsed(page), ".card a")]
    assert [link["href"] for link in links] == [GROUP, GROUP]
    assert links[1]["aria-label"] == "Choose Plain tee"


def test_categories_and_lists_count_a_group_as_one(visitor: LintingClient, shop: OpenShop) -> None:
    shelf = visitor.get("/products?category=textiles").text
    counted = text_of(shelf, ".list-head [role=status]")
    assert counted == "12 products", "eleven of the demo, and the group"
    assert "Textiles 12" in [
        " ".join(chip.to_text().split()) for chip in elements(parsed(shelf), ".chip")
    ]


@pytest.mark.parametrize("sort", ["shelf", "name", "cheapest", "dearest"])
def test_no_sorting_lists_a_group_twice(visitor: LintingClient, shop: OpenShop, sort: str) -> None:
    found = [
        name
        for page in range(1, 7)
        for name in products(visitor.get(f"/products?sort={sort}&page={page}").text)
    ]
    assert len(found) == len(set(found)) == 64
    assert found.count("Plain tee") == 1


def test_sorted_by_price_a_group_stands_where_its_lowest_price_does(
    visitor: LintingClient, shop: OpenShop
) -> None:
    import_csv(shop, "sku,name,price,currency\nA,Tee pot,19.50,GBP\nB,Tee set,18.50,GBP\n")
    assert products(visitor.get("/products?q=tee&sort=cheapest").text) == [
        "Tee set", "Plain tee", "Tee pot",
    ]  # fmt: skip
    assert products(visitor.get("/products?q=tee&sort=dearest").text) == [
        "Tee pot", "Plain tee", "Tee set",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "query",
    ["xl", "red+tee", "TEE-L-BLUE", "plain+xl+red", "blue+m+tee"],
)
def test_a_search_finds_a_group_by_the_words_of_any_variant(
    visitor: LintingClient, shop: OpenShop, query: str
) -> None:
    assert "Plain tee" in products(visitor.get(f"/products?q={query}").text)


def test_words_of_different_variants_find_no_group_as_if_one_had_both(
    visitor: LintingClient, shop: OpenShop
) -> None:
    page = visitor.get("/products?q=xl+blue+tee").text
    assert text_of(page, ".list-head [role=status]").startswith("No product has all of these words")


def test_one_price_is_shown_as_such(visitor: LintingClient, shop: OpenShop) -> None:
    shop.sql("update products set price_minor = 2000 where sku like 'TEE%'")
    assert cards(visitor.get("/products?q=tee+plain").text) == {"Plain tee": "£20.00 Choose"}


def test_a_group_without_stock_is_sold_out_and_without_variants_it_is_gone(
    visitor: LintingClient, shop: OpenShop
) -> None:
    shop.sql("update products set stock = 0 where sku like 'TEE%'")
    assert cards(visitor.get("/products?q=tee+plain").text) == {"Plain tee": "from £19.00 Sold out"}
    assert "Plain tee" not in products(visitor.get("/").text)
    shop.sql("update products set is_active = false where sku like 'TEE%'")
    assert "Plain tee" not in products(visitor.get("/products?q=tee+plain").text)
    page = visitor.get(GROUP).text
    assert "No longer sold" in text_of(page, ".product-words")


def test_the_home_page_and_other_pages_show_a_group_once(
    visitor: LintingClient, shop: OpenShop
) -> None:
    shop.sql("delete from products where sku not like 'TEE%' and sku <> 'TOWEL-TEA'")
    assert products(visitor.get("/").text) == ["Striped tea towel", "Plain tee"]
    assert products(visitor.get("/products/striped-tea-towel").text) == ["Plain tee"]
    assert products(visitor.get(GROUP).text) == ["Striped tea towel"]


def test_groups_add_two_statements_to_a_list_however_many_there_are(
    visitor: LintingClient, shop: OpenShop
) -> None:
    for number in range(20):
        import_csv(shop, TEES.replace("TEE", f"T{number}").replace("plain-tee", f"tee-{number}"))
    visitor.get("/cart")
    for address in ("/products?q=plain+tee", "/products?sort=name", "/"):
        seen = shop.statements()
        visitor.get(address)
        assert len([one for one in seen if one.startswith("SELECT")]) <= 5, address


# The page


def test_the_page_of_a_group_chooses_the_first_for_sale(
    visitor: LintingClient, shop: OpenShop
) -> None:
    page = visitor.get(GROUP).text
    assert text_of(page, "h1") == "Plain tee"
    assert chosen(page) == ["M", "Blue"]
    assert "£20.00" in text_of(page, ".product-price")
    assert field_value(page, "sku") == "TEE-M-BLUE"
    shop.sql("update products set stock = 0 where sku = 'TEE-M-BLUE'")
    assert chosen(visitor.get(GROUP).text) == ["M", "Red"]


def test_every_choice_leads_to_a_variant_and_says_what_is_different_there(
    visitor: LintingClient, shop: OpenShop
) -> None:
    assert choices(visitor.get(BLUE_M).text) == {
        "Size": [
            ("M", BLUE_M),
            ("L £21.00, sold out", BLUE_L),
            ("XL in Red, £24.00", RED_XL),
        ],
        "Colour": [("Blue", BLUE_M), ("Red £19.00", RED_M)],
    }
    assert choices(visitor.get(RED_XL).text)["Colour"] == [
        ("Blue in M, £20.00", BLUE_M),
        ("Red", RED_XL),
    ]


def test_the_address_of_a_variant_shows_the_same_page_with_that_one_chosen(
    visitor: LintingClient, shop: OpenShop
) -> None:
    page = visitor.get(RED_XL).text
    assert (text_of(page, "h1"), chosen(page)) == ("Plain tee", ["XL", "Red"])
    assert "Only 2 left" in text_of(page, ".product-words")
    assert field_value(page, "sku") == "TEE-XL-RED"
    assert text_of(page, "title").startswith("Plain tee, XL, Red")
    assert text_of(visitor.get(GROUP).text, "title").startswith("Plain tee ·")


def test_what_is_sold_out_can_be_seen_and_not_ordered(
    visitor: LintingClient, shop: OpenShop
) -> None:
    page = visitor.get(BLUE_L).text
    assert "Sold out" in text_of(page, ".product-words")
    assert ("L", BLUE_L) in choices(page)["Size"], "said once, below"
    assert elements(parsed(page), "form.add") == []
    refused = visitor.add("TEE-L-BLUE")
    assert (refused.status_code, chosen(refused.text)) == (409, ["L", "Blue"])
    assert held(visitor) == []


def test_a_variant_that_is_no_longer_sold_is_shown_at_its_own_address_only(
    visitor: LintingClient, shop: OpenShop
) -> None:
    shop.sql("update products set is_active = false where sku = 'TEE-XL-RED'")
    assert [text for text, _ in choices(visitor.get(GROUP).text)["Size"]] == [
        "M", "L £21.00, sold out",
    ]  # fmt: skip
    page = visitor.get(RED_XL).text
    assert chosen(page) == ["XL", "Red"]
    assert "No longer sold" in text_of(page, ".product-words")


def test_a_refused_quantity_is_shown_with_the_variant_chosen(
    visitor: LintingClient, shop: OpenShop
) -> None:
    refused = visitor.add("TEE-XL-RED", 3)
    assert (refused.status_code, chosen(refused.text)) == (409, ["XL", "Red"])
    assert "Only 2 left" in text_of(refused.text, ".field-error")


def test_a_product_page_without_a_group_has_no_choices(
    visitor: LintingClient, shop: OpenShop
) -> None:
    page = visitor.get("/products/everyday-mug").text
    assert choices(page) == {}
    assert "variant-choice.js" not in page


# Search engines


def test_all_addresses_of_a_group_have_one_canonical_address(
    visitor: LintingClient, shop: OpenShop
) -> None:
    for address in (GROUP, BLUE_M, RED_XL):
        assert canonical(visitor.get(address).text) == GROUP
    sitemap = visitor.get("/sitemap.xml").text
    languages = 4
    assert sitemap.count("plain-tee</loc>") == languages
    assert f"<loc>http://localhost{GROUP}</loc>" in sitemap


def test_a_page_describes_its_group_and_every_variant(
    visitor: LintingClient, shop: OpenShop
) -> None:
    page = visitor.get(RED_M).text
    facts = [json.loads(one.to_text()) for one in elements(parsed(page), f"[type='{DATA}']")]
    group, crumbs = facts
    assert (group["@type"], group["name"], group["productGroupID"]) == (
        "ProductGroup", "Plain tee", "plain-tee",
    )  # fmt: skip
    assert group["url"] == f"http://localhost{GROUP}"
    assert group["variesBy"] == ["https://schema.org/size", "https://schema.org/color"]
    described = [
        (one["sku"], one["size"], one["color"], one["offers"]["price"], one["offers"]["url"])
        for one in group["hasVariant"]
    ]
    assert described[1] == ("TEE-L-BLUE", "L", "Blue", "21.00", f"http://localhost{BLUE_L}")
    assert len(described) == 4
    assert group["hasVariant"][1]["offers"]["availability"] == "https://schema.org/OutOfStock"
    assert crumbs["itemListElement"][2]["item"] == f"http://localhost{GROUP}"


# The cart and the order


def test_a_cart_names_the_variant_and_links_to_it(visitor: LintingClient, shop: OpenShop) -> None:
    visitor.add("TEE-M-BLUE")
    visitor.add("TEE-XL-RED", 2)
    page = visitor.get("/cart").text
    lines = elements(parsed(page), ".line-product a")
    assert [(line.to_text(), attributes(line)["href"]) for line in lines] == [
        ("Plain tee, M, Blue", BLUE_M),
        ("Plain tee, XL, Red", RED_XL),
    ]
    visitor.send(f"/cart/lines/{shop.number('TEE-M-BLUE')}/remove")
    assert "Removed: Plain tee, M, Blue" in notices(visitor)


def test_a_cart_of_before_the_products_were_grouped_is_kept(
    visitor: LintingClient, shop: OpenShop
) -> None:
    shop.sql("update products set group_number = null, options = '' where sku like 'TEE%'")
    visitor.add("TEE-M-BLUE")
    before = held(visitor)
    import_csv(shop, TEES)
    assert held(visitor) == before
    assert "Plain tee, M, Blue" in visitor.get("/cart").text


def test_an_order_has_the_variant_and_keeps_it_as_ordered(
    visitor: LintingClient, shop: OpenShop
) -> None:
    visitor.add("TEE-XL-RED", 2)
    page = visitor.get(place(visitor).location)
    assert "Plain tee, XL, Red" in page.text
    assert shop.sql("select stock from products where sku = 'TEE-XL-RED'") == [(0,)]
    assert shop.sql("select stock from products where sku = 'TEE-M-BLUE'") == [(5,)]
    import_csv(shop, some_tees("TEE-XL").replace("XL,Colour,Red", "14,Colour,Rose"))
    kept = visitor.get(page.request.path).text
    assert "Plain tee, XL, Red" in kept
    assert "Rose" not in kept


def test_mail_admin_and_slip_name_the_variant(visitor: LintingClient, shop: OpenShop) -> None:
    visitor.add("TEE-M-BLUE")
    place(visitor)
    shop.run("mail", "send")
    mails = [file.read_text("utf-8") for file in (shop.folder / "mail").rglob("*.eml")]
    assert len(mails) == 2
    assert all("Plain tee, M, Blue" in mail for mail in mails)
    ((reference,),) = shop.sql("select reference from orders")
    keeper = signed_in(shop)
    for paper in ("", "/packing-slip"):
        assert "Plain tee, M, Blue" in keeper.get(f"/admin/orders/{reference}{paper}").text


def test_a_keeper_cannot_give_a_product_the_address_of_a_group(shop: OpenShop) -> None:
    keeper = signed_in(shop)
    address = f"/admin/products/{shop.number('MUG')}"
    form = elements(parsed(keeper.get(address).text), "main form[method=post] input")
    fields = {str(attributes(one)["name"]): attributes(one).get("value") or "" for one in form}
    refused = keeper.post(
        address, data=fields | {"slug": "plain-tee"}, headers={"Referer": "http://localhost/"}
    )
    assert refused.status_code == 422
    assert "plain-tee is already the slug of the group plain-tee" in refused.text


def test_a_variant_saved_in_the_admin_stays_in_its_group(shop: OpenShop) -> None:
    keeper, shopper = signed_in(shop), shop.visitor()
    places = "select sku, name, group_number, options from products order by number"
    before, offered = shop.sql(places), choices(shopper.get(GROUP).text)
    saved = saves(shop, keeper, "TEE-M-BLUE", price="17.50", stock="4", active="yes")
    assert saved.status_code == 303
    assert shop.sql(places) == before
    assert "£17.50" in shopper.get(BLUE_M).text
    assert choices(shopper.get(GROUP).text) == offered
    renamed = saves(shop, keeper, "TEE-M-BLUE", name="Plain tee")
    assert renamed.status_code == 303
    assert shop.sql(places) == before


def test_a_variant_in_the_admin_leads_to_the_others(shop: OpenShop) -> None:
    keeper = signed_in(shop)
    page = parsed(keeper.get(address_of(shop, "TEE-M-BLUE")).text)
    group = "section[aria-labelledby=variants]"
    assert [each.to_text() for each in elements(page, f"{group} h2")] == ["Variants of Plain tee"]
    assert [each.to_text() for each in elements(page, f"{group} li")] == [
        "M, Blue this one, £20.00, 5 in stock",
        "L, Blue £21.00, out of stock",
        "M, Red £19.00, no limit",
        "XL, Red £24.00, 2 in stock",
    ]
    links = [attributes(each)["href"] for each in elements(page, f"{group} a")]
    others = ("TEE-L-BLUE", "TEE-M-RED", "TEE-XL-RED")
    assert links == [address_of(shop, sku) for sku in others]
    assert not elements(parsed(keeper.get(address_of(shop, "MUG")).text), group)


@pytest.mark.sqlite  # worlds are SQLite files
def test_the_api_and_the_handles_describe_variants(target: OpenShop) -> None:
    visitor = target.visitor()
    found = visitor.get("/api/products/POUCH-L-RUST").get_json()
    assert found["group"] == {"name": "Waxed pouch", "path": "/products/waxed-pouch"}
    assert found["options"] == {"Size": "Large", "Colour": "Rust"}
    plain = visitor.get("/api/products/MUG").get_json()
    assert (plain["group"], plain["options"]) == (None, {})
    handles = visitor.get("/test/handles").get_json()
    choose = {"role": "link", "name": "Choose Waxed pouch", "exact": True}
    assert handles["controls"]["variants in a list"] == [choose]
    assert handles["pages"]["variants in a list"] == "/products?q=Waxed+pouch"
    assert handles["pages"]["variants"] == "/products/waxed-pouch"
    assert [one["name"] for one in handles["controls"]["variants"]] == ["Small", "Ochre"]
    listed = [one for state in handles["products"].values() for one in state]
    assert {one["group"] for one in listed if one["sku"].startswith("POUCH")} == {"waxed-pouch"}
