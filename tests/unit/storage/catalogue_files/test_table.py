from __future__ import annotations

import pytest

from shop.core.errors import FileRefused
from shop.storage.catalogue_files.table import ENCODINGS, read_table


def cells(text: str, encoding: str | None = None) -> list[tuple[int, list[str]]]:
    rows = read_table(text.encode(), encoding).rows
    return [(row.line, list(row.cells.values())) for row in rows]


def refusal(octets: bytes, encoding: str | None = None) -> str:
    with pytest.raises(FileRefused) as refused:
        read_table(octets, encoding)
    [problem] = refused.value.problems
    return problem


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        pytest.param("a,b\n1,2\n", [(2, ["1", "2"])], id="commas"),
        pytest.param("a;b\n1,5;2\n", [(2, ["1,5", "2"])], id="semicolons"),
        pytest.param("a\tb\n1\t2\n", [(2, ["1", "2"])], id="tabs"),
        pytest.param("a|b\n1|2\n", [(2, ["1", "2"])], id="bars"),
        pytest.param('"a, b, c";d\n1;2\n', [(2, ["1", "2"])], id="commas in a quoted name"),
        pytest.param("a\n1\n", [(2, ["1"])], id="a single column"),
        pytest.param("sep=;\na;b,c,d\n1;2\n", [(3, ["1", "2"])], id="sep= before fewer columns"),
        pytest.param('"sep=\t"\r\na\tb\n1\t2\n', [(3, ["1", "2"])], id="sep= with a tab"),
        pytest.param("a,b\r1,2\r", [(2, ["1", "2"])], id="carriage returns"),
        pytest.param("\n , \na,b\n1,2", [(4, ["1", "2"])], id="empty rows before the header"),
        pytest.param(
            "a,b\n\n,\n1,2\n ,\t\n3,4", [(4, ["1", "2"]), (6, ["3", "4"])], id="empty rows"
        ),
        pytest.param(
            'a,b\n"1\r\n\r\n1",2\n3,4',
            [(2, ["1\n\n1", "2"]), (5, ["3", "4"])],
            id="line breaks in a cell",
        ),
        pytest.param("a,b,,\n1,2,,\n3,4,,,,", [(2, ["1", "2"]), (3, ["3", "4"])], id="wide rows"),
        pytest.param("a,b,a\n1,2,3", [(2, ["1", "2"])], id="the first of two columns is read"),
    ],
)
def test_rows_are_read(text: str, rows: list[tuple[int, list[str]]]) -> None:
    assert cells(text) == rows


@pytest.mark.parametrize("name", ["Sale price", " sale_price ", "SALE-PRICE", "g:sale price"])
def test_the_name_of_a_column_may_be_spelt_in_many_ways(name: str) -> None:
    table = read_table(f"{name},b\n1,2".encode())
    assert table.rows[0].cells == {"sale_price": "1", "b": "2"}
    assert table.columns["sale_price"] == name.strip()


@pytest.mark.parametrize(
    ("octets", "encoding"),
    [
        pytest.param("a\né".encode(), None, id="UTF-8"),
        pytest.param("a\né".encode("utf-8-sig"), None, id="UTF-8 with a mark"),
        pytest.param("a\né".encode("utf-16"), None, id="UTF-16 with a mark"),
        pytest.param("a\né".encode("utf-16-be"), "utf-16", id="UTF-16, big end first, no mark"),
        pytest.param("a\né".encode("utf-16-le"), "utf-16", id="UTF-16, little end first, no mark"),
        pytest.param("a\né".encode("cp1252"), "windows-1252", id="Windows-1252"),
        pytest.param("a\né".encode("cp1250"), "windows-1250", id="Windows-1250"),
        pytest.param("a\né".encode("utf-8-sig"), "utf-8", id="UTF-8 when asked for"),
    ],
)
def test_text_is_decoded(octets: bytes, encoding: str | None) -> None:
    assert encoding is None or encoding in ENCODINGS
    assert [row.cells for row in read_table(octets, encoding).rows] == [{"a": "é"}]


@pytest.mark.parametrize(
    ("octets", "encoding", "sentence"),
    [
        pytest.param(
            "sku,name\r\nMUG,Mug\r\nCAF,Café\r\n".encode("cp1252"),
            None,
            "Line 3 is not utf-8: it has the byte 0xe9 after “CAF,Caf”. In Windows-1252 this is "
            "“CAF,Café”. If that is right, add --encoding windows-1252; if not, save the file as "
            "UTF-8.",
            id="Windows-1252",
        ),
        pytest.param(
            "sku\nMUG\n".encode("utf-16-le"),
            None,
            "This looks like UTF-16. If it is, add --encoding utf-16.",
            id="UTF-16 without a mark",
        ),
        pytest.param(
            b"sku\nMUG\n",
            "utf-16",
            "This is not UTF-16. Leave out --encoding, or give a different one.",
            id="not UTF-16",
        ),
        pytest.param(
            b"sku\nM\x81G\n",
            "windows-1252",
            "Line 2 is not windows-1252: it has the byte 0x81 after “M”. Leave out --encoding, "
            "or give a different one.",
            id="not Windows-1252",
        ),
        pytest.param(
            b"PK\x03\x04etc",
            None,
            "This is a workbook (.xlsx or .ods) or another zip file. Save the sheet as CSV, and "
            "use that file.",
            id="a workbook",
        ),
    ],
)
def test_what_is_no_text_is_refused_with_advice(
    octets: bytes, encoding: str | None, sentence: str
) -> None:
    assert refusal(octets, encoding) == sentence


def test_a_cell_may_hold_a_whole_picture() -> None:
    [(_, [picture, _])] = cells(f"a,b\n{'x' * 300_000},2")
    assert len(picture) == 300_000
