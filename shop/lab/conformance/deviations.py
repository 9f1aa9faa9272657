"""Why browsers deviate in conformance cases, as far as that is known.

Of Chromium it was measured by this very page, in version 156 of November 2026; of WebKit its
own expectations of web-platform-tests say it, and cases of http-state that ask the same are
named with them. Of Firefox nothing is recorded here.
"""

from __future__ import annotations

from dataclasses import dataclass

from shop.lab.sources import Source, chromium, webkit

LAYOUT_TESTS = "LayoutTests/imported/w3c/web-platform-tests/cookies"


@dataclass(frozen=True, slots=True)
class Deviation:
    """Cases in which browsers deviate for the same reason, and of whom that is known."""

    why: str
    known: tuple[Source, ...]
    cases: frozenset[str]


def _expected(file: str) -> Source:
    return webkit(f"{LAYOUT_TESTS}/{file}-expected.txt")


def _cases(names: str) -> frozenset[str]:
    return frozenset(names.split())


UNKNOWN = "Why is not known to this page"
DEVIATIONS = (
    Deviation(
        "A tab in a value counts as a control character, and the cookie is dropped",
        (chromium("net/cookies/parsed_cookie.cc, IsValidCookieValue; measured, version 156"),),
        _cases("value-ctl-dom-09 value-ctl-http-09"),
    ),
    Deviation(
        "A cookie without a name is dropped when there is a = in its value, because it would be "
        "sent as if what precedes that were its name",
        (
            chromium(
                "since version 148, crrev.com/c/7698176, told on blink-dev on 4 June 2026; "
                "measured, version 156"
            ),
            _expected("name/name"),
        ),
        _cases("NAME0017 NAME0025"),
    ),
    Deviation(
        "A cookie without a name is dropped",
        (_expected("name/name"), _expected("value/value"), _expected("size/name-and-value")),
        _cases(
            "0004 0021 0023 0024 0025 0026 0027 0028 CHROMIUM0009 CHROMIUM0010 CHROMIUM0012 "
            "MOZILLA0014 MOZILLA0015 MOZILLA0016 MOZILLA0017 NAME0023 NAME0028 NAME0031 "
            "NAME0032 NAME0033 name-and-value-8 value-7 value-8 value-10 value-28"
        ),
    ),
    Deviation(
        "A value in quotes ends at the second of them rather than at a semicolon",
        (_expected("value/value"), _expected("attributes/max-age")),
        _cases("CHROMIUM0004 MOZILLA0012 VALUE0004 max-age-9 value-3 value-19"),
    ),
    Deviation(
        "A name in quotes with a = in it is not taken apart there",
        (_expected("name/name"),),
        _cases("NAME0020 NAME0021"),
    ),
    Deviation(
        "The space after a comma is lost",
        (_expected("name/name"), _expected("value/value")),
        _cases("0017 COMMA0001 value-1"),
    ),
    Deviation(
        "Cookies of one path are sent in another order than that in which they were set",
        (_expected("name/name"), _expected("value/value")),
        _cases("0016 value-22"),
    ),
    Deviation(
        "An attribute of more than 1,024 octets is not ignored",
        (_expected("size/attributes.www.sub"),),
        _cases("attributes-1 attributes-4 attributes-5 attributes-8 attributes-14"),
    ),
    Deviation(
        "The prefixes __Http- and __Host-Http- are held to rules that RFC 6265bis does not know, "
        "and the draft that is to follow it does (draft-ietf-httpbis-layered-cookies)",
        (chromium("measured, version 156"),),
        _cases(
            "__Http.header-1 __Http.header-2 __Host-Http.header-1 __Http.document-cookie-1 "
            "__Http.document-cookie-2 __Host-Http.document-cookie-1"
        ),
    ),
    Deviation(
        "A prefix is known in one spelling only, though its case is not to matter",
        (_expected("prefix/__host.header.https"),),
        _cases(
            "__host.header-2 __host.header-6 __host.header-8 __host.header-12 __host.header-14 "
            "__host.header-18 __host.header-20"
        ),
    ),
)
"""The first that names a case is told of it."""
