"""Reads a catalogue in any format that we know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shop.core.errors import FileRefused
from shop.storage.catalogue_files.crumb import CRUMB
from shop.storage.catalogue_files.merchant import MERCHANT
from shop.storage.catalogue_files.rows import Defaults, Draft, Row, checked
from shop.storage.catalogue_files.shopify import SHOPIFY
from shop.storage.catalogue_files.table import (
    Table,
    column_key,
    found_columns,
    read_table,
    sentences,
    shown,
)
from shop.storage.catalogue_files.translation import Format, LeftOut, has
from shop.storage.catalogue_files.woocommerce import WOOCOMMERCE

FORMATS: Mapping[str, Format] = {
    known.key: known for known in (CRUMB, SHOPIFY, WOOCOMMERCE, MERCHANT)
}


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What a file holds: its products, and the lines of what was left out or not taken over as it
    is, by the reason."""

    rows: list[Row]
    left_out: Mapping[str, list[int]]
    notes: Mapping[str, list[int]]


def read(
    octets: bytes, defaults: Defaults, *, format: Format = CRUMB, encoding: str | None = None
) -> Catalogue:
    """The catalogue in a file, all of it or none.

    Raises FileRefused with a sentence for each problem: the line, what was found, what to do.
    """
    table = read_table(octets, encoding)
    _check_header(table, format)
    drafts: list[Draft] = []
    left_out: dict[str, list[int]] = {}
    for translated in format.translate(table, defaults):
        if isinstance(translated, LeftOut):
            left_out.setdefault(translated.reason, []).append(translated.line)
        else:
            drafts.append(translated)
    rows, problems = checked(drafts, defaults)
    if table.problems or problems:
        raise FileRefused(sentences([*table.problems, *problems]))
    notes: dict[str, list[int]] = {}
    for draft in drafts:
        for note in draft.notes:
            notes.setdefault(note, []).append(draft.line)
    return Catalogue(rows, left_out, notes)


def _check_header(table: Table, format: Format) -> None:
    read = {column_key(name) for name in format.read}
    missing = [names for names in format.required if not has(table, *names)]
    repeated = [name for name in table.repeated if column_key(name) in read]
    unknown = [name for key, name in table.columns.items() if key not in read]
    where = f"Line {table.header_line}: the column"
    problems = [f"{where} {' or '.join(names)} is missing." for names in missing]
    if problems:
        raise FileRefused([*problems, _advice(table, format)])
    problems = [f"{where} {name} appears twice." for name in repeated]
    if format is CRUMB:
        problems += [f"{where} {shown(name)} is not known." for name in unknown]
    if problems:
        raise FileRefused(problems)


def _advice(table: Table, format: Format) -> str:
    for other in FORMATS.values():
        is_whole = all(has(table, *names) for names in other.required)
        if other is not format and is_whole and has(table, *other.signs):
            return f"This looks like a file of {other.title}: add --format {other.key}."
    return found_columns(table)
