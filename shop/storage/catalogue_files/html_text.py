"""HTML as plain text: paragraphs and list items on lines of their own, and nothing invisible."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from shop.core.text import tidy_lines

_BLOCKS = frozenset(
    (
        "address", "article", "aside", "blockquote", "dd", "details", "div", "dl", "dt", "fieldset",
        "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
        "hr", "main", "nav", "ol", "p", "pre", "section", "table", "tr", "ul",
    )
)  # fmt: skip
_UNSEEN = frozenset(
    ("script", "style", "template", "iframe", "object", "noscript", "title", "head", "svg")
)
_CONDITIONS = re.compile(r"<!\[[^>]*>?")  # written by Word; html.parser cannot parse all


def plain_text(html: str, *, keeps_line_feeds: bool = False) -> str:
    """The text that a page would show. Without a tag in it, it is text already, line feeds and all.

    `keeps_line_feeds` is for systems that show a line feed within HTML as a line break.
    """
    if "<" not in html and "&" not in html:
        return html
    reader = _Reader(keeps_line_feeds or "<" not in html)
    reader.feed(_CONDITIONS.sub("", html))
    reader.close()
    return tidy_lines("".join(reader.parts))


class _Reader(HTMLParser):
    def __init__(self, keeps_line_feeds: bool) -> None:
        super().__init__(convert_charrefs=True)
        self._keeps_line_feeds = keeps_line_feeds
        self._unseen = 0
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "br":
            self.parts.append("\n")
        elif tag == "li":
            self.parts.append("\n- ")
        elif tag in ("td", "th"):
            self.parts.append(" ")
        elif tag in _BLOCKS:
            self.parts.append("\n\n" if tag == "p" else "\n")

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        if tag not in _UNSEEN:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag in _BLOCKS:
            self.parts.append("\n\n" if tag == "p" else "\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.parts.append(data if self._keeps_line_feeds else re.sub(r"\s+", " ", data))
