"""The shop's secret keys: which are strong enough to sign with, and the file that keeps them."""

from __future__ import annotations

import secrets
from pathlib import Path

LEAST_CHARACTERS = 32
"""A key shorter than the output of its hash weakens HMAC (RFC 2104, section 3; RFC 7518, section
3.2, forbids it). The hash is SHA-256, and a character is at least one of its 32 octets."""
LEAST_DISTINCT_CHARACTERS = 8
"""Fewer are not random: of random keys of 32 hexadecimal digits, one in 28 million has fewer."""


def weakness(key: str) -> str | None:
    """What is wrong with a key as the end of a sentence, or None. The key itself is not in it."""
    if len(key) < LEAST_CHARACTERS:
        return f"has {len(key)} characters"
    if len(set(key)) < LEAST_DISTINCT_CHARACTERS:
        return f"has only {len(set(key))} different characters"
    if key in (key + key)[1:-1]:
        return "repeats itself"
    return None


def problems_of(keys: tuple[str, ...], file: Path | None) -> list[str]:
    """What an operator is told about a signing key that is easy to guess. `file` holds the keys,
    or is None when they are in the environment."""
    reason = weakness(keys[0]) if keys else None
    if reason is None:
        return []
    where, how = "SHOP_SECRET_KEYS", "before the old one, separated by a comma"
    if file is not None:
        where, how = str(file), "on a line above the old one"
    return [
        f"{where}: the first key, which signs, {reason}. Anyone who guesses it can forge sessions "
        f"and forms, so it must be random and at least {LEAST_CHARACTERS} characters long. Put a "
        f"key from `shop secret` {how}; carts signed with the old one can still be read."
    ]


def new_key() -> str:
    """A random key of 43 characters, which holds 256 bits."""
    return secrets.token_urlsafe(32)


def file_in(instance: Path) -> Path:
    """The file of the secret keys that `shop init` made: one a row, the signing key first."""
    return instance / "secret-keys"


def kept_in(instance: Path) -> tuple[str, ...]:
    """The keys in the instance folder; none if there is no file."""
    path = file_in(instance)
    rows = path.read_text("utf-8").splitlines() if path.is_file() else []
    return tuple(row.strip() for row in rows if row.strip())
