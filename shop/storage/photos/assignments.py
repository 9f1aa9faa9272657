"""Which product has which photos, in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, insert, select

from shop.core.catalogue import Photo
from shop.storage.models import PhotoRow

COLUMNS: tuple[Any, ...] = (
    PhotoRow.name,
    PhotoRow.height,
    PhotoRow.widths,
    PhotoRow.formats,
    PhotoRow.text,
)
"""What `photo_of` makes a photo from."""


@dataclass(frozen=True, slots=True)
class KeptPhoto:
    """A photo whose files are kept, and what they were made from (`rendering.source`)."""

    photo: Photo
    source: str

    def described(self, text: str) -> KeptPhoto:
        """The same photo with another text, since each product says what it shows there."""
        return KeptPhoto(replace(self.photo, text=text), self.source)


def photo_of(name: str, height: int, widths: str, formats: str, text: str) -> Photo:
    """A photo from the COLUMNS of its row."""
    return Photo(name, height, tuple(map(int, widths.split(","))), tuple(formats.split(",")), text)


def photos(connection: Connection, product_number: int) -> tuple[Photo, ...]:
    """A product's photos, in their order."""
    return tuple(kept.photo for kept in kept_photos(connection, product_number))


def kept_photos(connection: Connection, product_number: int) -> tuple[KeptPhoto, ...]:
    """A product's photos, in their order, with their sources."""
    of_product = _KEPT.where(PhotoRow.product_number == product_number)
    return tuple(map(_kept, connection.execute(of_product.order_by(PhotoRow.position))))


def by_source(connection: Connection, source: str) -> KeptPhoto | None:
    """The photo that some product has from this source, without that product's text."""
    row = connection.execute(_KEPT.where(PhotoRow.source == source).limit(1)).one_or_none()
    return None if row is None else _kept(row).described("")


def names(connection: Connection) -> frozenset[str]:
    """The names of all photos that products have."""
    return frozenset(connection.execute(select(PhotoRow.name).distinct()).scalars())


def assign(connection: Connection, product_number: int, kept: Sequence[KeptPhoto]) -> None:
    """Gives a product these photos instead of those that it had."""
    connection.execute(delete(PhotoRow).where(PhotoRow.product_number == product_number))
    rows = [
        {
            "product_number": product_number,
            "position": position,
            "name": it.photo.name,
            "height": it.photo.height,
            "widths": ",".join(map(str, it.photo.widths)),
            "formats": ",".join(it.photo.formats),
            "source": it.source,
            "text": it.photo.text,
        }
        for position, it in enumerate(kept, start=1)
    ]
    if rows:
        connection.execute(insert(PhotoRow), rows)


_KEPT: Select[Any] = select(*COLUMNS, PhotoRow.source)


def _kept(row: Row[Any]) -> KeptPhoto:
    *photo, source = tuple(row)
    return KeptPhoto(photo_of(*photo), source)
