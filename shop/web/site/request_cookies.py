"""The cookies of a request, read from its Cookie header so that none of ours is missed.

Werkzeug reads a header as one list with semicolons, believes the first cookie of a name and drops
a value whose quoting it does not understand. That loses carts: HTTP/2 and proxies may split the
header into several fields (RFC 9113, 8.2.3; RFC 6265bis, 5.8.2), which WSGI servers join with
commas; a cookie without a name is sent as its value alone (RFC 6265bis, 5.8.3), so that one with
the value `cart` looks like an empty cart; and some clients put a value in quotes, which the
grammar allows (RFC 6265bis, 4.1.1).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flask import request

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

MOST_COPIES = 20
"""How many cookies of one name are read: the last ones, since browsers send the cookies with the
shortest path last, and the path of ours is / (RFC 6265bis, 5.8.3)."""

_COOKIES = "shop.cookies"
"""Key of a request's environment: its Cookie header, and the values in it by their names."""
_BETWEEN = re.compile("[;,]")


def values_of(name: str) -> list[str]:
    """The values of all cookies of this name, in their order, without white space and without a
    pair of quotes around them.

    A value ends at a comma: none of ours contains one.
    """
    return values_in(request.environ, name)


def values_in(environ: WSGIEnvironment, name: str) -> list[str]:
    """The same, from a WSGI environment."""
    header = environ.get("HTTP_COOKIE", "")
    read, cookies = environ.get(_COOKIES, (None, {}))
    if read != header:
        cookies = _cookies_in(header)
        environ[_COOKIES] = header, cookies  # a page asks for five names
    values: list[str] = cookies.get(name, [])
    return values[-MOST_COPIES:]


def _cookies_in(header: str) -> dict[str, list[str]]:
    cookies: dict[str, list[str]] = {}
    for name, sign, value in (pair.partition("=") for pair in _BETWEEN.split(header)):
        if sign:
            cookies.setdefault(name.strip(), []).append(_unquoted(value.strip()))
    return cookies


def _unquoted(value: str) -> str:
    is_quoted = len(value) > 1 and value[0] == value[-1] == '"'
    return value[1:-1] if is_quoted else value
