"""A photo becomes a few small files, which say nothing but what they show."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from PIL import Image

from shop.storage.photos import rendering
from tests.photographs import jpeg, picture, saved

PLACE = "51.500729"
GPS = 0x8825


def test_a_photo_has_a_file_for_each_width_and_format() -> None:
    made = rendering.render(jpeg(1800, 900))
    assert made.photo.widths == (180, 360, 720, 1440)
    assert made.photo.height == 720
    assert made.photo.formats == ("avif", "webp", "jpg")
    assert len(made.files) == 12
    for name, octets in made.files.items():
        width, _, ending = name.partition(".")
        image = Image.open(io.BytesIO(octets))
        assert image.size == (int(width), int(width) // 2)
        assert image.format == {"avif": "AVIF", "webp": "WEBP", "jpg": "JPEG"}[ending]


def test_a_small_photo_is_not_made_larger() -> None:
    assert rendering.render(jpeg(200, 300)).photo.widths == (180, 200)
    assert rendering.render(jpeg(180, 3)).photo.widths == (180,)


def test_the_name_follows_from_what_is_shown() -> None:
    made = rendering.render(saved(picture(), "PNG"))
    assert len(made.photo.name) == 32
    assert rendering.render(saved(picture(), "PNG", optimize=True)).photo == made.photo
    assert rendering.render(saved(picture(61), "PNG")).photo.name != made.photo.name


def test_nothing_that_came_with_the_pixels_is_published() -> None:
    exif = Image.Exif()
    exif[0x010E] = f"taken at {PLACE}"
    exif.get_ifd(GPS)[1] = "N"
    exif.get_ifd(GPS)[2] = (51.0, 30.0, 2.6)
    notes = {"comment": PLACE.encode(), "xmp": f"<x>{PLACE}</x>".encode()}
    octets = jpeg(400, 300, exif=exif, icc_profile=b"acsp" * 40, **notes)
    assert Image.open(io.BytesIO(octets)).getexif().get_ifd(GPS), "there is something to lose"
    assert octets.count(PLACE.encode()) == 3
    for name, kept in rendering.render(octets).files.items():
        assert PLACE.encode() not in kept, name
        image = Image.open(io.BytesIO(kept))
        assert not image.getexif(), name
        assert not {"exif", "xmp", "icc_profile", "comment"} & image.info.keys(), name


@pytest.fixture
def without_avif(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    rendering.formats()  # Pillow has loaded its writers
    monkeypatch.delitem(Image.SAVE, "AVIF")
    rendering.formats.cache_clear()
    yield
    rendering.formats.cache_clear()


def test_a_machine_without_avif_writes_the_other_formats(without_avif: None) -> None:
    assert rendering.missing_formats() == ("AVIF",)
    assert set(rendering.render(jpeg()).files) == {"60.webp", "60.jpg"}


def test_another_machine_with_avif_makes_the_files_again(monkeypatch: pytest.MonkeyPatch) -> None:
    source = rendering.source(jpeg())
    assert rendering.source(jpeg()) == source
    monkeypatch.setattr(rendering, "formats", lambda: ("webp", "jpg"))
    assert rendering.source(jpeg()) != source
