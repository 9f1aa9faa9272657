from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from PIL import Image

from shop.core.colour import LEAST_FOR_TEXT, Colour, contrast
from shop.core.words import Look
from shop.factory import STATIC
from shop.shop_file.look import ACCENT, ACCENT_DARK, DARK, LIGHT
from shop.shop_file.reading import ShopFileRefused
from tests.unit.shop_file.files import words_of

OPEN = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
PNG = (STATIC / "img" / "icon-32.png").read_bytes()


def look(folder: Path, lines: str, logo: bytes | None = None) -> Look:
    if logo is not None:
        (folder / "logo").write_bytes(logo)
    (folder / "shop.toml").write_text(f"[look]\n{lines}")
    return words_of(folder / "shop.toml").look


def problem(folder: Path, lines: str, logo: bytes | None = None) -> str:
    with pytest.raises(ShopFileRefused) as refused:
        look(folder, lines, logo)
    (told,) = refused.value.problems
    assert told.startswith(f"{folder / 'shop.toml'}, look.")
    return told


def test_the_colours_that_are_checked_are_those_of_the_style_sheets() -> None:
    tokens = (STATIC / "css" / "tokens.css").read_text()
    light, dark = tokens.split("@media")
    for scheme, accent, backgrounds in ((light, ACCENT, LIGHT), (dark, ACCENT_DARK, DARK)):
        names = ("crust", "paper", "sheet", "blush", "butter", "mist")
        found = tuple(re.findall(rf"--{name}: (#\w+)", scheme)[0] for name in names)
        assert found == (accent, *backgrounds)
        for background in backgrounds:
            assert contrast(Colour(accent), Colour(background)) >= LEAST_FOR_TEXT


def test_an_accent_ends_the_style_sheets(tmp_path: Path) -> None:
    styles = look(tmp_path, 'accent = "#1F5F8B"').styles
    light, dark = styles.split("@media screen and (prefers-color-scheme: dark)")
    assert "--crust: #1f5f8b;" in light
    assert f"--crust: {ACCENT_DARK};" in dark
    assert f"--crust: {ACCENT};" in look(tmp_path, 'accent_dark = "#7fc4ee"').styles
    assert look(tmp_path, "") == Look()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        pytest.param(
            'accent = "#7fc4ee"',
            "look.accent: found #7fc4ee, whose contrast with the background #f9e8e2 is 1.60:1, "
            "expected at least 4.5:1 (WCAG AA).",
            id="too light",
        ),
        pytest.param(
            'accent_dark = "#1f5f8b"',
            "look.accent_dark: found #1f5f8b, whose contrast with the background #352c17 is",
            id="too dark",
        ),
        pytest.param(
            'accent = "blue"', "look.accent: found “blue”, expected a colour such as", id="word"
        ),
        pytest.param("accent = 7", "look.accent: found 7, expected a colour such as", id="number"),
        pytest.param(
            'font = "x"', "expected one of accent, accent_dark, logo, preview.", id="unknown"
        ),
    ],
)
def test_a_colour_that_cannot_be_used_is_told(tmp_path: Path, line: str, told: str) -> None:
    assert told in problem(tmp_path, line)


@pytest.mark.parametrize(
    ("octets", "name", "media_type"),
    [
        pytest.param(PNG, "own/logo.png", "image/png", id="PNG"),
        pytest.param(
            f'{OPEN} viewBox="0 0 8 8"/>'.encode(), "own/logo.svg", "image/svg+xml", id="SVG"
        ),
        pytest.param(
            f'{OPEN} viewBox="0,0,8,8"><use href="#a"/></svg>'.encode(),
            "own/logo.svg",
            "image/svg+xml",
            id="SVG with a reference to itself",
        ),
    ],
)
def test_a_logo_is_kept_as_it_is(tmp_path: Path, octets: bytes, name: str, media_type: str) -> None:
    logo = look(tmp_path, 'logo = "logo"', octets).logo
    assert logo is not None
    assert (logo.name, logo.media_type, logo.octets) == (name, media_type, octets)


@pytest.mark.parametrize(
    ("octets", "told"),
    [
        pytest.param(b"GIF89a", "which is neither PNG nor SVG", id="another format"),
        pytest.param(b"<html/>", "which is neither PNG nor SVG", id="another XML"),
        pytest.param(PNG[:-1], "a PNG file without its end", id="cut off"),
        pytest.param(
            PNG[:16] + (64).to_bytes(4, "big") + PNG[20:], "64 by 32 pixels", id="not square"
        ),
        pytest.param(
            PNG[:16] + 2 * (2001).to_bytes(4, "big") + PNG[24:], "2001 by 2001", id="bomb"
        ),
        pytest.param(f"{OPEN}/>".encode(), "whose viewBox is not square", id="no viewBox"),
        pytest.param(
            f'{OPEN} viewBox="0 0 8 9"/>'.encode(), "whose viewBox is not square", id="high"
        ),
        pytest.param(
            f"{OPEN}><g><script/></g></svg>".encode(), "with the element script", id="script"
        ),
        pytest.param(f'{OPEN} onload="x"/>'.encode(), "with the script onload", id="event"),
        pytest.param(
            f'{OPEN}><image xlink:href="https://elsewhere.example/"/></svg>'.encode(),
            "that refers to another file",
            id="reference",
        ),
        pytest.param(b"<!DOCTYPE svg><svg/>", "with a DOCTYPE", id="entities"),
        pytest.param(b"x" * 200_001, "of 200,001 bytes, expected at most 200,000.", id="large"),
    ],
)
def test_a_logo_that_cannot_be_used_is_told(tmp_path: Path, octets: bytes, told: str) -> None:
    assert told in problem(tmp_path, 'logo = "logo"', octets)


def photo(size: tuple[int, int], kind: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "#94501c").save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_preview_is_a_picture_of_one_size(tmp_path: Path, kind: str) -> None:
    octets = photo((1200, 630), kind)
    preview = look(tmp_path, 'preview = "logo"', octets).preview
    assert preview
    assert (preview.name, preview.media_type, preview.octets) == (
        f"own/preview.{kind.lower()}",
        f"image/{kind.lower()}",
        octets,
    )


@pytest.mark.parametrize(
    ("octets", "told"),
    [
        pytest.param(photo((1200, 600), "PNG"), "1200 by 600 pixels", id="another size"),
        pytest.param(photo((1200, 630), "PNG")[:-9], "a file without its end", id="cut off"),
        pytest.param(photo((1200, 630), "GIF"), "which is neither PNG nor JPEG", id="a GIF"),
        pytest.param(b"\xff\xd8\xff\xd9", "of unknown size", id="no picture"),
    ],
)
def test_a_preview_that_scrapers_would_cut_or_refuse_is_refused(
    tmp_path: Path, octets: bytes, told: str
) -> None:
    found = problem(tmp_path, 'preview = "logo"', octets)
    assert "look.preview: found" in found
    assert told in found
    assert "expected a PNG or JPEG file of 1200 by 630 pixels" in found
