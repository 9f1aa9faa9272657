"""Which secret keys are strong enough to sign with."""

from __future__ import annotations

import pytest

from shop.secret_keys import new_key, weakness

STRONG = "0123456789abcdeffedcba9876543210"


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        pytest.param("", "has 0 characters", id="empty"),
        pytest.param("changeme", "has 8 characters", id="short"),
        pytest.param(STRONG[:31], "has 31 characters", id="one character short"),
        pytest.param(STRONG, None, id="just long enough"),
        pytest.param("k" * 64, "has only 1 different characters", id="one character, repeated"),
        pytest.param(f"{'a' * 26}bcdefg", "has only 7 different characters", id="too few"),
        pytest.param(f"{'a' * 26}bcdefgh", None, id="just enough different characters"),
        pytest.param("password" * 4, "has only 7 different characters", id="a word, repeated"),
        pytest.param("open sesame!" * 3, "repeats itself", id="words, repeated"),
        pytest.param("é" * 16 + "0123456789abcdef", None, id="beyond ASCII"),
    ],
)
def test_a_key_must_be_long_and_varied(key: str, reason: str | None) -> None:
    assert weakness(key) == reason


def test_new_keys_are_strong_and_differ() -> None:
    keys = {new_key() for _ in range(100)}
    assert len(keys) == 100
    assert {weakness(key) for key in keys} == {None}
