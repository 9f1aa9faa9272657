"""What the next page is to say. Until a page says it, it is kept in the session cookie."""

from __future__ import annotations

import json

from flask import flash, session

MOST_BYTES = 450
"""Of all messages together as JSON, where a letter beyond ASCII takes six. The session cookie
stands in one response with the cart, and a proxy may let little more through than that."""
LONGEST_NAME_BYTES = 80


def say(text: str, kind: str = "message") -> None:
    """Lets the next page say this. When much is waiting to be said, the oldest gives way."""
    flash(text, kind)
    waiting = session["_flashes"]
    while len(waiting) > 1 and _bytes(waiting) > MOST_BYTES:
        waiting = waiting[1:]
    session["_flashes"] = waiting


def short(name: str) -> str:
    """A name as a message bears it: cut, when it is so long that the cookie would feel it."""
    kept = name
    while _bytes(kept) > LONGEST_NAME_BYTES:
        kept = kept[:-1]
    return kept if kept == name else f"{kept.rstrip()}…"


def _bytes(document: object) -> int:
    return len(json.dumps(document))
