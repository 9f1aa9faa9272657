"""A figure that several documents or pages tell has one value, and that of the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from shop.core.cookie import BROWSER_LIMIT_BYTES
from shop.lab.conformance import cases
from shop.lab.header_limits import client
from shop.lab.header_limits.hops import HOPS

PROJECT = Path(__file__).parents[2]
TEXTS = (
    *PROJECT.glob("*.md"),
    *PROJECT.glob("docs/**/*.md"),
    *PROJECT.glob("shop/templates/lab/**/*.html"),
    *PROJECT.glob("shop/commands/*.py"),
)
NGINX = next(hop for hop in HOPS if hop.name == "nginx")
COOKIE_LINE_BYTES = len("Cookie: \r\n")
TOLD = {
    "bytes that a browser keeps": (r"browser keeps(?: is)? ([\d,]+)", BROWSER_LIMIT_BYTES),
    "requests of shop limits": (r"at most (\d+)\s+requests", client.MOST_REQUESTS),
    "cases of the suites": (r"(\d+) cases from two conformance", cases.count()),
    "hops": (r"limits of (\d+) servers, proxies and services", len(HOPS)),
    "nginx over HTTP/1.1": (
        r"(8,1\d\d) (?:bytes )?over HTTP/1\.1",
        (NGINX.line or 0) - COOKIE_LINE_BYTES,
    ),
    # HPACK has seven bits for the letter x (RFC 7541, appendix B).
    "nginx over HTTP/2": (r"([\d,]+)\s+times\s+the letter x", (NGINX.line or 0) * 8 // 7),
    "h11": (r"(?:limit of|h11\)) ([\d,]+) bytes only while", 16_384),
}


def told(pattern: str) -> list[int]:
    """Every figure that the texts tell after or before these words."""
    texts = [re.sub(r"\s+", " ", path.read_text("utf-8")) for path in TEXTS]
    return [int(found.replace(",", "")) for text in texts for found in re.findall(pattern, text)]


@pytest.mark.parametrize(("pattern", "value"), TOLD.values(), ids=TOLD.keys())
def test_a_figure_is_told_with_one_value(pattern: str, value: int) -> None:
    assert set(told(pattern)) == {value}


def test_the_limits_of_hops_are_told_as_in_the_table() -> None:
    lines = {hop.line for hop in HOPS if hop.line}
    without_line_end = {line - len("\r\n") for line in lines}
    assert set(told(r"\b(8,19\d)\b")) <= lines | without_line_end
