"""The search: words, plurals, ranking, and the order of names."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from pluralizer import Pluralizer
from sqlalchemy import Connection

from shop.core.text import words
from shop.storage import catalogue
from shop.storage.catalogue import Sort
from shop.storage.engine import reading
from tests.conftest import OpenShop
from tests.integration.carts import import_csv
from tests.integration.client import LintingClient, attributes, elements, parsed, text_of

EVERYTHING = 10_000


def found(connection: Connection, query: str, sort: Sort = Sort.SHELF) -> list[str]:
    page = catalogue.page(connection, words=query, sort=sort, size=EVERYTHING)
    assert not page.is_partial
    return [product.name for product in page.products]


@pytest.fixture
def connection(shop: OpenShop) -> Iterator[Connection]:
    with reading(shop.app.extensions["shop"].engine) as connection:
        yield connection


def with_products(shop: OpenShop, *rows: tuple[str, str]) -> None:
    """Imports products of these names and descriptions, and withdraws all others from sale."""
    shop.sql("update products set is_active = false")
    cells = [f'X{at},"{name}","{text}",1,GBP,yes' for at, (name, text) in enumerate(rows)]
    import_csv(shop, "\n".join(["sku,name,description,price,currency,active", *cells]))


def test_every_product_is_found_by_each_word_of_its_name_and_its_plural(
    connection: Connection,
) -> None:
    products = catalogue.page(connection, size=EVERYTHING).products
    assert len(products) > 50
    names = {product.name: beginnings(product.name) for product in products}
    asked = {form for name in names for word in words(name) for form in forms(word)}
    for form in asked:
        hits = found(connection, form)
        with_form = {name for name, begins in names.items() if form in begins}
        assert set(hits[: len(with_form)]) == with_form != set(), form


def test_of_a_long_query_the_first_ten_words_count(shop: OpenShop, connection: Connection) -> None:
    with_products(shop, ("A b c d e f g h i j", ""))
    ten = "a b c d e f g h i j"
    assert found(connection, f"{ten} a j nothing") == ["A b c d e f g h i j"]
    assert catalogue.page(connection, words=f"nothing {ten}").is_partial


def forms(word: str) -> set[str]:
    """The word, its singular and its plural; a single letter has neither."""
    english = Pluralizer()  # type: ignore[no-untyped-call]
    return {word, english.singular(word), english.plural(word)} if len(word) > 1 else {word}


def beginnings(name: str) -> set[str]:
    """Everything that some form of a word of the name begins with."""
    every = {form for word in words(name) for form in forms(word)}
    return {form[:end] for form in every for end in range(1, len(form) + 1)}


@pytest.mark.parametrize(
    ("query", "name"),
    [
        pytest.param("mugs", "Stout mug", id="plural in s"),
        pytest.param("knives", "Bread knife", id="plural in ves"),
        pytest.param("dishes", "Baking dish", id="plural in es"),
        pytest.param("boxes", "Tin box", id="plural in es after x"),
        pytest.param("candle", "Beeswax candles", id="singular"),
        pytest.param("mice", "Felt mouse", id="irregular plural"),
        pytest.param("tooth", "Brush for teeth", id="irregular singular"),
        pytest.param("KNI", "Bread knife", id="beginning of a word"),
        pytest.param("knife bread", "Bread knife", id="words in any order"),
        pytest.param("creme", "Crème dish", id="accents"),
        pytest.param("smorrebrod", "Smørrebrød board", id="strokes"),
        pytest.param("bakers", "Baker’s peel", id="no apostrophe"),
        pytest.param("baker's", "Baker’s peel", id="apostrophe of another shape"),
        pytest.param("tshirt", "T-shirt", id="no hyphen"),
        pytest.param("t‑shirts", "T-shirt", id="hyphen of another shape"),
        pytest.param("10x15", "Frame 10×15", id="multiplication sign"),
        pytest.param("茶", "日本茶", id="script without spaces"),
        pytest.param("чай", "Чай", id="another alphabet"),
    ],
)
def test_what_people_type_finds_what_they_mean(shop: OpenShop, query: str, name: str) -> None:
    with_products(shop, (name, "Something."), ("Nothing of the kind", "Else."))
    page = shop.visitor().get(f"/products?q={quote(query)}").text
    assert [card.to_text() for card in elements(parsed(page), ".card-name")] == [name]


def test_beginnings_of_words_only(shop: OpenShop, connection: Connection) -> None:
    with_products(shop, ("Open shelf", "For a happening."), ("Red pen", "Writes."))
    assert found(connection, "pen") == ["Red pen"]


def test_the_best_match_comes_first(shop: OpenShop, connection: Connection) -> None:
    with_products(
        shop,
        ("Desk tray", "Holds a pen."),
        ("Pencil", "Cedar."),
        ("Tray for pencils", "For a desk."),
        ("Pen", "Blue."),
    )
    assert found(connection, "pen") == ["Pen", "Pencil", "Tray for pencils", "Desk tray"]
    assert found(connection, "pen desk") == ["Desk tray", "Tray for pencils"]
    assert found(connection, "pen", Sort.NAME) == [
        "Desk tray", "Pen", "Pencil", "Tray for pencils",
    ]  # fmt: skip


def test_a_changed_name_is_found_and_the_old_one_is_not(
    shop: OpenShop, connection: Connection
) -> None:
    with_products(shop, ("Kettle", "Boils."))
    assert found(connection, "kettle") == ["Kettle"]
    with_products(shop, ("Samovar", "Boils."))
    connection.rollback()
    assert found(connection, "samovar boils") == ["Samovar"]
    assert found(connection, "boil") == ["Samovar"]
    assert catalogue.page(connection, words="kettle").count == 0
    shop.sql("delete from prices")
    shop.sql("delete from products where name = 'Samovar'")
    connection.rollback()
    assert catalogue.page(connection, words="samovar").count == 0


def test_a_search_that_nothing_matches_whole_shows_what_matches_in_part(
    shop: OpenShop, visitor: LintingClient
) -> None:
    with_products(shop, ("Tray", "For a lamp."), ("Paper lamp", "White."), ("Rug", "Wool."))
    page = visitor.get("/products?q=lamps+paper+zeppelin").text
    assert [card.to_text() for card in elements(parsed(page), ".card-name")] == [
        "Paper lamp", "Tray",
    ]  # fmt: skip
    assert text_of(page, ".list-head [role=status]") == (
        "No product has all of these words. 2 products have some of them."
    )


@pytest.mark.parametrize(
    ("address", "heading"),
    [
        pytest.param("/products?q=mug", "“mug” in all products", id="everywhere"),
        pytest.param("/products?q=mug&category=kitchen", "“mug” in Kitchen", id="a shelf"),
        pytest.param("/de/products?q=mug", "„mug“ in allen Produkten", id="German"),
    ],
)
def test_the_heading_of_a_search_reads_as_a_phrase(
    visitor: LintingClient, address: str, heading: str
) -> None:
    assert text_of(visitor.get(address).text, "h1") == heading


def test_the_example_in_the_search_box_finds_something(visitor: LintingClient) -> None:
    (box,) = elements(parsed(visitor.get("/").text), "#search")
    example = attributes(box)["placeholder"] or ""
    page = visitor.get(f"/products?q={quote(example)}").text
    assert len(elements(parsed(page), ".card-name")) > 3


def test_names_are_sorted_as_in_a_dictionary(shop: OpenShop, connection: Connection) -> None:
    names = ["Äpfel", "apple", "Apple pie", "Éclair", "eclair", "Øl", "Zoo", "ﬁg", "figs", "zebra"]
    with_products(shop, *((name, "") for name in names))
    page = catalogue.page(connection, sort=Sort.NAME, size=EVERYTHING)
    assert [product.name for product in page.products] == [
        "Äpfel", "apple", "Apple pie", "eclair", "Éclair", "ﬁg", "figs", "Øl", "zebra", "Zoo",
    ]  # fmt: skip


def test_categories_that_look_the_same_are_one(shop: OpenShop, connection: Connection) -> None:
    spellings = [
        "Théières",
        "THÉIÈRES",
        "The\N{COMBINING ACUTE ACCENT}ières",
        "Théi\N{SOFT HYPHEN}ères",
    ]
    cells = [f"X{at},Pot {at},1,GBP,{name}" for at, name in enumerate([*spellings, "Theieres"])]
    import_csv(shop, "\n".join(["sku,name,price,currency,category", *cells]))
    shelves = {shelf.name: shelf.count for shelf in catalogue.categories(connection)}
    assert (shelves["Théières"], shelves["Theieres"]) == (4, 1)


def test_text_of_people_has_its_own_direction_and_its_lines(shop: OpenShop) -> None:
    with_products(shop, ("כוס", "One line.\nAnother."))
    ((slug,),) = shop.sql("select slug from products where sku = 'X0'")
    page = shop.visitor().get(f"/products/{slug}").text
    (text,) = elements(parsed(page), ".product-text")
    assert attributes(text)["dir"] == "auto"
    assert "One line.\nAnother." in text.to_text()
    (title,) = elements(parsed(page), "h1")
    assert attributes(title)["dir"] == "auto"


@pytest.mark.parametrize("parameter", ["q", "category", "sort", "page"])
@pytest.mark.parametrize(
    "text",
    [
        pytest.param("zzq' or '1'='1", id="a condition"),
        pytest.param('zzq"; drop table products; --', id="a statement"),
        pytest.param("(case when zzq=1 then 1 else 2 end)", id="an expression"),
        pytest.param("name union select password_hash from keepers --zzq", id="another table"),
        pytest.param("name_words : zzq* OR NEAR(zzq)", id="operators of FTS5"),
        pytest.param("zzq:* | !zzq <-> zzq \\", id="operators of tsquery"),
        pytest.param("%(zzq)s :zzq ?", id="places for parameters"),
    ],
)
def test_no_parameter_of_a_list_becomes_sql(
    shop: OpenShop, visitor: LintingClient, parameter: str, text: str
) -> None:
    before = shop.dump()
    seen = shop.statements()
    assert visitor.get("/products", query_string={parameter: text}).status_code == 200
    assert seen or parameter in ("sort", "page")  # such lists may be remembered
    assert not any("zzq" in statement for statement in seen)
    assert shop.dump() == before
