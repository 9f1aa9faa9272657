"""What the readers of all formats share: the shape of a format, and how to fit what others write
into our columns."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from slugify import slugify

from shop.core.text import key, tidy
from shop.storage.catalogue_files.grouping import (
    GROUP_COLUMNS,
    LONGEST_OPTION,
    MOST_OPTIONS,
    OPTION_COLUMNS,
)
from shop.storage.catalogue_files.rows import (
    LONGEST_DESCRIPTION,
    LONGEST_SKU,
    LONGEST_SLUG,
    Defaults,
    Draft,
    is_sku,
)
from shop.storage.catalogue_files.table import Table, TableRow, column_key

CUT_DESCRIPTION = f"the description was cut to {LONGEST_DESCRIPTION:,} characters"
NO_PRICE = "without a price"
NOT_GROUPED = "its options are not like those of the others, so it is a product without variants"
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


def variant_cells(group: str, name: str, options: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The cells that put a product into a group, with the names and values of its options.

    Options without a value are left out; what is more than we have columns for is too, and then
    `grouped` leaves the product without a group.
    """
    cells = dict.fromkeys(GROUP_COLUMNS, "")
    given = [option for option in options if option[1]]
    if not given or not group:
        return cells
    cells |= {"group": group, "group_name": name}
    if len(given) > MOST_OPTIONS:
        return cells
    for columns, option in zip(OPTION_COLUMNS, given, strict=False):
        cells |= dict(zip(columns, map(tidy, option), strict=True))
    return cells


def grouped(drafts: Iterable[Draft | LeftOut]) -> Iterator[Draft | LeftOut]:
    """These drafts, but without a group those whose options are not those of the first of it, or
    those of another one: what other shops allow must not keep a file from being read."""
    names: dict[str, tuple[str, ...]] = {}
    variants: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for draft in drafts:
        group = "" if isinstance(draft, LeftOut) else draft.cells.get("group", "")
        if isinstance(draft, LeftOut) or not group:
            yield draft
            continue
        options = [(draft.cells[name], draft.cells[value]) for name, value in OPTION_COLUMNS]
        theirs = tuple(name for name, _ in options)
        variant = tuple(key(value) for _, value in options)
        is_like_the_first = theirs == names.setdefault(group, theirs)
        if is_like_the_first and variant not in variants[group] and _is_sound(options):
            variants[group].add(variant)
            yield draft
        else:
            alone = {**draft.cells, **dict.fromkeys(GROUP_COLUMNS, "")}
            yield replace(draft, cells=alone, notes=(*draft.notes, NOT_GROUPED))


class GroupSlugs:
    """A slug for each group of a file: the same for the same key, and for no other."""

    def __init__(self) -> None:
        self._keys: dict[str, str] = {}

    def slug(self, wanted: str, key: str) -> str:
        """A slug made of what is wanted, or nothing where no slug can be made of it."""
        slug = slugify(wanted, max_length=LONGEST_SLUG - 10)
        while slug and self._keys.setdefault(slug, key) != key:
            slug += "-x"
        return slug


def _is_sound(options: Sequence[tuple[str, str]]) -> bool:
    given = [option for option in options if any(option)]
    names = {key(name) for name, _ in given}
    is_short = all(len(text) <= LONGEST_OPTION for option in given for text in option)
    return bool(given) and len(names) == len(given) and is_short and all(map(all, given))
