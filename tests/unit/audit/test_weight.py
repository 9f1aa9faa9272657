"""How an answer of the shop is judged by its headers."""

from __future__ import annotations

import pytest

from audit.weight import is_kept, is_kept_long, is_packed


@pytest.mark.parametrize(
    ("cache_control", "expected"),
    [
        pytest.param("public, max-age=31536000, immutable", True, id="a year"),
        pytest.param("Immutable,MAX-AGE=2592000", True, id="a month, shouted"),
        pytest.param("max-age=2591999, immutable", False, id="a second less"),
        pytest.param("public, max-age=31536000", False, id="not immutable"),
        pytest.param("immutable", False, id="without an age"),
        pytest.param("", False, id="nothing said"),
    ],
)
def test_a_file_is_kept_long_when_nobody_asks_for_a_month(
    cache_control: str, expected: bool
) -> None:
    assert is_kept_long(cache_control) is expected


@pytest.mark.parametrize(
    ("path", "headers", "expected"),
    [
        pytest.param(
            "/", {"content-type": "text/html; charset=utf-8"}, (False, True), id="plain page"
        ),
        pytest.param(
            "/",
            {"content-type": "text/html", "content-encoding": "br"},
            (True, True),
            id="packed page",
        ),
        pytest.param(
            "/static/img/a.svg",
            {"content-type": "image/svg+xml", "cache-control": "max-age=31536000, immutable"},
            (False, True),
            id="plain picture, kept long",
        ),
        pytest.param(
            "/static/img/a.avif",
            {"content-type": "image/avif", "cache-control": "max-age=3600"},
            (True, False),
            id="a photograph is packed already",
        ),
    ],
)
def test_text_is_packed_and_files_are_kept(
    path: str, headers: dict[str, str], expected: tuple[bool, bool]
) -> None:
    assert (is_packed(path, headers), is_kept(path, headers)) == expected
