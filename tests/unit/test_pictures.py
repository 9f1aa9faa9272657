"""The pictures of the demo shop keep to the rules of docs/pictures.md."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PICTURES = PROJECT / "shop" / "static" / "img"
PRODUCTS = sorted((PICTURES / "products").glob("*.svg"))
LIMIT_BYTES = 6000
FORBIDDEN = {"text", "script", "filter", "image", "foreignObject", "a"}


def test_every_demo_product_has_its_own_picture() -> None:
    with (PROJECT / "shop" / "demo" / "catalogue.csv").open(encoding="utf-8") as file:
        named = [row["image"] for row in csv.DictReader(file)]
    assert sorted(named) == [path.name for path in PRODUCTS]


@pytest.mark.parametrize("path", PRODUCTS, ids=lambda path: path.stem)
def test_a_product_picture_is_small_and_self_contained(path: Path) -> None:
    text = path.read_text("utf-8")
    root = ElementTree.fromstring(text)  # noqa: S314  # our own
    assert len(text.encode("utf-8")) <= LIMIT_BYTES
    assert root.get("viewBox") == "0 0 400 400"
    assert not {element.tag.rpartition("}")[2] for element in root.iter()} & FORBIDDEN
    assert not re.search(r'\bstyle="|href="(?!#)|https?://(?!www\.w3\.org/2000/svg")', text)
    assert "prefers-color-scheme:dark" in text.replace(" ", "")


def test_all_pictures_differ() -> None:
    assert len({path.read_bytes() for path in PRODUCTS}) == len(PRODUCTS)
