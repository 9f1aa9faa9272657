"""Reads a photo that somebody else made, and refuses whatever is none.

What comes out is only pixels: upright, in sRGB, without metadata, and no larger than a page needs.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from shop.core.errors import PhotoRefused
from shop.storage.photos.limits import MOST_BYTES, MOST_PIXELS

LONGEST_SIDE = 1440
"""The product page shows a photo 640 CSS pixels wide, on screens of about twice as many dots."""
READABLE = ("JPEG", "PNG", "WEBP", "AVIF")
SEVERAL_IN_ONE_JPEG = "MPO"
"""What phones write: a JPEG with a second picture behind it, such as a depth map."""
AGAIN = "Save the photo as JPEG, and try again."

_SIGNATURES = re.compile(rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|RIFF....WEBP|....ftypavi[fs]", re.DOTALL)
_HEIC = re.compile(rb"....ftyp(hei[cx]|hev[cx]|mif1|msf1)", re.DOTALL)
_MARKUP = re.compile(rb"(\xef\xbb\xbf)?\s*<")
# Long enough that compressed pixels do not contain them by chance.
_FOREIGN = re.compile(
    rb"<script[\s>]|<html[\s>]|<!doctype\s|<svg\s[^<]{0,400}xmlns|<\?php\s|%PDF-[12]\.\d|"
    rb"Rar!\x1a\x07|7z\xbc\xaf\x27\x1c",
    re.IGNORECASE,
)


def read(octets: bytes) -> Image.Image:
    """The photo in a JPEG, PNG, WebP or AVIF file, in mode RGB and at most LONGEST_SIDE wide and
    high. What is transparent becomes white.

    What the file is called does not matter. Raises PhotoRefused for one that is too large, damaged,
    animated or something else, and for one that is something else as well.
    """
    if len(octets) > MOST_BYTES:
        raise PhotoRefused(
            f"It is larger than {MOST_BYTES // 1_000_000} MB.", "Save it smaller, and try again."
        )
    image = _opened(octets)
    if image.width * image.height > MOST_PIXELS:
        raise _too_many_pixels(f"It has {image.width:,} × {image.height:,} pixels")
    if _FOREIGN.search(octets) or zipfile.is_zipfile(io.BytesIO(octets)):
        raise PhotoRefused(
            "It is a picture and something else at once, such as a web page, a PDF or an archive.",
            "Open it in a picture editor, save it as a new JPEG, and try that one.",
        )
    try:
        if getattr(image, "n_frames", 1) > 1 and image.format != SEVERAL_IN_ONE_JPEG:
            raise PhotoRefused("It is animated.", "Save one of its pictures as JPEG, and try that.")
        return _pixels(image)
    except PhotoRefused:
        raise
    except Exception as problem:  # decoders raise whatever they like
        raise _damaged() from problem


def _opened(octets: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return Image.open(io.BytesIO(octets), formats=READABLE)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels("It has very many pixels") from None
    except UnidentifiedImageError:
        if _SIGNATURES.match(octets):
            raise _damaged() from None
        raise PhotoRefused(_kind(octets), AGAIN) from None
    except Exception as problem:  # decoders raise whatever they like
        raise _damaged() from problem


def _kind(octets: bytes) -> str:
    if not octets:
        return "It is empty."
    if _HEIC.match(octets):
        return "It is a HEIC photo, which the shop cannot read."
    if _MARKUP.match(octets):
        return "It is text with markup, such as HTML or SVG, and not a photo."
    return "It is not a JPEG, PNG, WebP or AVIF photo, whatever its name says."


def _too_many_pixels(what: str) -> PhotoRefused:
    most = MOST_PIXELS // 1_000_000
    return PhotoRefused(f"{what}, more than {most} million.", "Make it smaller, and try again.")


def _damaged() -> PhotoRefused:
    return PhotoRefused(
        "It is damaged, or ends in the middle of the picture.", "Copy or export it again."
    )


def _pixels(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I"):  # grey of 16 bits
        image = image.point(lambda value: value / 256).convert("L")
    elif image.mode in ("1", "P", "PA"):  # colours that cannot be mixed
        image = image.convert("RGBA")
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    image = ImageOps.exif_transpose(image)
    if image.has_transparency_data:
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image.convert("RGBA")).convert("RGB")
    image = _in_srgb(image, profile)
    # Whatever else came with the pixels stays behind, such as where the photo was taken.
    return Image.frombytes("RGB", image.size, image.tobytes())


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        try:
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            own = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(image, given, own, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):  # a profile that is damaged, or of other colours
            converted = None
        if converted is not None:
            return converted
    return image.convert("RGB")
