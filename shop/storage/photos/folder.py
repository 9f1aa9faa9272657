"""Photos from a folder whose files are named by SKU: `MUG.jpg`, then `MUG-2.jpg`, `MUG-3.png`.

A text file beside a photo says what it shows: `MUG.txt`, `MUG-2.txt`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from shop.core.catalogue import LONGEST_PHOTO_TEXT
from shop.core.errors import PhotoRefused
from shop.core.text import tidy
from shop.storage.photos import keeping
from shop.storage.photos.limits import MOST_BYTES

TEXT = ".txt"
"""The ending of files that say what a photo shows."""
MOST_TEXT_BYTES = 64_000
"""Of a text that is read: whatever is longer is too long in any language."""
_Places = dict[str, dict[int, Path]]
"""The file of each photo, by SKU and place."""
_Texts = dict[tuple[str, int], str]
_LATER = re.compile(r"(.+)-([1-9]\d?)")


@dataclass(frozen=True, slots=True)
class Assignment:
    """The files of a product's photos, in their order, and what each shows: an empty text where the
    folder does not say it."""

    sku: str
    product_number: int
    files: tuple[Path, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is in a folder. `problems` are sentences about files that belong to no product or to
    several, about products with two files for one place, and about texts that cannot be used."""

    assignments: tuple[Assignment, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a product's photos: `problem` says why they are as they were, if they are."""

    assignment: Assignment
    is_changed: bool = False
    problem: str = ""


def plan(folder: Path, products: Mapping[str, int]) -> Plan:
    """Finds the product of each file; `products` are cookie numbers by SKU.

    A name that is a whole SKU is that product's first photo; otherwise a number behind a hyphen is
    its place. Capital and small letters are the same where only one SKU fits, and a file
    name has `_` for a `/`. Hidden files and folders are passed over. Raises OSError.
    """
    names = _Names(products)
    places: _Places = defaultdict(dict)
    text_files = []
    problems = []
    troubled = set()
    for file in sorted(folder.iterdir()):
        if file.name.startswith(".") or not file.is_file():
            continue
        try:
            sku, place = names.place_of(file.stem)
        except LookupError as reason:
            problems.append(f"{file.name} was left out: {reason.args[0]}")
            continue
        if file.suffix.lower() == TEXT:
            text_files.append((sku, place, file))
            continue
        other = places[sku].setdefault(place, file)
        if other is not file:
            troubled.add(sku)
            problems.append(
                f"{other.name} and {file.name} are both photo {place} of {sku}, which keeps the "
                "photos that it had. Remove one of them."
            )
    texts, more_problems = _texts(text_files, places)
    ready = [
        _assignment(sku, products[sku], files, texts)
        for sku, files in places.items()
        if sku not in troubled
    ]
    return Plan(tuple(ready), (*problems, *more_problems))


def carry_out(engine: Engine, folder: Path, planned: Plan) -> Iterator[Outcome]:
    """Gives each product its photos: all of them or, when one is refused, none.

    `folder` is where the shop keeps them. Raises OSError when it cannot be written.
    """
    for assignment in planned.assignments:
        kept = []
        for file, text in zip(assignment.files, assignment.texts, strict=True):
            try:
                kept.append(keeping.keep(engine, folder, _octets(file)).described(text))
            except PhotoRefused as refused:
                keeps = f"{assignment.sku} keeps the photos that it had."
                problem = f"{file.name} was refused: {refused.what} {keeps} {refused.advice}"
                yield Outcome(assignment, problem=problem)
                break
        else:
            yield Outcome(assignment, keeping.replace(engine, assignment.product_number, kept))


def _assignment(sku: str, number: int, files: dict[int, Path], texts: _Texts) -> Assignment:
    places = sorted(files)
    photos = tuple(files[place] for place in places)
    return Assignment(sku, number, photos, tuple(texts.get((sku, place), "") for place in places))


def _texts(
    text_files: Iterable[tuple[str, int, Path]], places: _Places
) -> tuple[_Texts, list[str]]:
    texts: _Texts = {}
    problems = []
    for sku, place, file in text_files:
        try:
            if place not in places.get(sku, {}):
                raise LookupError("no photo of this name is in the folder.")
            if (sku, place) in texts:
                raise LookupError("another file says what this photo shows. Remove one of them.")
            texts[sku, place] = _text(file)
        except LookupError as reason:
            problems.append(f"{file.name} was left out: {reason.args[0]}")
    return texts, problems


def _text(file: Path) -> str:
    with file.open("rb") as stream:
        octets = stream.read(MOST_TEXT_BYTES + 1)
    is_cut = len(octets) > MOST_TEXT_BYTES
    try:
        text = "" if is_cut else tidy(octets.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise LookupError("it is not UTF-8. Save it as plain text in UTF-8.") from None
    if is_cut or len(text) > LONGEST_PHOTO_TEXT:
        raise LookupError(f"it has more than {LONGEST_PHOTO_TEXT} characters. Please shorten it.")
    return text


def _octets(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(MOST_BYTES + 1)  # enough to see that it is too large


class _Names:
    """Which product, and which of its photos, the name of a file means."""

    def __init__(self, skus: Iterable[str]) -> None:
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for sku in skus:
            self._by_name[_folded(sku)].append(sku)

    def place_of(self, stem: str) -> tuple[str, int]:
        """The SKU and the place. Raises LookupError with a sentence."""
        if found := self._sku(stem):
            return found, 1
        later = _LATER.fullmatch(stem)
        if later and (found := self._sku(later[1])):
            return found, int(later[2])
        raise LookupError(f"no product has the SKU {stem}. Name it by a SKU, such as MUG-2.jpg.")

    def _sku(self, name: str) -> str | None:
        skus = self._by_name.get(_folded(name), [])
        if name in skus:
            return name
        if len(skus) > 1:
            raise LookupError(f"it could belong to {' or '.join(skus)}. Write it as the SKU is.")
        return skus[0] if skus else None


def _folded(name: str) -> str:
    return name.replace("/", "_").casefold()
