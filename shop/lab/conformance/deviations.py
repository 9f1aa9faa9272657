"""Why browsers deviate from the standard in conformance cases, as far as that is known.

The deviations of Chromium and Firefox were measured with this page, in versions 156 and 153 of
November 2026; those of Firefox also with each named preference turned off, which removed them.
WebKit's come from its own expectations for web-platform-tests, and cases of http-state that test
the same are listed with them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from shop.lab.sources import Source, chromium, firefox, webkit

LAYOUT_TESTS = "LayoutTests/imported/w3c/web-platform-tests/cookies"


@dataclass(frozen=True, slots=True)
class Deviation:
    """Cases in which browsers deviate for the same reason, and the browsers known to. If browsers
    deviate in these cases for different reasons, `sends` is a pattern that the Cookie header of
    those with this reason matches."""

    why: str
    known: tuple[Source, ...]
    cases: frozenset[str]
    sends: str = ""

    def explains(self, case: str, received: str) -> bool:
        """Whether this is why a browser sent this Cookie header in a case in which it deviates."""
        return case in self.cases and bool(re.search(self.sends, received))


def _expected(file: str) -> Source:
    return webkit(f"{LAYOUT_TESTS}/{file}-expected.txt")


def _cases(names: str) -> frozenset[str]:
    return frozenset(names.split())


EMPTY_VALUE, NO_EMPTY_VALUE = r"=(;|$)", r"^(?!.*=(;|$))"
UNKNOWN = "For a reason that is not known here"
DEVIATIONS = (
    Deviation(
        "Text without = is taken for the name of a cookie without a value, and sent as such. RFC "
        "6265bis takes it for the value of a cookie without a name",
        (
            firefox(
                "network.cookie.valueless_cookie, true in version 153 (netwerk/cookie/test/unit/"
                "test_valueless_cookie_migration.js); measured, version 153"
            ),
        ),
        _cases(
            "0004 0023 0024 0025 0026 0027 0028 CHROMIUM0009 CHROMIUM0010 MOZILLA0012 MOZILLA0014 "
            "MOZILLA0015 MOZILLA0016 MOZILLA0017 NAME0023 NAME0031 NAME0032 NAME0033 max-age-9 "
            "value-7 value-8 value-28"
        ),
        sends=EMPTY_VALUE,
    ),
    Deviation(
        "A tab in a value counts as a control character, and the cookie is dropped",
        (chromium("net/cookies/parsed_cookie.cc, IsValidCookieValue; measured, version 156"),),
        _cases("value-ctl-dom-09 value-ctl-http-09"),
    ),
    Deviation(
        "A cookie without a name is dropped when its value contains =, since it would be sent as "
        "if the part before that were its name",
        (
            chromium(
                "since version 148, crrev.com/c/7698176, announced on blink-dev on 4 June 2026; "
                "measured, version 156"
            ),
            firefox(
                "network.cookie.block_nameless_with_equal_char, expected in testing/web-platform/"
                "meta/cookies/name/name.html.ini; measured, version 153"
            ),
            _expected("name/name"),
        ),
        _cases("NAME0017 NAME0025"),
    ),
    Deviation(
        "A cookie without a name is dropped",
        (
            firefox(
                "if it starts with = (network.cookie.valueless_cookie, true in version 153); "
                "measured, version 153"
            ),
            _expected("name/name"),
            _expected("value/value"),
            _expected("size/name-and-value"),
        ),
        _cases(
            "0004 0021 0023 0024 0025 0026 0027 0028 CHROMIUM0009 CHROMIUM0010 CHROMIUM0012 "
            "MOZILLA0014 MOZILLA0015 MOZILLA0016 MOZILLA0017 NAME0023 NAME0028 NAME0031 "
            "NAME0032 NAME0033 name-and-value-8 value-7 value-8 value-10 value-28"
        ),
        sends=NO_EMPTY_VALUE,
    ),
    Deviation(
        "A quoted value ends at the second quote rather than at a semicolon",
        (_expected("value/value"), _expected("attributes/max-age")),
        _cases("CHROMIUM0004 MOZILLA0012 VALUE0004 max-age-9 value-3 value-19"),
    ),
    Deviation(
        "A quoted name that contains = is not split there",
        (_expected("name/name"),),
        _cases("NAME0020 NAME0021"),
    ),
    Deviation(
        "The space after a comma is lost",
        (_expected("name/name"), _expected("value/value")),
        _cases("0017 COMMA0001 value-1"),
    ),
    Deviation(
        "Cookies with the same path are not sent in the order in which they were set",
        (_expected("name/name"), _expected("value/value")),
        _cases("0016 value-22"),
    ),
    Deviation(
        "An attribute of more than 1,024 octets is not ignored",
        (_expected("size/attributes.www.sub"),),
        _cases("attributes-1 attributes-4 attributes-5 attributes-8 attributes-14"),
    ),
    Deviation(
        "The prefixes __Http- and __Host-Http- follow rules that RFC 6265bis does not have; the "
        "draft of its successor does (draft-ietf-httpbis-layered-cookies)",
        (
            chromium("measured, version 156"),
            firefox("netwerk/cookie/CookiePrefixes.cpp; measured, version 153"),
        ),
        _cases(
            "__Http.header-1 __Http.header-2 __Host-Http.header-1 __Http.document-cookie-1 "
            "__Http.document-cookie-2 __Host-Http.document-cookie-1"
        ),
    ),
    Deviation(
        "A prefix is recognised in one spelling only, although its case must not matter",
        (_expected("prefix/__host.header.https"),),
        _cases(
            "__host.header-2 __host.header-6 __host.header-8 __host.header-12 __host.header-14 "
            "__host.header-18 __host.header-20"
        ),
    ),
)
"""A case belongs to the first deviation that explains what the browser sent."""
