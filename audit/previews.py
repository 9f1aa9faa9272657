"""`python -m audit.previews`: the demo products' pictures as previews of links show them.

Scrapers take no SVG. Each picture is rendered as a PNG of 1200 by 630, the size that Facebook and X
ask for, and keeps the digest of its SVG, so that only what has changed is rendered again.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
from pathlib import Path

import click
from PIL import Image, PngImagePlugin
from playwright.sync_api import sync_playwright
from tqdm import tqdm

from e2e.support import browser
from e2e.support.server import PROJECT

PICTURES = PROJECT / "shop" / "static" / "img" / "products"
PREVIEWS = PICTURES.with_name("previews")
WIDTH, HEIGHT = 1200, 630
COLOURS = 64
"""Enough for flat shapes and their edges; a third of the bytes of all colours."""
SOURCE = "Source"
_PAGE = """<!DOCTYPE html><style>body{{margin:0}}.wide{{display:block}}.b,.t{{display:none}}</style>
<svg class="wide" viewBox="-181 0 762 400" width="{width}" height="{height}">
<rect x="-181" width="762" height="400" fill="{ground}"/>
<path fill="{table}" d="M-181 292c171-10 591-10 762 0v108h-762z"/>{drawing}</svg>"""
"""A drawing of 400 by 400, with the background and the table that all have made wider."""


@click.command()
def main() -> None:
    """Renders the pictures that have changed, and removes the previews of those that are gone."""
    PREVIEWS.mkdir(exist_ok=True)
    for stray in {*PREVIEWS.iterdir()} - {preview_of(picture) for picture in pictures()}:
        stray.unlink()
    changed = [picture for picture in pictures() if not is_current(picture)]
    found = browser.ensure(os.environ).executable
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=found) as it:
        page = it.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        for picture in tqdm(changed, disable=None, leave=False):
            page.set_content(_page(picture.read_text("utf-8")))
            _save(page.screenshot(), picture)
    click.echo(f"{len(changed)} previews: {PREVIEWS.relative_to(PROJECT)}")


def pictures() -> list[Path]:
    """The pictures that have previews."""
    return sorted(PICTURES.glob("*.svg"))


def preview_of(picture: Path) -> Path:
    """The file of a picture's preview."""
    return PREVIEWS / f"{picture.stem}.png"


def is_current(picture: Path) -> bool:
    """Whether the preview was rendered from the picture as it is now."""
    if not preview_of(picture).is_file():
        return False
    with Image.open(preview_of(picture)) as preview:
        return preview.info.get(SOURCE) == _digest(picture)


def _page(drawing: str) -> str:
    ground, table = re.findall(r'<\w+ class="[bt]"[^>]* fill="(#\w+)"', drawing)
    return _PAGE.format(width=WIDTH, height=HEIGHT, ground=ground, table=table, drawing=drawing)


def _save(png: bytes, picture: Path) -> None:
    note = PngImagePlugin.PngInfo()
    note.add_text(SOURCE, _digest(picture))
    image = Image.open(io.BytesIO(png)).convert("RGB")
    flat = image.quantize(COLOURS, dither=Image.Dither.NONE)
    flat.save(preview_of(picture), optimize=True, pnginfo=note)


def _digest(picture: Path) -> str:
    return hashlib.sha256(picture.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
