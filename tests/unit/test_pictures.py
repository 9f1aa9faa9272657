"""The pictures of the demo shop keep to the rules of docs/pictures.md."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from audit.previews import PREVIEWS, is_current, pictures, preview_of

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


@pytest.mark.parametrize("path", PRODUCTS, ids=lambda path: path.stem)
def test_a_product_picture_has_a_preview_of_what_it_is_now(path: Path) -> None:
    assert is_current(path), "python -m audit.previews"
    with Image.open(preview_of(path)) as preview:
        assert (preview.format, preview.size) == ("PNG", (1200, 630))
    assert preview_of(path).stat().st_size < 60_000


def test_no_preview_is_left_of_a_picture_that_is_gone() -> None:
    assert {*PREVIEWS.iterdir()} == {preview_of(picture) for picture in pictures()}


def test_all_pictures_differ() -> None:
    assert len({path.read_bytes() for path in PRODUCTS}) == len(PRODUCTS)
