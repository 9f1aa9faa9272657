"""A page as a tree, to be read only.

The parser is a fast one: tests look at tens of thousands of pages. What is wrong with their markup
is found by a stricter one, in the linter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode


@dataclass(frozen=True, slots=True)
class Element:
    """An element of a page, or a whole page."""

    _node: LexborNode

    @classmethod
    def page(cls, html: str) -> Element:
        """The page that a browser would make of it. What `template` elements hold is not in it."""
        root = LexborHTMLParser(html).root
        assert root
        assert root.parent
        return cls(root.parent)

    @property
    def name(self) -> str:
        """Its tag, in lower case."""
        return self._node.tag or ""

    @property
    def attrs(self) -> dict[str, str]:
        """Its attributes. One without a value is empty."""
        return {name: value or "" for name, value in self._node.attributes.items()}

    def query(self, selector: str) -> list[Element]:
        """The elements within it that match a CSS selector, in the order of the page."""
        own = self._node.mem_id  # comparing nodes compares their markup
        return [Element(node) for node in self._node.css(selector) if node.mem_id != own]

    def pieces(self) -> Iterator[Element | str]:
        """The elements and the texts that are directly in it, in the order of the page."""
        for node in self._node.iter(include_text=True, skip_empty=False):
            if node.is_text_node:
                yield node.text_content or ""
            elif node.is_element_node:
                yield Element(node)

    def to_text(self) -> str:
        """All texts in it, without the white space around each, joined by spaces."""
        texts = self._node.text(deep=True, separator="\0").split("\0")
        return " ".join(filter(None, map(str.strip, texts)))
