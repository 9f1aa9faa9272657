"""What the readers of all formats share: the shape of a format, and how to fit what others write
into our columns."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from slugify import slugify

from shop.core.text import tidy
from shop.storage.catalogue_files.rows import (
    LONGEST_DESCRIPTION,
    LONGEST_SKU,
    Defaults,
    Draft,
    is_sku,
)
from shop.storage.catalogue_files.table import Table, TableRow, column_key

CUT_DESCRIPTION = f"the description was cut to {LONGEST_DESCRIPTION:,} characters"
NO_PRICE = "without a price"
WRITTEN_SKU = "the SKU is too long or has a character that Crumb does not allow, so it was changed"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that is no product of ours, and why: `a picture`, `without a price`."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file. `key` names it in commands, `title` in sentences.

    `read` and `left_out` say of each column what becomes of it, and are the tables of
    docs/catalogue-files.md; a `*` stands for anything. Other columns are left out, too, but in our
    own format they are refused. `required` are the columns that must be there, each with the names
    it may have, and `signs` those that only this format has.
    """

    key: str
    title: str
    read: Mapping[str, str]
    left_out: Mapping[str, str]
    required: tuple[tuple[str, ...], ...]
    signs: tuple[str, ...]
    translate: Callable[[Table, Defaults], Iterator[Draft | LeftOut]]


def cell(row: TableRow, *names: str) -> str:
    """The first of these columns that has a text in this row, without space around it."""
    texts = (row.cells.get(column_key(name), "").strip() for name in names)
    return next(filter(None, texts), "")


def own_name(table: Table, *names: str) -> str:
    """How the file writes the first of these columns that it has."""
    written = (table.columns.get(column_key(name)) for name in names)
    return next(filter(None, written), names[0])


def has(table: Table, *names: str) -> bool:
    """Whether the file has one of these columns."""
    return any(column_key(name) in table.columns for name in names)


def made_sku(*parts: str) -> str:
    """A SKU from a handle or id and what tells a variant apart: the same for the same parts."""
    whole = slugify("-".join(filter(None, parts)))
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]
    if not whole:
        return digest
    return whole if len(whole) <= LONGEST_SKU else f"{whole[: LONGEST_SKU - 9].strip('-')}-{digest}"


def fitting_sku(text: str) -> tuple[str, tuple[str, ...]]:
    """This SKU, or one made from it where it cannot be ours; and the note that this needs."""
    sku = tidy(text)
    return (sku, ()) if is_sku(sku) else (made_sku(sku), (WRITTEN_SKU,))


def fitting_description(text: str) -> tuple[str, tuple[str, ...]]:
    """This description, cut at a word where it is too long; and the note that this needs."""
    if len(text) <= LONGEST_DESCRIPTION:
        return text, ()
    start, _, _ = text[:LONGEST_DESCRIPTION].rpartition(" ")
    return f"{(start or text)[: LONGEST_DESCRIPTION - 1]}…", (CUT_DESCRIPTION,)


def last_of_path(path: str) -> str:
    """The innermost of categories within each other: `Home > Kitchen > Mugs` is Mugs."""
    return path.rpartition(">")[2].strip()


def pieces(text: str) -> str:
    """A stock without decimals, and never below zero; any other text as it is."""
    whole, point, rest = text.partition(".")
    number = whole if point and not rest.strip("0") else text
    return "0" if number.startswith("-") and number[1:].isdigit() else number
