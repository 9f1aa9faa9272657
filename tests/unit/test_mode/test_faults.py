"""Faults by name."""

from __future__ import annotations

import pytest

from shop.test_mode.faults import NONE, Faults, parsed


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("", NONE),
        (" , ", NONE),
        ("slow=800", Faults(slow=800)),
        ("fail-posts=2, drop-posts = 1", Faults(fail_posts=2, drop_posts=1)),
        ("database-down,stale-page", Faults(database_down=True, stale_page=True)),
    ],
)
def test_faults_are_read(text: str, faults: Faults) -> None:
    assert parsed(text) == faults


def test_faults_are_written_as_they_are_read() -> None:
    faults = Faults(slow=5, fail_posts=1, stale_page=True)
    assert str(faults) == "slow=5, fail-posts=1, stale-page"
    assert parsed(str(faults)) == faults


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("slwo=1", "'slwo' is not a fault. There are: slow=800"),
        ("slow", "slow takes a whole number from 0 to 30000"),
        ("slow=30001", "slow takes a whole number"),
        ("slow=9999999999", "slow takes a whole number"),
        ("fail-posts=-1", "fail-posts takes a whole number from 0 to 1000"),
        ("drop-posts=²", "drop-posts takes a whole number"),
        ("stale-page=yes", "stale-page takes no figure"),
    ],
)
def test_anything_else_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parsed(text)
