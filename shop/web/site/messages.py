"""Messages for the next page, kept in the session cookie until a page shows them."""

from __future__ import annotations

import json

from flask import flash, session

MOST_BYTES = 450
"""The limit for all messages together as JSON, where a letter beyond ASCII takes six bytes. One
response sends the session cookie beside the cart, and a proxy may let little more through."""
LONGEST_NAME_BYTES = 80
FLASHES = "_flashes"
"""The session key under which Flask keeps them: pairs of kind and text, the oldest first."""


def add_message(text: str, kind: str = "message") -> None:
    """Adds a message for the next page. When there are too many, the oldest is dropped."""
    flash(text, kind)
    waiting = session[FLASHES]
    while len(waiting) > 1 and _bytes(waiting) > MOST_BYTES:
        waiting = waiting[1:]
    session[FLASHES] = waiting


def shortened(name: str) -> str:
    """A product's name for use in a message, shortened when it would fill the cookie."""
    kept = name
    while _bytes(kept) > LONGEST_NAME_BYTES:
        kept = kept[:-1]
    return kept if kept == name else f"{kept.rstrip()}…"


def _bytes(document: object) -> int:
    return len(json.dumps(document))
