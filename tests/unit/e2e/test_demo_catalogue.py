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
def test_numbers_match_the_rows_of_the_catalogue(number: int, sku: str) -> None:
    with CATALOGUE.open(encoding="utf-8", newline="") as file:
        skus = [row["sku"] for row in csv.DictReader(file)]
    assert skus[number - 1] == sku
