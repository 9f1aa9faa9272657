"""Encrypts what the database keeps of a keeper's app, with the shop's secret keys (RFC 6238, 5.1).

A row is encrypted with the first key, and read with any. The room has one way to use the shop's
keys here, so that whoever reads the database alone can compute no code.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

PURPOSE = b"crumb codes of keepers"


def sealed(secret: str, keys: tuple[str, ...]) -> str:
    """The secret, encrypted with the first of the keys."""
    return _fernet(keys).encrypt(secret.encode("ascii")).decode("ascii")


def opened(kept: str, keys: tuple[str, ...]) -> str | None:
    """The secret that was encrypted with one of the keys; None when it was none of them."""
    from cryptography.fernet import InvalidToken

    try:
        return _fernet(keys).decrypt(kept.encode("ascii")).decode("ascii")
    except InvalidToken:
        return None


@lru_cache(maxsize=8)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    # Imported late: it would take a twentieth of a second of every start.
    import base64

    from cryptography.fernet import Fernet, MultiFernet
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    def derived(key: str) -> bytes:
        return HKDF(SHA256(), length=32, salt=None, info=PURPOSE).derive(key.encode("utf-8"))

    return MultiFernet([Fernet(base64.urlsafe_b64encode(derived(key))) for key in keys])
