"""Only a photo is taken for one, and nothing but its pixels is kept of it."""

from __future__ import annotations

import io
import zipfile

import pytest
from PIL import Image, ImageCms

from shop.core.errors import PhotoRefused
from shop.storage.photos import reading
from shop.storage.photos.limits import MOST_BYTES
from tests.photographs import BLUE, RED, animated, is_like, jpeg, picture, png_that_claims, saved

SVG = (
    b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
)


def zipped() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("Main.class", b"\xca\xfe\xba\xbe")
    return stream.getvalue()


MARKUP = "text with markup"
OTHER = "not a JPEG, PNG, WebP or AVIF photo"
PIXELS = "more than 64 million"
DAMAGED = "damaged, or ends in the middle"
BOTH = "a picture and something else at once"
ANIMATED = "animated"


@pytest.mark.parametrize(
    ("octets", "what"),
    [
        pytest.param(b"", "empty", id="nothing"),
        pytest.param(SVG, MARKUP, id="SVG"),
        pytest.param(b"\xef\xbb\xbf\n <!doctype html><title>x</title>", MARKUP, id="HTML"),
        pytest.param(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC", id="HEIC"),
        pytest.param(saved(picture(), "GIF"), OTHER, id="GIF"),
        pytest.param(saved(picture(), "TIFF"), OTHER, id="TIFF"),
        pytest.param(b"%PDF-1.7\n", OTHER, id="PDF"),
        pytest.param(jpeg() + bytes(MOST_BYTES), "larger than 30 MB", id="too many bytes"),
        pytest.param(png_that_claims(8001, 8000), PIXELS, id="a few pixels too many"),
        pytest.param(png_that_claims(11_000, 11_000), PIXELS, id="many pixels"),
        pytest.param(png_that_claims(60_000, 60_000), PIXELS, id="a bomb"),
        pytest.param(png_that_claims(8000, 8000), DAMAGED, id="as many as it may, but damaged"),
        pytest.param(jpeg(600, 400)[:4000], DAMAGED, id="truncated JPEG"),
        pytest.param(saved(picture(600, 400), "PNG")[:-60], DAMAGED, id="truncated PNG"),
        pytest.param(saved(picture(600, 400), "WEBP")[:-60], DAMAGED, id="truncated WebP"),
        pytest.param(b"\xff\xd8\xff\xe0 and no more", DAMAGED, id="only the signature"),
        pytest.param(animated("PNG"), ANIMATED, id="animated PNG"),
        pytest.param(animated("WEBP"), ANIMATED, id="animated WebP"),
        pytest.param(jpeg() + zipped(), BOTH, id="JPEG and ZIP"),
        pytest.param(jpeg() + b"%PDF-1.7\n", BOTH, id="JPEG and PDF"),
        pytest.param(jpeg(comment=b"<script>alert(1)</script>"), BOTH, id="JPEG and a script"),
        pytest.param(saved(picture(), "PNG") + SVG, BOTH, id="PNG and SVG"),
    ],
)
def test_what_is_no_photo_is_refused_with_what_to_do(octets: bytes, what: str) -> None:
    with pytest.raises(PhotoRefused) as caught:
        reading.read(octets)
    assert what in caught.value.what
    assert caught.value.what[0].isupper()
    assert caught.value.what.endswith(".")
    assert any(verb in caught.value.advice for verb in ("Save", "Copy", "Make", "Open"))


def test_two_pictures_of_one_phone_are_a_photo() -> None:
    octets = saved(picture(), "MPO", save_all=True, append_images=[Image.new("RGB", (6, 4))])
    assert reading.read(octets).size == (60, 40)


def alpha() -> Image.Image:
    image = picture().convert("RGBA")
    image.putalpha(0)
    return image


WHITE = (255, 255, 255)
GREY = (128, 128, 128)


@pytest.mark.parametrize(
    ("octets", "corner"),
    [
        pytest.param(saved(picture(), "PNG"), RED, id="PNG"),
        pytest.param(saved(picture(), "WEBP", quality=95), RED, id="WebP"),
        pytest.param(saved(picture().convert("CMYK"), quality=95), RED, id="CMYK"),
        pytest.param(saved(picture().quantize(4), "PNG"), RED, id="palette"),
        pytest.param(saved(alpha(), "PNG"), WHITE, id="transparent"),
        pytest.param(saved(alpha().quantize(4), "PNG"), WHITE, id="transparent palette"),
        pytest.param(saved(Image.new("L", (9, 9), 128), "PNG"), GREY, id="grey"),
        pytest.param(saved(Image.new("LA", (9, 9), (0, 0)), "PNG"), WHITE, id="transparent grey"),
        pytest.param(saved(Image.new("I;16", (9, 9), 32_768), "PNG"), GREY, id="grey of 16 bits"),
        pytest.param(saved(Image.new("1", (9, 9), 1), "PNG"), WHITE, id="black and white"),
        pytest.param(jpeg(icc_profile=b"no profile"), RED, id="damaged profile"),
    ],
)
def test_any_kind_of_pixels_becomes_rgb(octets: bytes, corner: tuple[int, int, int]) -> None:
    image = reading.read(octets)
    assert image.mode == "RGB"
    assert is_like(image.getpixel((2, 2)), corner)


STORED_AS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""How a camera in each orientation stores an upright picture (Exif 2.32, tag 0x0112)."""


@pytest.mark.parametrize("orientation", STORED_AS)
def test_a_photo_is_shown_upright(orientation: int) -> None:
    transposition = STORED_AS[orientation]
    stored = picture() if transposition is None else picture().transpose(transposition)
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = reading.read(saved(stored, quality=95, exif=exif))
    assert image.size == (60, 40)
    assert is_like(image.getpixel((5, 5)), RED)
    assert is_like(image.getpixel((55, 5)), BLUE)
    assert is_like(image.getpixel((5, 35)), BLUE)


def test_a_large_photo_becomes_as_large_as_a_page_needs() -> None:
    assert reading.read(jpeg(2000, 3000)).size == (960, 1440)


def test_colours_of_another_profile_become_those_of_srgb() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = profile.replace(b"rXYZ", b"....").replace(b"bXYZ", b"rXYZ").replace(b"....", b"bXYZ")
    image = reading.read(saved(picture(), "PNG", icc_profile=swapped))
    assert is_like(image.getpixel((5, 5)), BLUE)
    assert is_like(image.getpixel((55, 35)), RED)
