"""Takes photos in, gives them to products, and removes those that no product has any more.

`folder` is `files.FOLDER` in the instance folder. Files are written before the database says that a
product has them, so a page never links a photo that is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from shop.core.catalogue import Photo
from shop.core.errors import PhotoRefused, ProductNotFound
from shop.storage.engine import reading, writing
from shop.storage.models import ProductRow
from shop.storage.photos import apart, assignments, files, rendering
from shop.storage.photos.assignments import KeptPhoto
from shop.storage.photos.rendering import Rendering


def keep(
    engine: Engine,
    folder: Path,
    octets: bytes,
    *,
    render: Callable[[bytes], Rendering] = rendering.render,
) -> KeptPhoto:
    """Makes and keeps the files of a photo, unless they are kept already. No product has it yet.

    Raises PhotoRefused when this is no photo, and OSError when it cannot be written.
    """
    source = rendering.source(octets)
    with reading(engine) as connection:
        known = assignments.by_source(connection, source)
    if known is not None and files.has(folder, known.photo.name):
        return known
    rendered = render(octets)
    files.store(folder, rendered)
    return KeptPhoto(rendered.photo, source)


def add(engine: Engine, folder: Path, product_number: int, octets: bytes, text: str = "") -> Photo:
    """Keeps a photo as the last one of a product, with what it shows.

    This is for an upload, so it is rendered apart. Raises PhotoRefused, whose text says what is
    wrong and what to do, ProductNotFound and OSError; then the product has the photos that it had.
    """
    kept = keep(engine, folder, octets, render=apart.render).described(text)
    with writing(engine) as connection:
        had = _locked(connection, product_number)
        if _place(had, kept.photo.name) is not None:
            raise PhotoRefused("The product has this photo already.", "Choose another one.")
        assignments.assign(connection, product_number, [*had, kept])
    return kept.photo


def move(engine: Engine, product_number: int, name: str, by: int) -> bool:
    """Moves a product's photo of this name later by so many places, or earlier by a negative number
    of them, and returns whether it was there. Raises ProductNotFound."""
    with writing(engine) as connection:
        had = _locked(connection, product_number)
        place = _place(had, name)
        if place is None:
            return False
        others = [*had[:place], *had[place + 1 :]]
        others.insert(max(0, place + by), had[place])
        assignments.assign(connection, product_number, others)
        return True


def describe(engine: Engine, product_number: int, name: str, text: str) -> bool:
    """Says what a product's photo of this name shows, and returns whether it was there. Raises
    ProductNotFound, and ValueError when the text is longer than LONGEST_PHOTO_TEXT."""
    with writing(engine) as connection:
        had = _locked(connection, product_number)
        place = _place(had, name)
        if place is None:
            return False
        described = had[place].described(text)
        assignments.assign(connection, product_number, [*had[:place], described, *had[place + 1 :]])
        return True


def remove(engine: Engine, product_number: int, name: str) -> bool:
    """Takes the photo of this name away from a product, and returns whether it was there. Its files
    stay until `prune`. Raises ProductNotFound."""
    with writing(engine) as connection:
        had = _locked(connection, product_number)
        place = _place(had, name)
        if place is None:
            return False
        assignments.assign(connection, product_number, [*had[:place], *had[place + 1 :]])
        return True


def replace(engine: Engine, product_number: int, kept: Sequence[KeptPhoto]) -> bool:
    """Gives a product exactly these photos, in this order, and returns whether that changed any.

    A photo that comes without a text keeps the one that the product has for it. The files of
    photos that it had stay until `prune`. Raises ProductNotFound.
    """
    with writing(engine) as connection:
        had = _locked(connection, product_number)
        texts = {it.photo.name: it.photo.text for it in had}
        given = tuple(
            it if it.photo.text else it.described(texts.get(it.photo.name, "")) for it in kept
        )
        if had == given:
            return False
        assignments.assign(connection, product_number, given)
        return True


def prune(engine: Engine, folder: Path, now: float) -> int:
    """Removes the files of photos that no product has, and returns of how many; `now` is in Unix
    seconds. Those of the last hour stay (`files.KEPT_SECONDS`)."""
    with reading(engine) as connection:
        used = assignments.names(connection)
    return files.prune(folder, used, now)


def _locked(connection: Connection, product_number: int) -> tuple[KeptPhoto, ...]:
    # So that two keepers of one product take turns.
    one = select(ProductRow.number).where(ProductRow.number == product_number).with_for_update()
    if connection.execute(one).one_or_none() is None:
        raise ProductNotFound
    return assignments.kept_photos(connection, product_number)


def _place(photos: Sequence[KeptPhoto], name: str) -> int | None:
    return next((place for place, it in enumerate(photos) if it.photo.name == name), None)
