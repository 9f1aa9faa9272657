"""A fingerprint of the meaning of questions: what they send and conclude, not their code."""

from __future__ import annotations

import hashlib
import json
from typing import Any

ADVICE = (
    "The {what} have changed, and findings of older reports may no longer fit them. If they do "
    "not, raise EDITION in {module}; then set FINGERPRINT here to {now}."
)


def fingerprint(meaning: Any) -> str:
    """The first 64 bits of the SHA-256 over the meaning as JSON, in hexadecimal."""
    text = json.dumps(meaning, sort_keys=True, default=repr)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]
