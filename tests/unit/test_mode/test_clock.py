"""Offsets of the clock."""

from __future__ import annotations

import pytest

from shop.test_mode.clock import offset_seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", 0),
        ("0", 0),
        ("+31d", 31 * 86_400),
        ("31d", 31 * 86_400),
        ("-90s", -90),
        ("+1d12h", 129_600),
        ("-2h30m5s", -9_005),
        (" +5m ", 300),
        ("+3650d", 3_650 * 86_400),
    ],
)
def test_an_offset_is_read(text: str, seconds: int) -> None:
    assert offset_seconds(text) == seconds


@pytest.mark.parametrize(
    "text", ["31", "d", "+d", "1.5d", "+-1d", "1d ago", "tomorrow", "+3651d", "9999999999d", "١d"]
)
def test_anything_else_is_refused_with_the_grammar(text: str) -> None:
    with pytest.raises(ValueError, match=r"Write an offset such as \+31d"):
        offset_seconds(text)
