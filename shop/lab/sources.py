"""What is known about cookies, each fact with its source. Nothing here is our own measurement.

RFC 6265bis is short for draft-ietf-httpbis-rfc6265bis, as of July 2026.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """The source of a figure: a short name, and the section or file."""

    name: str
    place: str

    def __str__(self) -> str:
        return f"{self.name}, {self.place}"


def rfc(section: str) -> Source:
    return Source("RFC 6265bis", section)


def chromium(file: str) -> Source:
    return Source("Chromium", file)


def firefox(file: str) -> Source:
    return Source("Firefox", file)


def webkit(file: str) -> Source:
    return Source("WebKit", file)


def nginx(file: str) -> Source:
    return Source("nginx", file)


NAME_AND_VALUE = rfc("section 5.6, step 5")
ATTRIBUTES = {
    "HttpOnly": ("no script can read it", rfc("section 4.1.2.6")),
    "Max-Age": (
        "seconds until the browser forgets it, at most 400 days",
        rfc("sections 4.1.2.2 and 5.5"),
    ),
    "Path": ("it is sent to every page of the shop", rfc("section 4.1.2.4")),
    "SameSite": ("other sites cannot make the browser send it with a form", rfc("section 4.1.2.7")),
    "Secure": ("it travels on https only", rfc("section 4.1.2.5")),
    "Priority": ("others are evicted first", chromium("net/cookies/parsed_cookie.cc")),
}
"""The purpose of each attribute of the cart cookie, with its source."""
