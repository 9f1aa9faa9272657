"""A file of separated values as a table: from octets to text, and from text to rows of cells.

The encoding is UTF-8 unless a byte order mark or the caller says otherwise; it is never guessed,
but a file in another encoding is refused with what it looks like. The separator is the one that
gives the header most columns, or the one of a first line `sep=;`.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from shop.core.errors import FileRefused

ENCODINGS = ("utf-8", "utf-16", "windows-1252", "windows-1250", "windows-1251")
SEPARATORS = ",;\t|"
MAX_PROBLEMS = 20
"""The most problems that are listed; the others are only counted."""

Problem = tuple[int, str]
"""The line of a problem, and what to say of it."""

_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_WORKBOOKS = {
    b"PK\x03\x04": "a workbook (.xlsx or .ods) or another zip file",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (.xls)",
}
_LINE_BREAK = re.compile("\r\n|\r|\n")
_SEPARATOR_LINE = re.compile(r'"?sep=([^\w\s"]|\t)"?(?:\r\n|\r|\n|$)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TableRow:
    """The cells of a row by the key of their column; `line` is where it begins, from 1."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A header and the rows below it that are not empty.

    `columns` gives each column's name as the file writes it, by its key; `repeated` names columns
    that occur twice, of which the first is read. `problems` are those of rows that are missing
    from `rows`.
    """

    columns: dict[str, str]
    repeated: tuple[str, ...]
    header_line: int
    rows: list[TableRow]
    problems: list[Problem]


def column_key(name: str) -> str:
    """What the spellings of a column's name share: ` Sale price`, `SALE_PRICE`, `g:sale-price`."""
    return re.sub(r"[\s_-]+", "_", name.strip().casefold()).removeprefix("g:")


def shown(text: str) -> str:
    """A text from a file, quoted and cut for a message."""
    line = " ".join(text.split())
    return f"“{line[:40]}…”" if len(line) > 40 else f"“{line}”"


def found_columns(table: Table) -> str:
    """Which columns there are, for a file without one that it must have."""
    found = ", ".join(map(shown, table.columns.values())) or "nothing"
    return f"The first row must name the columns. Found: {found}."


def sentences(problems: Iterable[Problem]) -> list[str]:
    """What to say of these problems, in the order of the file."""
    ordered = [sentence for _, sentence in sorted(problems, key=lambda problem: problem[0])]
    if len(ordered) > MAX_PROBLEMS:
        more = len(ordered) - MAX_PROBLEMS
        return [*ordered[:MAX_PROBLEMS], f"And {more:,} more problems like these."]
    return ordered


def read_table(octets: bytes, encoding: str | None = None) -> Table:
    """The table in a file. `encoding` is one of ENCODINGS, or None for the usual one.

    Line breaks within cells become line feeds. Raises FileRefused when this is not text in the
    encoding.
    """
    text = _text(octets, encoding)
    marked = _SEPARATOR_LINE.match(text)
    first_line = 1 if marked is None else 2
    text = text if marked is None else text[marked.end() :]
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))  # a picture within a description
    problems: list[Problem] = []
    rows = _rows(text, marked[1] if marked else _separator(text), first_line, problems)
    header_line, header = next(rows, (first_line, []))
    keys = [column_key(name) for name in header]
    columns: dict[str, str] = {}
    for key, name in zip(keys, header, strict=True):
        columns.setdefault(key, name.strip())
    repeated = dict.fromkeys(columns[key] for key in keys if key and keys.count(key) > 1)
    table = Table(columns, tuple(repeated), header_line, [], problems)
    for line, cells in rows:
        _add_row(table, line, keys, cells)
    columns.pop("", None)
    return table


def _text(octets: bytes, encoding: str | None) -> str:
    for start, workbook in _WORKBOOKS.items():
        if octets.startswith(start):
            raise FileRefused([f"This is {workbook}. Save the sheet as CSV, and use that file."])
    if encoding == "utf-16" and octets and b"\0" not in octets:
        raise FileRefused(["This is not UTF-16. Leave out --encoding, or give a different one."])
    marked = next((codec for mark, codec in _MARKS.items() if octets.startswith(mark)), None)
    if encoding is None and marked is None and octets[:1000].count(0) > len(octets[:1000]) / 4:
        raise FileRefused(["This looks like UTF-16. If it is, add --encoding utf-16."])
    codec = encoding or marked or "utf-8"
    if codec == "utf-16" and marked is None and octets[::2].count(0) > octets[1::2].count(0):
        codec = "utf-16-be"
    try:
        return octets.decode(codec).removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    except UnicodeDecodeError as problem:
        raise FileRefused([_undecodable(octets, codec, problem)]) from None


def _undecodable(octets: bytes, codec: str, problem: UnicodeDecodeError) -> str:
    before = _LINE_BREAK.split(octets[: problem.start].decode(codec, "ignore"))
    what = f"Line {len(before)} is not {codec}: it has the byte {octets[problem.start]:#04x}"
    where = f"after {shown(before[-1][-20:])}" if before[-1].strip() else "at its beginning"
    if codec != "utf-8":
        return f"{what} {where}. Leave out --encoding, or give a different one."
    after = _LINE_BREAK.split(octets[problem.start :][:20].decode("windows-1252", "replace"))[0]
    return (
        f"{what} {where}. In Windows-1252 this is {shown(before[-1][-20:] + after)}. "
        "If that is right, add --encoding windows-1252; if not, save the file as UTF-8."
    )


def _separator(text: str) -> str:
    def columns(separator: str) -> int:
        return len(next(_rows(text, separator, 1, []), (1, []))[1])

    return max(SEPARATORS, key=columns)


def _rows(
    text: str, separator: str, line: int, problems: list[Problem]
) -> Iterator[tuple[int, list[str]]]:
    lines = io.StringIO(text, newline="")  # splits at \n, \r\n and \r, and keeps them in cells
    reader = csv.reader(lines, delimiter=separator, strict=True)
    offset = line
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                yield line, [cell.replace("\r\n", "\n").replace("\r", "\n") for cell in cells]
            line = offset + reader.line_num
    except csv.Error as error:
        problems.append((line, f"Line {line}: {_quotation_problem(str(error))}"))


def _quotation_problem(reason: str) -> str:
    if reason == "unexpected end of data":
        return (
            "a cell that begins with a quotation mark never ends. Close it with another; "
            'within a cell, write "" for one.'
        )
    if "expected after" in reason:
        return (
            "a cell goes on after its closing quotation mark. "
            'Within a cell in quotation marks, write "" for one.'
        )
    return f"{reason}."


def _add_row(table: Table, line: int, keys: Sequence[str], cells: list[str]) -> None:
    while len(cells) > len(keys) and not cells[-1].strip():
        cells.pop()
    if len(cells) != len(keys):
        many = f"{len(cells)} cells" if len(cells) > 1 else "1 cell"
        reason = f"Line {line}: it has {many}, but the header has {len(keys)}."
        advice = (
            "A cell with a separator in it needs quotation marks around it."
            if len(cells) > len(keys)
            else "A row has a cell for each column, even if it is empty."
        )
        table.problems.append((line, f"{reason} {advice}"))
    elif any(cell.strip() for key, cell in zip(keys, cells, strict=True) if not key):
        table.problems.append((line, f"Line {line}: there is text in a column without a name."))
    else:
        named: dict[str, str] = {}
        for key, cell in zip(keys, cells, strict=True):
            named.setdefault(key, cell)
        named.pop("", None)
        table.rows.append(TableRow(line, named))
