"""A catalogue as a CSV file, read and written.

Columns: sku, name, price, currency; optionally slug, description, category, vat_rate, stock,
image, active. A missing column leaves that field of a known product unchanged; an
empty cell means the default: no description, the default category, unlimited stock, no picture.
Prices are written in major units (12.50), VAT rates in percent (20), active as yes or no.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields

from shop.core import money
from shop.core.catalogue import Product
from shop.core.errors import FileRefused
from shop.core.money import Money

REQUIRED = ("sku", "name", "price", "currency")
OPTIONAL = ("slug", "description", "category", "vat_rate", "stock", "image", "active")
COLUMNS = (
    "sku", "slug", "name", "description", "category", "price", "currency",
    "vat_rate", "stock", "image", "active",
)  # fmt: skip
LONGEST_SKU = 40
MAX_PROBLEMS = 20
"""After so many problems the rest of the file is not checked."""


class Absent:
    """Stands for a column that the file does not have."""


ABSENT = Absent()


@dataclass(frozen=True, slots=True)
class Row:
    """One product of a file; an ABSENT field leaves a known product's field unchanged."""

    line: int
    sku: str
    name: str
    price: Money
    slug: str | Absent = ABSENT
    description: str | Absent = ABSENT
    category: str | Absent = ABSENT
    vat_basis_points: int | Absent = ABSENT
    stock: int | Absent | None = ABSENT
    image: str | Absent | None = ABSENT
    is_active: bool | Absent = ABSENT


@dataclass(frozen=True, slots=True)
class Defaults:
    """What an empty cell means, and the one currency that prices must be in.

    `exponent` is the number of decimals of that currency.
    """

    currency: str
    exponent: int
    category: str
    vat_basis_points: int


def read(lines: Iterable[str], defaults: Defaults) -> list[Row]:
    """The rows of a CSV file, all or none.

    Raises FileRefused with a sentence for each problem found: line, column and reason.
    """
    reader = csv.DictReader(lines, strict=True)
    problems: list[str] = []
    rows: list[Row] = []
    try:
        _check_header(reader.fieldnames or ())
        for cells in reader:
            _read_into(rows, problems, cells, reader.line_num, defaults)
            if len(problems) >= MAX_PROBLEMS:
                problems.append("Too many problems; the rest of the file was not read.")
                break
    except csv.Error as error:
        problems.append(f"Line {reader.reader.line_num}: {error}.")
    problems += _duplicates(rows, "sku", lambda row: row.sku)
    problems += _duplicates(rows, "slug", lambda row: row.slug)
    if problems:
        raise FileRefused(problems)
    return rows


def plain_fields(row: Row) -> dict[str, object]:
    """The fields that the file gives and a table keeps as they are, under the same names."""
    given = {field.name: getattr(row, field.name) for field in fields(row)}
    return {name: value for name, value in given.items() if name in _PLAIN and value is not ABSENT}


def fields_of_new(defaults: Defaults) -> dict[str, object]:
    """What a missing column means for a new product: the same as an empty cell."""
    return {field: parse("", {}, defaults) for field, parse in _PARSERS.values() if field in _PLAIN}


def write(products: Iterable[Product], exponent: int) -> Iterator[list[str]]:
    """The header, then one row a product, as `read` expects them: reading gives the same back."""
    yield list(COLUMNS)
    for product in products:
        yield [
            product.sku,
            product.slug,
            product.name,
            product.description,
            product.category,
            money.plain(product.price, exponent),
            product.price.currency,
            _percent_text(product.vat_basis_points),
            "" if product.stock is None else str(product.stock),
            product.image or "",
            "yes" if product.is_active else "no",
        ]


def _check_header(names: Sequence[str]) -> None:
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise FileRefused([f"Line 1: the column {name} is missing." for name in missing])
    repeated = sorted({name for name in names if list(names).count(name) > 1})
    if repeated:
        raise FileRefused([f"Line 1: the column {name} appears twice." for name in repeated])
    unknown = [name for name in names if name not in REQUIRED + OPTIONAL]
    if unknown:
        raise FileRefused([f"Line 1: the column {name} is not known." for name in unknown])


def _read_into(
    rows: list[Row],
    problems: list[str],
    cells: dict[str, str],
    line: int,
    defaults: Defaults,
) -> None:
    fields: dict[str, object] = {}
    before = len(problems)
    if None in cells or None in cells.values():
        problems.append(f"Line {line}: it does not have as many cells as the header.")
        return
    for column, cell in cells.items():
        field, parse = _PARSERS[column]
        try:
            fields[field] = parse(cell.strip(), cells, defaults)
        except ValueError as error:
            problems.append(f"Line {line}, column {column}: {error}.")
    if len(problems) == before:
        fields.pop("currency")
        rows.append(Row(line=line, **fields))  # type: ignore[arg-type]  # one parser a field


_Parser = Callable[[str, dict[str, str], Defaults], object]

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SKU = re.compile(r"[\w][\w .\-/]{0,39}", re.ASCII)
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_IMAGE = re.compile(r"[\w-]+\.(svg|png|jpg|jpeg|webp|avif)", re.ASCII)
_PERCENT = re.compile(r"(\d{1,2})(?:\.(\d{1,2}))?", re.ASCII)


def _sku(cell: str, _: dict[str, str], __: Defaults) -> str:
    if _SKU.fullmatch(cell) is None:
        raise ValueError("a SKU is 1 to 40 letters, digits, spaces and . - / _")
    return cell


def _name(cell: str, _: dict[str, str], __: Defaults) -> str:
    if not 1 <= len(cell) <= 200:
        raise ValueError("a name has 1 to 200 characters")
    if _CONTROL.search(cell):
        raise ValueError("a name has no control characters")
    return cell


def _price(cell: str, cells: dict[str, str], defaults: Defaults) -> Money:
    return money.parse(cell, defaults.currency, defaults.exponent)


def _currency(cell: str, _: dict[str, str], defaults: Defaults) -> None:
    if cell != defaults.currency:
        raise ValueError(f"this shop sells in {defaults.currency}, not {cell or 'nothing'}")


def _slug(cell: str, _: dict[str, str], __: Defaults) -> str | Absent:
    if cell and (_SLUG.fullmatch(cell) is None or len(cell) > 200):
        raise ValueError("a slug is lower-case letters, digits and single hyphens")
    return cell or ABSENT


def _description(cell: str, _: dict[str, str], __: Defaults) -> str:
    if len(cell) > 4000:
        raise ValueError("a description has at most 4000 characters")
    if _CONTROL.search(cell.replace("\n", "")):
        raise ValueError("a description has no control characters but line feeds")
    return cell


def _category(cell: str, _: dict[str, str], defaults: Defaults) -> str:
    if len(cell) > 80:
        raise ValueError("a category has at most 80 characters")
    if _CONTROL.search(cell):
        raise ValueError("a category has no control characters")
    return cell or defaults.category


def _vat_rate(cell: str, _: dict[str, str], defaults: Defaults) -> int:
    if not cell:
        return defaults.vat_basis_points
    match = _PERCENT.fullmatch(cell)
    if match is None:
        raise ValueError("write a VAT rate in percent, such as 20 or 5.5")
    return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))


def _stock(cell: str, _: dict[str, str], __: Defaults) -> int | None:
    if cell and (not cell.isascii() or not cell.isdigit() or len(cell) > 9):
        raise ValueError("stock is a whole number, or nothing where there is no limit")
    return int(cell) if cell else None


def _image(cell: str, _: dict[str, str], __: Defaults) -> str | None:
    if cell and _IMAGE.fullmatch(cell) is None:
        raise ValueError("an image is a file name such as mug.svg")
    return cell or None


def _active(cell: str, _: dict[str, str], __: Defaults) -> bool:
    if cell.lower() not in ("", "yes", "no"):
        raise ValueError("write yes or no")
    return cell.lower() != "no"


_PARSERS: dict[str, tuple[str, _Parser]] = {
    "sku": ("sku", _sku),
    "name": ("name", _name),
    "price": ("price", _price),
    "currency": ("currency", _currency),
    "slug": ("slug", _slug),
    "description": ("description", _description),
    "category": ("category", _category),
    "vat_rate": ("vat_basis_points", _vat_rate),
    "stock": ("stock", _stock),
    "image": ("image", _image),
    "active": ("is_active", _active),
}


_PLAIN = {_PARSERS[column][0] for column in OPTIONAL} - {"slug", "category"}


def _duplicates(rows: list[Row], column: str, key: Callable[[Row], object]) -> list[str]:
    first: dict[object, int] = {}
    problems = []
    for row in rows:
        value = key(row)
        if value is not ABSENT and first.setdefault(value, row.line) != row.line:
            problems.append(
                f"Line {row.line}, column {column}: {value} is also in line {first[value]}."
            )
    return problems[:MAX_PROBLEMS]


def _percent_text(basis_points: int) -> str:
    whole, hundredths = divmod(basis_points, 100)
    return f"{whole}.{hundredths:02d}".rstrip("0").rstrip(".") if hundredths else str(whole)
