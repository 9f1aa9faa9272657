"""How large the headers are that pass on the route between the shop and the browser.

A run sends cookies of 4,096 bytes and more, and a default nginx, for one, lets response headers of
no more than a page of memory through. So the first page of a run holds pictures. Each comes with a
response header of a certain size, or is asked for by a request line of a certain size, and sets a
small cookie. The cookies that come back say which pictures passed, without a script; nothing larger
is sent afterwards.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from flask import abort, current_app, request, session
from werkzeug.wrappers import Response

from shop.lab.engine.answers import cookies
from shop.lab.engine.exchange import Exchange, NotSent
from shop.lab.engine.set_cookie import received

RESPONSE, REQUEST = "lab-back", "lab-line"
SIZES = {
    RESPONSE: (2_000, 3_000, 3_900, 6_000, 7_900, 10_000, 18_000),
    REQUEST: (2_000, 4_000, 6_000, 8_000),
}
"""Octets of a whole response header: just below the memory pages that nginx takes, 4,096 or 8,192;
more than the longest conformance case takes; and than the longest cookie that a probe tries. And
octets of a request's first line: gunicorn takes 8,190, nginx two more. The names of the pictures'
cookies begin with the keys."""
OTHER_OCTETS = 800
"""What all headers of a run's response take at most without Location and Set-Cookie, those that the
server adds included; a test says when they take more."""
SPARE_OCTETS = 60
"""How much more a picture takes than it tests for, since responses differ a little."""
SESSION_OCTETS = 100
"""What the session's Set-Cookie header takes without its value, or less."""
MOST_DELETIONS, MOST_DELETION_OCTETS = 40, 5_000
"""The most deletions in one response, and the most octets of several."""
LIFE_SECONDS = 300
PADDING = "Crumb-Room"
DOT = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1" role="img" aria-label="Dot"/>'


@dataclass(frozen=True, slots=True)
class Room:
    """The most octets that have passed: of a response header, and of a line of a request header."""

    response: int
    request: int

    @classmethod
    def of(cls, arrived: Container[str]) -> Room:
        """What the names of the cookies that arrived show. The smallest sizes are assumed to pass:
        a browser that keeps no cookies or loads no pictures says nothing about the route."""
        return cls(
            *(
                max((size for size in sizes if f"{kind}{size}" in arrived), default=sizes[0])
                for kind, sizes in SIZES.items()
            )
        )

    def check(self, response: Response, exchange: Exchange) -> None:
        """Raises NotSent when the response with this exchange, or the next request with all of its
        cookies, may be too long. A Location does not count: a page can take its place."""
        if octets_of(response, "Set-Cookie") > self.response:
            raise NotSent(self.response)
        sets = {cookie.name: cookie.value for cookie in map(received, exchange.lines)}
        pairs = [*sets.items(), *((name, text) for name, text in cookies() if name not in sets)]
        if len("Cookie: " + "; ".join(f"{name}={text}" for name, text in pairs)) > self.request:
            raise NotSent(self.request)

    def has_for(self, response: Response) -> bool:
        """Whether the response is short enough."""
        return octets_of(response, "Set-Cookie", "Location") <= self.response

    def first_of(self, deletions: Sequence[str]) -> Sequence[str]:
        """The first of these Set-Cookie headers, as many as one response may have; at least one."""
        octets, most = 0, min(MOST_DELETION_OCTETS, self.response - OTHER_OCTETS)
        for count, deletion in enumerate(deletions[:MOST_DELETIONS]):
            octets += len(f"Set-Cookie: {deletion}\r\n")
            if count and octets > most:
                return deletions[:count]
        return deletions[:MOST_DELETIONS]


def picture_names() -> Iterator[str]:
    """The names of the pictures' cookies, which are part of their addresses too."""
    return (f"{kind}{size}" for kind, sizes in SIZES.items() for size in sizes)


def padded(name: str, address: str) -> str:
    """The picture's address, as long as its name says if that is about the request."""
    start = f"GET {address}&{PADDING}= HTTP/1.1\r\n"
    return f"{address}&{PADDING}={'x' * (_octets(name, REQUEST) - len(start))}"


def picture(name: str, path: str) -> Response:
    """The picture, with a cookie for this path, and as long a header as its name says if that is
    about the response."""
    if name not in picture_names():
        abort(HTTPStatus.NOT_FOUND)
    response = Response(DOT, mimetype="image/svg+xml")
    response.headers["Set-Cookie"] = f"{name}=1; Path={path}; Max-Age={LIFE_SECONDS}"
    missing = _octets(name, RESPONSE) + SPARE_OCTETS - octets_of(response, "Set-Cookie")
    response.headers[PADDING] = "x" * (missing - len(f"{PADDING}: \r\n"))
    return response


def octets_of(response: Response, *names: str) -> int:
    """How many octets the header of a run's response takes with these headers, or a few less."""
    own = sum(len(f"{name}: {text}\r\n") for name, text in response.headers if name in names)
    if session.modified:
        name = current_app.session_interface.get_cookie_name(current_app)
        own += len(request.cookies.get(name, "")) + SESSION_OCTETS
    return OTHER_OCTETS + own


def _octets(name: str, kind: str) -> int:
    return int(name.removeprefix(kind)) if name.startswith(kind) else 0
