from __future__ import annotations

import csv
from pathlib import Path

import pytest

from e2e.support import demo_catalogue

CATALOGUE = Path(__file__).resolve().parents[3] / "shop" / "demo" / "catalogue.csv"


@pytest.mark.parametrize(
    ("number", "sku"),
    [
        (demo_catalogue.MUG, "MUG"),
        (demo_catalogue.PENCIL, "PENCIL"),
        (demo_catalogue.SHADE, "SHADE-PLEAT"),
        (demo_catalogue.LAST_LAMP, "STATE-ONE-LEFT"),
    ],
)
def test_a_number_is_the_row_of_its_product(number: int, sku: str) -> None:
    with CATALOGUE.open(encoding="utf-8", newline="") as file:
        skus = [row["sku"] for row in csv.DictReader(file)]
    assert skus[number - 1] == sku
