"""The layout of a shop with words, a colour and a logo of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from e2e.support.demo_shop import Stage, numbers_of
from e2e.support.server import running_shop
from e2e.support.subjects import ONE, Subject, holding

WIDTHS = (360, 768, 1280)
NAME = "Donaudampfschifffahrtsgesellschaftskapitänsmützenladen"
WORDS = f"""
name = "{NAME}"
claim = "Caps for captains"
vat_id = "GB 123 4567 89"

[contact]
email = "{"captain" * 6}@caps.example"
phone = "+44 20 7946 0000"
address = ["{NAME}", "1 Mill Lane", "Bath BA1 1AA"]

[look]
accent = "#005a9c"
accent_dark = "#8cc8ff"
logo = "logo.svg"

[pages]
privacy = "privacy.md"
"""
LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40">'
    '<circle cx="20" cy="20" r="18" fill="#005a9c"/></svg>'
)
PRIVACY = f"""# What we know about you

Little. See <https://caps.example/{"very-long-" * 12}address>.

## What is kept

- Your order, for ten years
- {NAME}, for ever

1. Write to us.
   > {NAME}
2. Ask for `{"code" * 30}`.

| What | {NAME} | Where | Until |
|------|-----|-------|------:|
| {NAME} | {NAME} | `{"code" * 9}` | 31/12/2036 |
"""
SUBJECTS = {
    subject.name: subject
    for subject in (
        Subject("home", "/", "Caps for captains"),
        Subject("legal", "/privacy", "Little."),
        Subject("cart", "/cart", "Everyday mug", holding(ONE)),
    )
}


@pytest.fixture(scope="module")
def stage(
    browser: Browser, prepared: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """At a shop whose name is as long as a name may be."""
    folder = tmp_path_factory.mktemp("own")
    for name, text in (("shop.toml", WORDS), ("logo.svg", LOGO), ("privacy.md", PRIVACY)):
        (folder / name).write_text(text, "utf-8")
    with running_shop(prepared, SHOP_FILE=str(folder / "shop.toml")) as shop:
        yield Stage(browser, shop, numbers_of(shop))


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_page_has_no_layout_faults(stage: Stage, name: str) -> None:
    faults = stage.faults(SUBJECTS[name], WIDTHS)
    assert not faults, "\n".join(faults)
