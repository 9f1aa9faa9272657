"""Home, list and product pages, with the demo catalogue."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.conftest import OpenShop
from tests.integration.client import LintingClient, attributes, elements, parsed, text_of


def names(html: str) -> list[str]:
    return [card.to_text() for card in elements(parsed(html), ".card-name")]


def links(html: str, selector: str) -> list[str]:
    return [attributes(link)["href"] or "" for link in elements(parsed(html), selector)]


def count(html: str) -> str:
    return text_of(html, ".list-head [role=status]")


def test_home_links_to_every_category_and_shows_products_for_sale(visitor: LintingClient) -> None:
    home = visitor.get("/").text
    assert len(names(home)) == 8
    tiles = links(home, ".tiles a")
    assert len(tiles) == 6
    for tile in tiles:
        assert names(visitor.get(tile).text)


def test_home_shows_no_sold_out_product(shop: OpenShop, visitor: LintingClient) -> None:
    shop.sql("update products set stock = 0 where sku = 'MUG'")
    shop.sql("update products set is_active = false where sku = 'MUG-OAT'")
    assert not {"Everyday mug", "Oat glazed mug"} & set(names(visitor.get("/").text))


def test_the_list_counts_active_products(shop: OpenShop, visitor: LintingClient) -> None:
    ((active,),) = shop.sql(
        "select count(distinct coalesce(-group_number, number)) from products where is_active"
    )
    assert count(visitor.get("/products").text) == f"{active} products"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("q=CAFE", ["Café au lait bowl", "Café curtain"], id="case and accents"),
        pytest.param("q=CREME", ["Crème brûlée dish"], id="accents"),
        pytest.param("q=j%C3%A0rdiniere", ["Jardinière"], id="too many accents"),
        pytest.param("q=caf%C3%A9+BOWL", ["Café au lait bowl"], id="every word"),
        pytest.param("q=+papier++mache+", ["Papier-mâché pen tray"], id="spaces and hyphens"),
        pytest.param("q=BOWL-CAFE", ["Café au lait bowl"], id="a SKU"),
        pytest.param("q=cafe&category=textiles", ["Café curtain"], id="in a category"),
        pytest.param("q=CAFE&sort=cheapest", ["Café au lait bowl", "Café curtain"], id="cheapest"),
        pytest.param("q=CAFE&sort=dearest", ["Café curtain", "Café au lait bowl"], id="dearest"),
        pytest.param("q=notebook+sewn&sort=name", ["Sewn A5 notebook"], id="by name"),
        pytest.param("q=discontinued", [], id="inactive products are not found"),
        pytest.param("q=%25", [], id="a percent sign is no wildcard"),
        pytest.param("q=_", [], id="an underscore is no wildcard"),
        pytest.param("q=%27+%22*+--", [], id="a quotation mark"),
    ],
)
def test_search(visitor: LintingClient, query: str, expected: list[str]) -> None:
    page = visitor.get(f"/products?{query}").text
    assert names(page) == expected
    assert count(page) == ("1 product" if len(expected) == 1 else f"{len(expected)} products")


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("shelf", "Everyday mug"),
        ("name", "A Small Book of Coast Maps"),
        ("cheapest", "Cedar pencil"),
        ("dearest", "Very dear chandelier"),
    ],
)
def test_sort(visitor: LintingClient, sort: str, first: str) -> None:
    page = visitor.get(f"/products?sort={sort}").text
    assert names(page)[0] == first
    (chosen,) = elements(parsed(page), "option[selected]")
    assert attributes(chosen)["value"] == sort


def test_an_empty_result_says_so_and_links_to_broader_searches(visitor: LintingClient) -> None:
    page = visitor.get("/products?q=zeppelin&category=table").text
    assert "Nothing here matches “<bdi>zeppelin</bdi>”." in page
    assert links(page, ".empty a") == ["/products?q=zeppelin", "/products"]


def test_page_links_keep_the_search_and_reach_every_product_once(visitor: LintingClient) -> None:
    found: list[str] = []
    next_links = ["/products?q=cm&sort=cheapest"]
    for number in range(1, 7):
        page = visitor.get(next_links[0]).text
        assert text_of(page, "nav.pages [aria-current=page]") == str(number)
        found += names(page)
        shown = links(page, "nav.pages a")
        assert all("q=cm" in link and "sort=cheapest" in link for link in shown)
        next_links = [
            link
            for link in shown
            if parse_qs(urlsplit(link).query).get("page", ["1"]) > [str(number)]
        ]
        if not next_links:
            break
    assert len(found) == len(set(found)) == int(count(page).split()[0]) > 24


def test_a_page_past_the_end_shows_the_last_page(visitor: LintingClient) -> None:
    page = visitor.get("/products?page=999999").text
    last = links(page, "nav.pages a")[-1]
    assert names(page) == names(visitor.get(last).text) != []
    assert attributes(elements(parsed(page), "[aria-current=page]")[0])["href"] == last


@pytest.mark.parametrize(
    "query",
    [
        "page=-1", "page=abc", "page=0", "page=1e9", f"page={'9' * 5000}", "page=%EF%BC%91",
        "page=%00", "page=1&page=2", "sort=nonsense", "sort=%00", "category=", "category=%20",
    ],
)  # fmt: skip
def test_an_invalid_parameter_is_ignored(visitor: LintingClient, query: str) -> None:
    assert names(visitor.get(f"/products?{query}").text)[:1] in (["Everyday mug"], [])


@pytest.mark.parametrize(
    "address",
    [
        "/products?q=%00", "/products?q=a%00b", "/products?q=%FF%FE", "/products?q=%ED%A0%80",
        f"/products?q={'a+' * 3000}", f"/products?q={'a' * 20_000}", "/products?category=%00",
        "/products?category=nope", "/products?q=%22%3E%3Cscript%3Ex%3C/script%3E",
        "/products?%00=%00&&==", "/products?q[]=1",
    ],
)  # fmt: skip
def test_an_odd_query_string_causes_no_error(visitor: LintingClient, address: str) -> None:
    assert visitor.get(address).status_code == 200


@pytest.mark.parametrize(
    ("slug", "words_shown", "is_for_sale"),
    [
        pytest.param("everyday-mug", ["£9.50", "including 20% VAT", "In stock"], True, id="plain"),
        pytest.param("bundle-of-kindling", ["including 5% VAT"], True, id="reduced rate"),
        pytest.param("twelve-plain-loaves", ["including 0% VAT"], True, id="zero rate"),
        pytest.param("sold-out-teapot", ["Sold out"], False, id="sold out"),
        pytest.param("last-one-lamp", ["Last one"], True, id="one left"),
        pytest.param("discontinued-diary", ["No longer sold"], False, id="discontinued"),
        pytest.param("very-dear-chandelier", ["£12,499.00", "Only 3 left"], True, id="dear"),
        pytest.param(
            "very-long-name-notebook",
            ["Lay-flat A5 notebook", "back pocket and grey linen cover"],
            True,
            id="long name",
        ),
    ],
)
def test_product_pages_show_price_vat_and_availability(
    visitor: LintingClient, slug: str, words_shown: list[str], is_for_sale: bool
) -> None:
    page = visitor.get(f"/products/{slug}").text
    shown = text_of(page, "article.product")
    assert [words for words in words_shown if words not in shown] == []
    assert bool(elements(parsed(page), "form.add")) == is_for_sale


def test_cards_show_sold_out_and_last_one(visitor: LintingClient) -> None:
    for words, state in (("teapot", "Sold out"), ("last-one", "Last one")):
        assert text_of(visitor.get(f"/products?q={words}").text, ".card .state") == state


def test_related_products_are_other_products_for_sale(visitor: LintingClient) -> None:
    page = visitor.get("/products/salt-pig").text
    assert len(names(page)) == 4
    assert not {"Salt pig", "Sold-out teapot"} & set(names(page))


def test_names_and_descriptions_are_escaped(shop: OpenShop, visitor: LintingClient) -> None:
    evil = "<img src=x onerror=alert(1)>\"'"
    shop.sql("update products set name = ?, description = ? where sku = 'MUG'", evil, evil)
    assert text_of(visitor.get("/products/everyday-mug").text, "h1") == evil
    assert names(visitor.get("/products").text)[0] == evil
    visitor.add("MUG")
    assert evil in text_of(visitor.get("/cart").text, "main > .notices")


@pytest.mark.parametrize(
    "address",
    ["/nope", "/products/nope", "/products/%00", f"/products/{'x' * 5000}", "/static/no"],
)
def test_404_links_to_the_products(visitor: LintingClient, address: str) -> None:
    response = visitor.get(address)
    assert response.status_code == 404
    assert "/products" in links(response.text, ".error a")


@pytest.mark.parametrize("path", ["/", "/products", "/products?q=mug", "/products?category=a"])
@pytest.mark.parametrize(
    "change",
    ["update products set is_active = false", "delete from products"],
    ids=["idle", "deleted"],
)
def test_a_shop_without_products_is_calm(shop: OpenShop, path: str, change: str) -> None:
    shop.sql(change)
    page = shop.visitor().get(path)
    assert page.status_code == 200
    assert "There is nothing for sale at the moment." in text_of(page.text, ".empty")
    assert elements(parsed(page.text), ".hero, .chips, .tiles, .cards, .list-head") == []


@pytest.mark.parametrize("path", ["/", "/products", "/cart", "/no-such-page"])
def test_no_row_of_a_page_ends_with_white_space(visitor: LintingClient, path: str) -> None:
    rows = visitor.get(path).text.split("\n")
    assert [row for row in rows if row != row.rstrip()] == []
