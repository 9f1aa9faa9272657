"""The tables of docs/catalogue-files.md are those of the code, and the code reads what they say."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path

import pytest

from shop.core.errors import FileRefused
from shop.storage.catalogue_files.formats import FORMATS, read
from shop.storage.catalogue_files.table import Table, column_key, read_table
from shop.storage.catalogue_files.translation import Format
from tests.unit.storage.catalogue_files.files import DEFAULTS, EXAMPLES

PAGE = (Path(__file__).parents[4] / "docs" / "catalogue-files.md").read_text("utf-8")
FILES = [
    pytest.param(FORMATS[file.name.partition(".")[0].partition("-")[0]], file, id=file.name)
    for file in sorted(EXAMPLES.iterdir())
]


def _table(format: Format) -> list[str]:
    read = [f"| {_code(name)} | {becomes} |" for name, becomes in format.read.items()]
    left_out = [f"| {_code(name)} | *left out:* {why} |" for name, why in format.left_out.items()]
    return ["| column | becomes |", "|---|---|", *read, *left_out]


def _code(name: str) -> str:
    return f"`{name}`"


@pytest.mark.parametrize("format", FORMATS.values(), ids=FORMATS)
def test_the_page_has_the_table_of_each_format(format: Format) -> None:
    section = PAGE.partition(f"\n## {format.title}\n")[2].partition("\n## ")[0]
    assert [line for line in section.splitlines() if line.startswith("|")] == _table(format)


def _matches(name: str, known: str) -> bool:
    return fnmatch(column_key(name), column_key(known))


@pytest.mark.parametrize(("format", "file"), FILES)
def test_every_column_of_an_export_is_in_the_table(format: Format, file: Path) -> None:
    known = [*format.read, *format.left_out]
    names = read_table(file.read_bytes()).columns.values()
    assert [name for name in names if not any(_matches(name, one) for one in known)] == []


def _without(table: Table, key: str) -> Table:
    return replace(table, rows=[replace(row, cells={**row.cells, key: ""}) for row in table.rows])


@pytest.mark.parametrize("format", [one for key, one in FORMATS.items() if key != "crumb"])
def test_the_columns_that_matter_are_those_in_the_table_as_read(format: Format) -> None:
    tables = [
        read_table(file.read_bytes())
        for known, file in (param.values for param in FILES)
        if known is format and isinstance(file, Path)
    ]
    matter = {
        table.columns[key]
        for table in tables
        for key in table.columns
        if list(format.translate(_without(table, key), DEFAULTS))
        != list(format.translate(table, DEFAULTS))
    }
    assert {name for name in matter if not any(_matches(name, one) for one in format.read)} == set()
    assert [one for one in format.read if not any(_matches(name, one) for name in matter)] == []


@pytest.mark.parametrize(("format", "file"), FILES)
def test_a_file_in_the_format_of_another_shop_is_recognised(format: Format, file: Path) -> None:
    with pytest.raises(FileRefused, match=f"This looks like a file of {format.title}: add --form"):
        read(file.read_bytes(), DEFAULTS)


def test_a_file_of_ours_is_recognised() -> None:
    file = b"sku,name,price,currency,active\nMUG,Mug,1,GBP,yes\n"
    with pytest.raises(FileRefused, match="This looks like a file of Crumb: add --format crumb"):
        read(file, DEFAULTS, format=FORMATS["shopify"])


def test_columns_that_are_not_in_the_table_are_left_out() -> None:
    file = b"id,title,price,mood\nMUG,Mug,1,good\n"
    assert len(read(file, DEFAULTS, format=FORMATS["merchant"]).rows) == 1
