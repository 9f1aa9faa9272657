"""Every place of the code that passes text on as markup, with the reason why it may."""

from __future__ import annotations

import re
from pathlib import Path

SHOP = Path(__file__).parents[3] / "shop"
UNESCAPED = re.compile(
    r"[^{}()\"']*\|\s*safe\b|\bMarkup\([^)]*\)|\bMarkup\.\w+|\bautoescape\b(?!=True\))"
    r"|\brender_template_string\b|\bfrom_string\(|\|\s*xmlattr\b|__html__"
)
ALLOWED = {
    ("web/frame/fragments.py", "Markup(html)"): "rendered by templates that escape",
    ("web/frame/skeletons.py", "Markup(html)"): "the place of a value that is escaped itself",
    ("web/pages/legal.py", "Markup(page.html)"): "rendered by markdown-it, which escapes HTML",
    (
        "web/languages/texts.py",
        "Markup(said)",
    ): "a text of our own, whose variables it escapes",
    ("web/site/qr.py", "Markup(picture)"): "a QR code, drawn by segno of squares alone",
    ("web/frame/layout.py", "Markup(attribute)"): "the tag of a language, which Babel has parsed",
    ("lab/encodings/comparison.py", "Markup(chart.text_of(picture)"): "escaped by the XML writer",
    ("templates/lab/conformance/show.html", "|safe"): "a line break that the template itself has",
}


def test_only_what_is_listed_is_passed_on_unescaped() -> None:
    found = {
        (file.relative_to(SHOP).as_posix(), match.group().strip())
        for file in SHOP.rglob("*")
        if file.suffix in (".py", ".html", ".xml", ".svg")
        for match in UNESCAPED.finditer(file.read_text("utf-8"))
    }
    assert found == set(ALLOWED)


def test_every_template_has_a_name_for_which_flask_escapes() -> None:
    folder = SHOP / "templates"
    plain = {folder / "mail" / "order.txt"}  # plain text, which no mailer takes for markup
    templates = [path for path in folder.rglob("*") if path.is_file() and path not in plain]
    assert {path.suffix for path in templates} <= {".html", ".xml"}
