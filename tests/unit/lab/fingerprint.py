"""A fingerprint of what questions mean: of what they send and conclude, not of their code."""

from __future__ import annotations

import hashlib
import json
from typing import Any

ADVICE = (
    "The {what} have changed, and findings of older reports may no longer fit them. If they do "
    "not, raise EDITION in {module}; then set FINGERPRINT here to {now}."
)


def fingerprint(meaning: Any) -> str:
    """64 bits of SHA-256 over the JSON of a meaning, in hexadecimal."""
    text = json.dumps(meaning, sort_keys=True, default=repr)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]
