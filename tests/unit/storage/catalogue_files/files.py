"""What the tests of all formats share."""

from __future__ import annotations

from pathlib import Path

from shop.storage.catalogue_files.formats import FORMATS, Catalogue, read
from shop.storage.catalogue_files.rows import Defaults, Row

DEFAULTS = Defaults(currency="GBP", exponent=2, category="Other", vat_basis_points=2000)
EXAMPLES = Path(__file__).with_name("examples")


def example(name: str, key: str) -> Catalogue:
    """One of the example files, read in a format."""
    return read((EXAMPLES / name).read_bytes(), DEFAULTS, format=FORMATS[key])


def read_text(text: str, key: str) -> Catalogue:
    return read(text.encode(), DEFAULTS, format=FORMATS[key])


def by_sku(catalogue: Catalogue) -> dict[str, Row]:
    return {row.sku: row for row in catalogue.rows}
