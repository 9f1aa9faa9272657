from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pyuca import Collator

from shop.storage import search

WHOLE_TABLE = Collator()
SMALL = "".join(map(chr, range(ord(search._SMALL_END))))


@settings(deadline=None)
@given(st.text(st.sampled_from(SMALL)))
def test_text_of_latin_and_greek_has_the_weights_of_the_whole_table(text: str) -> None:
    expected = tuple(map(tuple, WHOLE_TABLE.collation_elements(text)))
    assert search._elements(text) == expected


def test_the_small_table_has_every_entry_that_such_text_can_need() -> None:
    small = search._SmallCollator().table.root.children
    assert entries(small) == entries(WHOLE_TABLE.table.root.children)


def entries(nodes: dict[int, Any] | None) -> dict[str, object]:
    """What is below these nodes, of small code points, by its characters."""
    found: dict[str, object] = {}
    for codepoint, node in (nodes or {}).items():
        letter = chr(codepoint)
        if letter < search._SMALL_END:
            found[letter] = node.value
            below = entries(node.children)
            found |= {letter + rest: value for rest, value in below.items()}
    return found
