"""Photos from a folder whose files are named by SKU: `MUG.jpg`, then `MUG-2.jpg`, `MUG-3.png`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from shop.core.errors import PhotoRefused
from shop.storage.photos import keeping
from shop.storage.photos.limits import MOST_BYTES

_LATER = re.compile(r"(.+)-([1-9]\d?)")


@dataclass(frozen=True, slots=True)
class Assignment:
    """The files of a product's photos, in their order."""

    sku: str
    product_number: int
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is in a folder. `problems` are sentences about files that belong to no product or to
    several, and about products with two files for one place."""

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
    places: dict[str, dict[int, Path]] = defaultdict(dict)
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
        other = places[sku].setdefault(place, file)
        if other is not file:
            troubled.add(sku)
            problems.append(
                f"{other.name} and {file.name} are both photo {place} of {sku}, which keeps the "
                "photos that it had. Remove one of them."
            )
    ready = tuple(
        Assignment(sku, products[sku], tuple(files[place] for place in sorted(files)))
        for sku, files in places.items()
        if sku not in troubled
    )
    return Plan(ready, tuple(problems))


def carry_out(engine: Engine, folder: Path, planned: Plan) -> Iterator[Outcome]:
    """Gives each product its photos: all of them or, when one is refused, none.

    `folder` is where the shop keeps them. Raises OSError when it cannot be written.
    """
    for assignment in planned.assignments:
        kept = []
        for file in assignment.files:
            try:
                kept.append(keeping.keep(engine, folder, _octets(file)))
            except PhotoRefused as refused:
                keeps = f"{assignment.sku} keeps the photos that it had."
                problem = f"{file.name} was refused: {refused.what} {keeps} {refused.advice}"
                yield Outcome(assignment, problem=problem)
                break
        else:
            yield Outcome(assignment, keeping.replace(engine, assignment.product_number, kept))


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
