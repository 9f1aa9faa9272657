"""Products as a file gives them: the cells of each, checked and turned into values.

Every format is read into cells of our own columns, so that each is checked by the same rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields

from shop.core import money
from shop.core.errors import ProductRefused
from shop.core.money import Money
from shop.core.text import tidy, tidy_lines
from shop.storage.catalogue_files.grouping import (
    GROUP_COLUMNS,
    Membership,
    contradictions,
    membership,
)
from shop.storage.catalogue_files.prices import decimal_mark, plain_price
from shop.storage.catalogue_files.table import Problem, shown

REQUIRED = ("sku", "name", "price", "currency")
OPTIONAL = (
    "slug",
    "description",
    "category",
    "vat_rate",
    "stock",
    "image",
    "active",
    "compare_at_price",
    *GROUP_COLUMNS,
)
LONGEST_SKU = 40
LONGEST_SLUG = 200
LONGEST_DESCRIPTION = 4000
HIGHEST_PRICE_MINOR = 2**31 - 1
"""What an integer column of PostgreSQL holds."""


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
    compare_at: Money | Absent | None = ABSENT
    membership: Membership | Absent | None = ABSENT


@dataclass(frozen=True, slots=True)
class Defaults:
    """What an empty cell means, and the one currency that prices must be in.

    `exponent` is the number of decimals of that currency.
    """

    currency: str
    exponent: int
    category: str
    vat_basis_points: int


@dataclass(frozen=True, slots=True)
class Draft:
    """One product before it is checked: a text for each of our columns that the file has.

    `columns` gives the file's own name for ours, for messages; `notes` says what was not taken over
    as it is.
    """

    line: int
    cells: Mapping[str, str]
    columns: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def checked(drafts: Sequence[Draft], defaults: Defaults) -> tuple[list[Row], list[Problem]]:
    """The rows of these drafts that are sound, and the problems of the others: line, column, what
    was found, and what to write."""
    mark = decimal_mark(tidy(draft.cells["price"]) for draft in drafts)
    rows: list[Row] = []
    problems: list[Problem] = []
    for draft in drafts:
        try:
            rows.append(row_of(draft, defaults, mark))
        except ProductRefused as refused:
            problems += [
                (draft.line, _in_file(draft, column, reason))
                for column, reason in refused.mistakes.items()
            ]
    problems += _duplicates(rows, "sku", lambda row: row.sku)
    problems += _duplicates(rows, "slug", lambda row: row.slug)
    problems += contradictions(
        (row.line, row.membership) for row in rows if isinstance(row.membership, Membership)
    )
    return rows, problems


def row_of(draft: Draft, defaults: Defaults, mark: str | None = None) -> Row:
    """The row of one draft; `mark` is the decimal mark of its prices, or None where each stands
    for itself. Raises ProductRefused."""
    values: dict[str, object] = {}
    mistakes: dict[str, str] = {}
    for column, text in draft.cells.items():
        if column in GROUP_COLUMNS:
            continue
        name, parse = _PARSERS[column]
        cell = _tidied(column, text)
        try:
            values[name] = parse(_with_point(cell, mark) if column in _PRICES else cell, defaults)
        except ValueError as error:
            mistakes[column] = str(error)
    if any(column in draft.cells for column in GROUP_COLUMNS):
        values["membership"], wrong = membership(draft.cells, is_slug)
        mistakes |= wrong
    if not mistakes and not _is_reduction(values):
        mistakes["compare_at_price"] = _NOT_HIGHER
    if mistakes:
        raise ProductRefused(mistakes)
    del values["currency"]
    return Row(line=draft.line, **values)  # type: ignore[arg-type]  # one parser a field


def is_sku(text: str) -> bool:
    """Whether this can be a SKU."""
    return _SKU.fullmatch(text) is not None


def is_slug(text: str) -> bool:
    """Whether this can be a slug."""
    return _SLUG.fullmatch(text) is not None and len(text) <= LONGEST_SLUG


def plain_fields(row: Row) -> dict[str, object]:
    """The fields that the file gives and a table keeps as they are, under the same names."""
    given = {field.name: getattr(row, field.name) for field in fields(row)}
    return {name: value for name, value in given.items() if name in _PLAIN and value is not ABSENT}


def fields_of_new(defaults: Defaults) -> dict[str, object]:
    """What a missing column means for a new product: the same as an empty cell."""
    return {name: parse("", defaults) for name, parse in _PARSERS.values() if name in _PLAIN}


_Parser = Callable[[str, Defaults], object]

_SKU = re.compile(r"[\w][\w .\-/]{0,39}", re.ASCII)
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_IMAGE = re.compile(r"[\w-]+\.(svg|png|jpg|jpeg|webp|avif)", re.ASCII)
_PRICES = ("price", "compare_at_price")
_NOT_HIGHER = "the earlier price has to be higher than the price, or left empty"
_PERCENT = re.compile(r"(\d{1,2})(?:[.,](\d{1,2})0*)? ?%?", re.ASCII)


def _in_file(draft: Draft, column: str, reason: str) -> str:
    cell = _tidied(column, draft.cells.get(column, ""))
    found = f"found {shown(cell)}" if cell else "nothing found"
    return f"Line {draft.line}, column {draft.columns.get(column, column)}: {reason} ({found})."


def _tidied(column: str, text: str) -> str:
    return tidy_lines(text) if column == "description" else tidy(text)


def _with_point(cell: str, mark: str | None) -> str:
    return plain_price(cell, mark or decimal_mark([cell])) if cell else cell


def _is_reduction(values: Mapping[str, object]) -> bool:
    price, before = values["price"], values.get("compare_at")
    return not isinstance(price, Money) or not isinstance(before, Money) or before > price


def _sku(cell: str, _: Defaults) -> str:
    if not is_sku(cell):
        raise ValueError("a SKU is 1 to 40 letters, digits, spaces and . - / _")
    return cell


def _name(cell: str, _: Defaults) -> str:
    if not 1 <= len(cell) <= 200:
        raise ValueError("a name has 1 to 200 characters")
    return cell


def _price(cell: str, defaults: Defaults) -> Money:
    price = money.parse(cell, defaults.currency, defaults.exponent)
    if price.minor > HIGHEST_PRICE_MINOR:
        highest = money.plain(Money(HIGHEST_PRICE_MINOR, price.currency), defaults.exponent)
        raise ValueError(f"a price is at most {highest}")
    return price


def _compare_at(cell: str, defaults: Defaults) -> Money | None:
    return _price(cell, defaults) if cell else None


def _currency(cell: str, defaults: Defaults) -> None:
    if cell.upper() != defaults.currency:
        raise ValueError(f"this shop sells in {defaults.currency}")


def _slug(cell: str, _: Defaults) -> str | Absent:
    if cell and not is_slug(cell):
        raise ValueError("a slug is lower-case letters, digits and single hyphens")
    return cell or ABSENT


def _description(cell: str, _: Defaults) -> str:
    if len(cell) > LONGEST_DESCRIPTION:
        raise ValueError(f"a description has at most {LONGEST_DESCRIPTION} characters")
    return cell


def _category(cell: str, defaults: Defaults) -> str:
    if len(cell) > 80:
        raise ValueError("a category has at most 80 characters")
    return cell or defaults.category


def _vat_rate(cell: str, defaults: Defaults) -> int:
    if not cell:
        return defaults.vat_basis_points
    match = _PERCENT.fullmatch(cell)
    if match is None:
        raise ValueError("write a VAT rate in percent, such as 20 or 5.5")
    return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))


def _stock(cell: str, _: Defaults) -> int | None:
    if cell and (not cell.isascii() or not cell.isdigit() or len(cell) > 9):
        raise ValueError("write a whole number, or nothing where there is no limit")
    return int(cell) if cell else None


def _image(cell: str, _: Defaults) -> str | None:
    if cell and _IMAGE.fullmatch(cell) is None:
        raise ValueError("an image is a file name such as mug.svg")
    return cell or None


def _active(cell: str, _: Defaults) -> bool:
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
    "compare_at_price": ("compare_at", _compare_at),
}


_PLAIN = {_PARSERS[column][0] for column in OPTIONAL if column in _PARSERS} - {
    "slug",
    "category",
    "compare_at",
}


def _duplicates(
    rows: Iterable[Row], column: str, key: Callable[[Row], object]
) -> Iterable[Problem]:
    first: dict[object, int] = {}
    for row in rows:
        value = key(row)
        if value is not ABSENT and first.setdefault(value, row.line) != row.line:
            reason = f"{value} is also in line {first[value]}"
            yield row.line, f"Line {row.line}, column {column}: {reason}."
