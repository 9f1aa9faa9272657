"""The orders that this browser placed last, in a small signed cookie of their own (ADR 21).

The value is the orders' references without their hyphens, the newest first, signed with the time:
at most 5 * 8 characters, and 104 octets with the name. It names orders that exist anyway, so no row
is written for it. It lasts longer than the session, which ends with the browser.
"""

from __future__ import annotations

import re
from contextlib import suppress

from flask import request
from itsdangerous import BadSignature
from werkzeug.http import dump_cookie
from werkzeug.wrappers import Response

from shop.core.orders import reference_of
from shop.web.site.request_cookies import values_of
from shop.web.site.shop import shop

NAME, SECURE_NAME = "orders", "__Host-orders"
PURPOSE = "recent orders"
MOST = 5
LIFE_SECONDS = 90 * 86_400
"""Long enough for a delivery and its return; counted from the last order."""
_REFERENCES = re.compile(r"(?:[A-Z2-7]{8})+", re.ASCII)


def references() -> tuple[str, ...]:
    """The references in this request's cookie, the newest first; none when it has no cookie that
    the shop signed, or when that is too old."""
    for value in values_of(_name()):
        with suppress(BadSignature):
            kept = shop().signer(PURPOSE).loads(value, max_age=LIFE_SECONDS)
            if isinstance(kept, str) and _REFERENCES.fullmatch(kept):
                return tuple(reference_of(kept[at : at + 8]) for at in range(0, len(kept), 8))
    return ()


def remember(response: Response, reference: str) -> None:
    """Adds an order to those that the cookie names; the oldest make room for it."""
    kept = dict.fromkeys((reference, *references()))
    _write(response, "".join(kept).replace("-", "")[: 8 * MOST])


def forget(response: Response) -> None:
    """Deletes the cookie."""
    _write(response, "")


def _name() -> str:
    return SECURE_NAME if request.is_secure else NAME


def _write(response: Response, references: str) -> None:
    header = dump_cookie(
        _name(),
        shop().signer(PURPOSE).dumps(references) if references else "",
        max_age=LIFE_SECONDS if references else 0,
        path="/",
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
        sync_expires=False,
    )
    response.headers.add("Set-Cookie", header)
