"""How the audit judges a response by its headers, and the sizes of what the shop serves."""

from __future__ import annotations

import pytest

from audit.weight import LIMITS, STATIC, is_kept, is_kept_long, is_packed, size_bytes
from shop.web.site.assets import STYLES, Assets


@pytest.mark.parametrize(
    ("cache_control", "expected"),
    [
        pytest.param("public, max-age=31536000, immutable", True, id="a year"),
        pytest.param("Immutable,MAX-AGE=2592000", True, id="a month, in upper case"),
        pytest.param("max-age=2591999, immutable", False, id="a second less"),
        pytest.param("public, max-age=31536000", False, id="not immutable"),
        pytest.param("immutable", False, id="without an age"),
        pytest.param("", False, id="empty"),
    ],
)
def test_caching_is_long_from_a_month_on_if_immutable(cache_control: str, expected: bool) -> None:
    assert is_kept_long(cache_control) is expected


@pytest.mark.parametrize(
    ("path", "headers", "expected"),
    [
        pytest.param(
            "/", {"content-type": "text/html; charset=utf-8"}, (False, True), id="uncompressed page"
        ),
        pytest.param(
            "/",
            {"content-type": "text/html", "content-encoding": "br"},
            (True, True),
            id="compressed page",
        ),
        pytest.param(
            "/static/img/a.svg",
            {"content-type": "image/svg+xml", "cache-control": "max-age=31536000, immutable"},
            (False, True),
            id="uncompressed picture, cached for a year",
        ),
        pytest.param(
            "/static/img/a.avif",
            {"content-type": "image/avif", "cache-control": "max-age=3600"},
            (True, False),
            id="a photograph is compressed already",
        ),
    ],
)
def test_compression_and_caching(
    path: str, headers: dict[str, str], expected: tuple[bool, bool]
) -> None:
    assert (is_packed(path, headers), is_kept(path, headers)) == expected


@pytest.mark.parametrize(("folder", "limit"), LIMITS.items())
def test_scripts_and_style_sheets_are_small(folder: str, limit: int) -> None:
    assert 0 < size_bytes(Assets.of(STATIC), folder) <= limit


def test_the_style_sheet_of_all_pages_is_weighed_once() -> None:
    served = Assets.of(STATIC)
    assert size_bytes(served, "css") == len(served.octets(STYLES))
