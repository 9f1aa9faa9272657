"""The example in the documentation is a file that a shop can start with."""

from __future__ import annotations

import re
from pathlib import Path

from PIL import Image

from shop.core.words import LEGAL_SLUGS
from shop.shop_file.reading import demo_words, read
from shop.shop_file.words import LONGEST
from tests.unit.shop_file.files import OWN, SALE

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"/>'
KEEP = Path(__file__).resolve().parents[3] / "docs" / "keep.md"


def test_the_example_in_the_documentation_can_be_read(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", KEEP.read_text("utf-8"), re.DOTALL)
    (tmp_path / "pages").mkdir()
    for slug in LEGAL_SLUGS:
        (tmp_path / "pages" / f"{slug}.md").write_text("# A title")
    (tmp_path / "logo.svg").write_text(SVG)
    Image.new("RGB", (1200, 630)).save(tmp_path / "preview.jpg")
    file = tmp_path / "shop.toml"
    file.write_text(example, "utf-8")
    content = read(file, SALE, OWN)
    words = content.words
    assert [rules.shipping.minor for rules in content.rules_to.values()] == [395, 950, 1400]
    assert [dict(rules.vat_rates) for rules in content.rules_to.values()] == [
        {},
        {2000: 1900, 500: 700},
        {2000: 0, 500: 0},
    ]
    assert all(getattr(words, key) != getattr(demo_words(), key) for key in LONGEST)
    assert words.look.styles
    assert words.look.logo
    assert words.look.preview
    assert len(words.pages) == len(LEGAL_SLUGS)
    assert all((words.vat_id, words.contact.email, words.contact.phone, words.contact.address))
