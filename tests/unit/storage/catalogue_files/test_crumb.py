from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from shop.core.errors import FileRefused
from shop.core.money import Money
from shop.storage.catalogue_files import crumb
from shop.storage.catalogue_files.crumb import COLUMNS
from shop.storage.catalogue_files.formats import read
from shop.storage.catalogue_files.rows import ABSENT, Row
from shop.storage.catalogue_files.table import MAX_PROBLEMS
from tests.unit.core.test_catalogue import MUG
from tests.unit.storage.catalogue_files.files import DEFAULTS

HEAD = "sku,name,price,currency"
GOOD = "MUG,Mug,9.50,GBP"


def rows_of(*lines: str) -> list[Row]:
    return read("\n".join(lines).encode(), DEFAULTS).rows


def problems(*lines: str) -> list[str]:
    with pytest.raises(FileRefused) as refused:
        rows_of(*lines)
    return refused.value.problems


def test_missing_columns_leave_values_unchanged() -> None:
    [row] = rows_of(HEAD, GOOD)
    assert row == Row(line=2, sku="MUG", name="Mug", price=Money(950, "GBP"))
    assert {row.slug, row.description, row.category, row.stock, row.image} == {ABSENT}


def test_empty_cells_mean_the_default() -> None:
    [row] = rows_of(",".join(COLUMNS), f"MUG,,Mug,,,9.50,GBP{',' * (len(COLUMNS) - 7)}")
    assert row == Row(
        line=2,
        sku="MUG",
        name="Mug",
        price=Money(950, "GBP"),
        slug=ABSENT,
        description="",
        category="Other",
        vat_basis_points=2000,
        stock=None,
        image=None,
        is_active=True,
        compare_at=None,
        membership=None,
    )


def test_column_order_case_and_space_around_cells_do_not_matter() -> None:
    rows = rows_of("currency,price,name,sku", "gbp , 2 , A cup , CUP ")
    assert rows == [Row(line=2, sku="CUP", name="A cup", price=Money(200, "GBP"))]


@pytest.mark.parametrize(
    ("column", "cell", "field", "value"),
    [
        pytest.param("vat_rate", "5.5", "vat_basis_points", 550, id="one decimal of a rate"),
        pytest.param("vat_rate", "5.05", "vat_basis_points", 505, id="two decimals of a rate"),
        pytest.param("vat_rate", "0", "vat_basis_points", 0, id="no VAT"),
        pytest.param("vat_rate", "20 %", "vat_basis_points", 2000, id="a rate with its sign"),
        pytest.param("vat_rate", '"5,5"', "vat_basis_points", 550, id="a rate with a comma"),
        pytest.param("vat_rate", "5.5000", "vat_basis_points", 550, id="a rate with more zeros"),
        pytest.param("stock", "0", "stock", 0, id="none left"),
        pytest.param("stock", "12", "stock", 12, id="a stock"),
        pytest.param("active", "NO", "is_active", False, id="not active"),
        pytest.param("active", "Yes", "is_active", True, id="active"),
        pytest.param("image", "a_mug-2.svg", "image", "a_mug-2.svg", id="a picture"),
        pytest.param("slug", "oak-desk-2", "slug", "oak-desk-2", id="a slug"),
        pytest.param("category", "Café", "category", "Café", id="a category"),
        pytest.param("description", '"a, ""b"""', "description", 'a, "b"', id="quoted text"),
        pytest.param("description", '"a\r\nb\rc"', "description", "a\nb\nc", id="line breaks"),
        pytest.param("category", "A\tB\u200b", "category", "A B", id="a tab and an unseen space"),
    ],
)
def test_cells_are_parsed(column: str, cell: str, field: str, value: object) -> None:
    [row] = rows_of(f"{HEAD},{column}", f"{GOOD},{cell}")
    assert getattr(row, field) == value


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        pytest.param("sku", "", id="no SKU"),
        pytest.param("sku", "-A", id="SKU beginning with a hyphen"),
        pytest.param("sku", "A*", id="SKU with a star"),
        pytest.param("sku", "Ä", id="non-ASCII SKU"),
        pytest.param("sku", "A" * 41, id="SKU of 41"),
        pytest.param("name", " ", id="no name"),
        pytest.param("name", "n" * 201, id="name of 201"),
        pytest.param("price", "-1", id="negative price"),
        pytest.param("price", "1.001", id="price of too many decimals"),
        pytest.param("price", "21474836.48", id="price beyond an integer column"),
        pytest.param("currency", "EUR", id="another currency"),
        pytest.param("currency", "", id="no currency"),
        pytest.param("slug", "Oak", id="slug in upper case"),
        pytest.param("slug", "a--b", id="slug with two hyphens"),
        pytest.param("slug", "a" * 201, id="slug of 201"),
        pytest.param("description", "d" * 4001, id="description of 4001"),
        pytest.param("category", "c" * 81, id="category of 81"),
        pytest.param("vat_rate", "100", id="VAT of 100 %"),
        pytest.param("vat_rate", "20 p.c.", id="VAT with words"),
        pytest.param("vat_rate", "5.555", id="VAT with three decimals"),
        pytest.param("stock", "-1", id="negative stock"),
        pytest.param("stock", "1.5", id="fractional stock"),
        pytest.param("stock", "٣", id="stock in digits of another script"),
        pytest.param("stock", "1" * 10, id="stock of ten digits"),
        pytest.param("image", "../mug.svg", id="picture outside the folder"),
        pytest.param("image", "mug.exe", id="not a picture"),
        pytest.param("active", "maybe", id="neither yes nor no"),
    ],
)
def test_an_invalid_cell_is_reported_by_line_and_column(column: str, cell: str) -> None:
    cells = {**dict(zip(HEAD.split(","), GOOD.split(","), strict=True)), column: cell}
    [problem] = problems(",".join(cells), ",".join(cells.values()))
    assert problem.startswith(f"Line 2, column {column}: ")


def test_the_highest_price_is_accepted() -> None:
    [row] = rows_of(HEAD, "GEM,Gem,21474836.47,GBP")
    assert row.price == Money(2_147_483_647, "GBP")


@pytest.mark.parametrize(
    ("field", "length"),
    [("sku", 40), ("name", 200), ("slug", 200), ("description", 4000), ("category", 80)],
)
def test_the_longest_text_is_accepted(field: str, length: int) -> None:
    cells = {**dict(zip(HEAD.split(","), GOOD.split(","), strict=True)), field: "a" * length}
    [row] = rows_of(",".join(cells), ",".join(cells.values()))
    assert getattr(row, field) == "a" * length


@pytest.mark.parametrize(
    ("lines", "sentences"),
    [
        pytest.param(
            [],
            [
                *(f"Line 1: the column {name} is missing." for name in HEAD.split(",")),
                "The first row must name the columns. Found: nothing.",
            ],
            id="an empty file",
        ),
        pytest.param(
            ["sku,Name ,CURRENCY", "A,B,GBP"],
            [
                "Line 1: the column price is missing.",
                "The first row must name the columns. Found: “sku”, “Name”, “CURRENCY”.",
            ],
            id="a missing column",
        ),
        pytest.param(
            ["Handle,Title,Variant Price", "a,A,1"],
            [
                *(f"Line 1: the column {name} is missing." for name in HEAD.split(",")),
                "This looks like a file of Shopify: add --format shopify.",
            ],
            id="a file of another format",
        ),
        pytest.param(
            [f"{HEAD},colour", f"{GOOD},red"],
            ["Line 1: the column “colour” is not known."],
            id="an unknown column",
        ),
        pytest.param(
            ["", f"{HEAD},Price", f"{GOOD},2"],
            ["Line 2: the column price appears twice."],
            id="a column twice, below an empty line",
        ),
        pytest.param(
            [HEAD, "MUG,Mug"],
            [
                "Line 2: it has 2 cells, but the header has 4. "
                "A row has a cell for each column, even if it is empty."
            ],
            id="missing cells",
        ),
        pytest.param(
            [HEAD, "MUG,Mug,9,50,GBP"],
            [
                "Line 2: it has 5 cells, but the header has 4. "
                "A cell with a separator in it needs quotation marks around it."
            ],
            id="an extra cell",
        ),
        pytest.param(
            [f"{HEAD},", GOOD + ",5"],
            ["Line 2: there is text in a column without a name."],
            id="a cell below no name",
        ),
        pytest.param(
            [HEAD, GOOD, "CUP,Cup,1,GBP", GOOD],
            ["Line 4, column sku: MUG is also in line 2."],
            id="a repeated SKU",
        ),
        pytest.param(
            [f"{HEAD},slug", "A,A,1,GBP,x", "B,B,1,GBP,", "C,C,1,GBP,", "D,D,1,GBP,x"],
            ["Line 5, column slug: x is also in line 2."],
            id="a repeated slug, and two rows without one",
        ),
        pytest.param(
            [HEAD, "A,,1,GBP", GOOD, '"B', 'C",B,x,EUR', "D,D"],
            [
                "Line 2, column name: a name has 1 to 200 characters (nothing found).",
                "Line 4, column price: write a price as digits and a point, such as 12.50 "
                "(found “x”).",
                "Line 4, column currency: this shop sells in GBP (found “EUR”).",
                "Line 6: it has 2 cells, but the header has 4. "
                "A row has a cell for each column, even if it is empty.",
            ],
            id="every problem of the file, by the line where its row begins",
        ),
        pytest.param(
            [HEAD, GOOD, '"CUP,Cup'],
            [
                "Line 3: a cell that begins with a quotation mark never ends. "
                'Close it with another; within a cell, write "" for one.'
            ],
            id="an unclosed quotation mark",
        ),
        pytest.param(
            [HEAD, GOOD, '"CUP" big,Cup,1,GBP'],
            [
                "Line 3: a cell goes on after its closing quotation mark. "
                'Within a cell in quotation marks, write "" for one.'
            ],
            id="a quotation mark within a cell",
        ),
    ],
)
def test_an_invalid_file_is_refused_with_a_sentence_for_each_problem(
    lines: list[str], sentences: list[str]
) -> None:
    assert problems(*lines) == sentences


def test_many_problems_are_listed_in_part() -> None:
    sentences_found = problems(HEAD, *(f"A{row},,1,GBP" for row in range(99)))
    assert len(sentences_found) == MAX_PROBLEMS + 1
    assert sentences_found[-1] == "And 79 more problems like these."


@pytest.mark.parametrize(
    ("change", "column", "cell"),
    [
        pytest.param({"vat_basis_points": 550}, "vat_rate", "5.5", id="5.5 %"),
        pytest.param({"vat_basis_points": 1000}, "vat_rate", "10", id="10 %"),
        pytest.param({"vat_basis_points": 5}, "vat_rate", "0.05", id="0.05 %"),
        pytest.param({"stock": None}, "stock", "", id="unlimited stock"),
        pytest.param({"stock": 0}, "stock", "0", id="none left"),
        pytest.param({"image": None}, "image", "", id="no picture"),
        pytest.param({"is_active": False}, "active", "no", id="not active"),
        pytest.param({"price": Money(5, "GBP")}, "price", "0.05", id="five pence"),
    ],
)
def test_a_product_is_written_as_cells(change: dict[str, Any], column: str, cell: str) -> None:
    header, row = crumb.write([replace(MUG, **change)], 2)
    assert dict(zip(header, row, strict=True))[column] == cell


@pytest.mark.parametrize(
    ("before", "compare_at"),
    [
        pytest.param("9.51", Money(951, "GBP"), id="a penny more"),
        pytest.param("12", Money(1200, "GBP"), id="whole pounds"),
        pytest.param("", None, id="none"),
    ],
)
def test_a_price_before_a_reduction_is_read(before: str, compare_at: Money | None) -> None:
    [row] = rows_of(f"{HEAD},compare_at_price", f"{GOOD},{before}")
    assert row.compare_at == compare_at


@pytest.mark.parametrize("before", ["9.50", "9.49", "0"])
def test_a_price_before_a_reduction_has_to_be_higher(before: str) -> None:
    assert problems(f"{HEAD},Compare at price", f"{GOOD},{before}") == [
        "Line 2, column compare_at_price: the earlier price has to be higher than the price, "
        f"or left empty (found “{before}”)."
    ]
