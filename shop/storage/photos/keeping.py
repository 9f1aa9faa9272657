"""Takes photos in, gives them to products, and removes those that no product has any more.

`folder` is `files.FOLDER` in the instance folder. Files are written before the database says that a
product has them, so a page never links a photo that is not there.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Engine

from shop.core.catalogue import Photo
from shop.storage.engine import reading, writing
from shop.storage.photos import assignments, files, rendering
from shop.storage.photos.assignments import KeptPhoto


def keep(engine: Engine, folder: Path, octets: bytes) -> KeptPhoto:
    """Makes and keeps the files of a photo, unless they are kept already. No product has it yet.

    Raises PhotoRefused when this is no photo, and OSError when it cannot be written.
    """
    source = rendering.source(octets)
    with reading(engine) as connection:
        known = assignments.by_source(connection, source)
    if known is not None and files.has(folder, known.photo.name):
        return known
    rendered = rendering.render(octets)
    files.store(folder, rendered)
    return KeptPhoto(rendered.photo, source)


def add(engine: Engine, folder: Path, product_number: int, octets: bytes) -> Photo:
    """Keeps a photo as the last one of a product.

    This is for an upload. Raises PhotoRefused, whose text says what is wrong and what to do, and
    OSError; then the product has the photos that it had. There has to be such a product.
    """
    kept = keep(engine, folder, octets)
    with writing(engine) as connection:
        had = assignments.kept_photos(connection, product_number)
        assignments.assign(connection, product_number, [*had, kept])
    return kept.photo


def replace(engine: Engine, product_number: int, kept: Sequence[KeptPhoto]) -> bool:
    """Gives a product exactly these photos, in this order, and returns whether it had others.

    The files of those that it had stay until `prune`.
    """
    with writing(engine) as connection:
        had = assignments.kept_photos(connection, product_number)
        if had == tuple(kept):
            return False
        assignments.assign(connection, product_number, kept)
        return True


def prune(engine: Engine, folder: Path, now: float) -> int:
    """Removes the files of photos that no product has, and returns of how many; `now` is in Unix
    seconds. Those of the last hour stay (`files.KEPT_SECONDS`)."""
    with reading(engine) as connection:
        used = assignments.names(connection)
    return files.prune(folder, used, now)
