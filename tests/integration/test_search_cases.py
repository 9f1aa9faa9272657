"""Both databases find the same products in the same order: in a table of cases, and in any."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from shop.core.money import Money
from shop.storage import catalogue, catalogue_import, schema
from shop.storage.catalogue import Sort
from shop.storage.catalogue_files.rows import Defaults, Row
from shop.storage.engine import connect_to, reading, writing
from tests.conftest import OpenShop
from tests.databases import PostgresqlServer

DEFAULTS = Defaults("GBP", 2, "Shelf", 2000)
EXAMPLES = 10
CATALOGUE = (
    ("BOWL", "Café au lait bowl", "Holds 50 % more than a cup."),
    ("MUG-2", "Mug", "For tea"),
    ("MUG-1", "Mug", "For coffee"),
    ("RACK", "Rack for mugs", "Six of them"),
    ("KNIFE", "Cheese knife", "With O'Brien's handle"),
    ("TIN", "Tin box", "Lets no tea bag smell"),
    ("LAMP", "Paper-light", "Näive: Straße, İstanbul, naïve"),
    ("JAR", "Jar 500 ml", "1960s"),
    ("LONG", "Scarf", "o" * 3_000),
)


@pytest.mark.parametrize(
    ("query", "skus"),
    [
        pytest.param("mug", "MUG-2 MUG-1 RACK", id="a tie is in the order of the shelf"),
        pytest.param("mugs", "MUG-2 MUG-1 RACK", id="a plural"),
        pytest.param("knives", "KNIFE", id="an irregular plural"),
        pytest.param("boxes", "TIN", id="a plural in es"),
        pytest.param("cafe", "BOWL", id="without the accent"),
        pytest.param("CAFÉ", "BOWL", id="upper case with the accent"),
        pytest.param("cafe\N{COMBINING ACUTE ACCENT}", "BOWL", id="an accent of its own"),
        pytest.param("strasse", "LAMP", id="sharp s"),
        pytest.param("istanbul", "LAMP", id="a dotted capital I"),
        pytest.param("che", "KNIFE", id="a beginning"),
        pytest.param("heese", "", id="not the end of a word"),
        pytest.param("tea", "MUG-2 TIN", id="in descriptions"),
        pytest.param("tea mug", "MUG-2", id="two words, both"),
        pytest.param("mug tea cheese", "MUG-2 MUG-1 RACK KNIFE TIN", id="three words, some"),
        pytest.param("paper light", "LAMP", id="the parts of a compound"),
        pytest.param("paperlight", "LAMP", id="a compound without its hyphen"),
        pytest.param("%", "", id="a percent sign"),
        pytest.param("50%", "JAR BOWL", id="a number with a percent sign"),
        pytest.param("mug%", "MUG-2 MUG-1 RACK", id="no wildcard"),
        pytest.param("o'brien", "KNIFE", id="an apostrophe"),
        pytest.param("'mug' & | ! :* \\ <-> \" ( ) NOT", "MUG-2 MUG-1 RACK", id="operators"),
        pytest.param("mug-1", "MUG-1", id="a SKU"),
        pytest.param("1960", "JAR", id="a number in a word"),
        pytest.param("mug " * 500, "MUG-2 MUG-1 RACK", id="2,000 characters, one word"),
        pytest.param("x" * 5_000, "", id="a word of 5,000 letters"),
        pytest.param("o" * 5_000, "LONG", id="the beginning of a word of 3,000 letters"),
        pytest.param("茶", "", id="another script"),
    ],
)
def test_a_query_finds_these_products_in_this_order(shop: OpenShop, query: str, skus: str) -> None:
    fill(shop.engine, CATALOGUE)
    assert found(shop.engine, query) == skus.split()


@pytest.mark.parametrize(
    ("sort", "skus"),
    [
        (Sort.NAME, "BOWL KNIFE JAR MUG-2 MUG-1 LAMP RACK LONG TIN"),
        (Sort.CHEAPEST, "BOWL MUG-2 MUG-1 RACK KNIFE TIN LAMP JAR LONG"),
        (Sort.DEAREST, "BOWL MUG-2 MUG-1 RACK KNIFE TIN LAMP JAR LONG"),
    ],
)
def test_products_that_cost_the_same_are_in_the_order_of_the_shelf(
    shop: OpenShop, sort: Sort, skus: str
) -> None:
    fill(shop.engine, CATALOGUE)
    assert found(shop.engine, "", sort) == skus.split()


def fill(engine: Engine, products: tuple[tuple[str, str, str], ...]) -> None:
    """Leaves these products in the shop, by SKU, name and description, and no other."""
    rows = [
        Row(line, sku, name, Money(100, "GBP"), description=description)
        for line, (sku, name, description) in enumerate(products, 1)
    ]
    with writing(engine) as connection:
        connection.execute(text("delete from products"))
        catalogue_import.import_rows(connection, rows, DEFAULTS, 1)


def found(engine: Engine, query: str, sort: Sort = Sort.SHELF) -> list[str]:
    with reading(engine) as connection:
        page = catalogue.page(connection, words=query, sort=sort, size=50)
    assert page.count == len(page.products)
    return [product.sku for product in page.products]


VOCABULARY = """
mug mugs Mug café cafe CAFÉS knife knives box boxes straße STRASSE naïve İstanbul ǆ ﬁne a b
paper-light paper light O'Brien 50% 1960s 1960 м кружка 茶碗 ー กา क्षि e\u0301
"""
WORDS = st.sampled_from(VOCABULARY.split())
TEXTS = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
MARKS = st.sampled_from(["'", '"', "&", "|", ":*", "%", "_", "\\", "(", "-"])
BEGINNINGS = WORDS.map(lambda word: word[:2])
QUERIES = st.lists(st.one_of(WORDS, BEGINNINGS, MARKS), max_size=4).map(" ".join) | st.text(
    st.characters(exclude_categories=["Cs"]), max_size=8
)


@pytest.fixture(scope="module")
def both(
    server: PostgresqlServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Engine, Engine]]:
    """An empty shop on SQLite, and one on PostgreSQL."""
    file: Path = tmp_path_factory.mktemp("both") / "shop.sqlite3"
    with server.empty() as database:
        engines = connect_to(f"sqlite:///{file}"), connect_to(database.url)
        for engine in engines:
            schema.migrate(engine)
        yield engines
        for engine in engines:
            engine.dispose()


@pytest.mark.postgresql
@settings(max_examples=EXAMPLES, deadline=None)
@given(
    products=st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=6),
    queries=st.lists(QUERIES, min_size=1, max_size=6),
)
def test_both_databases_answer_alike(
    both: tuple[Engine, Engine], products: list[tuple[str, str]], queries: list[str]
) -> None:
    stocked = tuple((f"S{at}", *product) for at, product in enumerate(products))
    for engine in both:
        fill(engine, stocked)
    for query in (*queries, ""):
        for sort in (Sort.SHELF, Sort.NAME):
            on_sqlite, on_postgresql = (found(engine, query, sort) for engine in both)
            assert on_sqlite == on_postgresql, query
