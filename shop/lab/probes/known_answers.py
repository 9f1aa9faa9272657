"""What each probe tests, what the specification requires, and what three browsers do.

The known figures date from November 2026 (Chromium 156, Firefox 153) or from the named sources.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from shop.lab.engine.exchange import NOT_SENT, Answer, Findings, Probe
from shop.lab.probes import eviction, questions
from shop.lab.sources import Source, chromium, firefox, rfc, webkit


@dataclass(frozen=True, slots=True)
class Known:
    """What is known about one browser or specification, with its source."""

    text: str
    source: Source


@dataclass(frozen=True, slots=True)
class Question:
    """A probe with its texts. `describe` turns its findings into a sentence."""

    key: str
    title: str
    ask: Probe
    describe: Callable[[Findings], str]
    expected: Known
    chromium: Known
    firefox: Known
    safari: Known

    def sentence(self, findings: Findings) -> str:
        """The findings in words, also where the question could not be asked."""
        if NOT_SENT in findings:
            return f"This {_beyond(findings[NOT_SENT])}"
        return self.describe(findings)


BEYOND_ROUTE = (
    "could not be asked here: the route to this browser lets headers of {:,} bytes through"
)
NEEDS_SCRIPT = "Not measured: only a script can measure this, and scripts did not run"


def _describe_largest(findings: Findings) -> str:
    if not findings["largest"]:
        return "No cookie of this page is kept at all: this browser is set to block them"
    if "passes" in findings:
        return f"{findings['largest']:,} bytes are kept; more {_beyond(findings['passes'])}"
    if findings["dropped"] is None:
        return f"{findings['largest']:,} bytes and more are kept"
    counted = "name and value together" if findings["name counts"] else "the value alone"
    kept, dropped = f"{findings['largest']:,}", f"{findings['dropped']:,}"
    return f"{kept} bytes of {counted} are kept, {dropped} are not"


def _beyond(passes: Answer) -> str:
    return BEYOND_ROUTE.format(passes)


def _describe_attributes(findings: Findings) -> str:
    counted = "Attributes count" if findings["count"] else "Attributes do not count"
    if "passes" in findings:
        counted = f"Whether attributes count {_beyond(findings['passes'])}"
    used = [
        name for name, is_used in findings.items() if name not in ("count", "passes") and is_used
    ]
    return f"{counted}. Used: {', '.join(used) or 'none of the long ones'}"


def _describe_overwriting(findings: Findings) -> str:
    fates = {
        "kept": "kept",
        "deleted": "deleted, and the new one dropped",
        "replaced": "replaced by the whole new one",
        "cut": "replaced by part of the new one",
    }
    return f"The old cookie is {fates[str(findings['old'])]}"


def _describe_characters(findings: Findings) -> str:
    dropped = [name for name, is_kept in findings.items() if not is_kept]
    return (
        f"Dropped or changed: {', '.join(dropped)}" if dropped else "All arrive as they were sent"
    )


def _describe_controls(findings: Findings) -> str:
    if not findings:
        return NEEDS_SCRIPT
    named = {
        verdict: [code for code, known in findings.items() if known == verdict]
        for verdict in (questions.KEPT, questions.CUT, questions.DROPPED)
    }
    parts = [f"{verdict}: {_ranges(codes)}" for verdict, codes in named.items() if codes]
    return f"Cookies with one of them are {'; '.join(parts)} (in hexadecimal)"


def _ranges(codes: list[str]) -> str:
    numbers = [int(code, 16) for code in codes]
    starts = [number for number in numbers if number - 1 not in numbers]
    ends = [number for number in numbers if number + 1 not in numbers]
    return ", ".join(
        f"{start:02X}" if start == end else f"{start:02X} to {end:02X}"
        for start, end in zip(starts, ends, strict=True)
    )


def _describe_lifetime(findings: Findings) -> str:
    if not findings:
        return NEEDS_SCRIPT
    if findings["seconds"] is None:
        return "Not measured: this browser does not let scripts see when a cookie expires"
    days = round(int(findings["seconds"]) / 86_400, 3)
    return f"Of {int(findings['asked'] or 0) // 86_400} requested days, {days:g} are granted"


def _describe_http_only(findings: Findings) -> str:
    if not findings:
        return NEEDS_SCRIPT
    sees = "sees" if findings["seen"] else "does not see"
    writes = "can write" if findings["written over"] else "cannot write"
    makes = "can make" if findings["made by script"] else "cannot make"
    turns = "can turn" if findings["taken away by a header"] else "cannot turn"
    return (
        f"A script {sees} an HttpOnly cookie, {writes} over it and {makes} one; a header "
        f"{turns} a script’s cookie into one"
    )


def _describe_same_site(findings: Findings) -> str:
    if not findings["measured"]:
        reason = "no cookie comes back from another site’s page here, not even with SameSite=None"
        if not findings["says"]:
            return f"Not measured: {reason}"
        status = str(findings["says"]).capitalize()
        return f"Treated as {status}, as the browser itself says. Not measured: {reason}"
    treated = "None" if findings["none given"] else "Lax"
    return (
        f"Without SameSite a cookie is treated as {treated}: when another site’s page requests "
        f"a picture it is {'sent' if findings['none given'] else 'not sent'}, a cookie with Lax is "
        f"{'sent' if findings['Lax'] else 'not sent'}, with None it is "
        f"{'sent' if findings['None'] else 'not sent'}"
    )


def _describe_kept(findings: Findings) -> str:
    kept = [name for name, is_kept in findings.items() if is_kept]
    return f"Kept: {'; '.join(kept) or 'none'}"


def _describe_eviction(findings: Findings) -> str:
    if findings["left"] is None:
        return f"All {findings['kept']} are kept"
    first = "evicted" if not findings["plain"] else "kept"
    high = "evicted" if not findings["high"] else "kept"
    return (
        f"{findings['kept']} are kept; one more leaves {findings['left']}. The oldest is {first}; "
        f"with Priority=High it is {high}"
    )


QUESTIONS = (
    Question(
        "largest",
        "The largest cookie",
        questions.largest,
        _describe_largest,
        Known(
            "4,096 octets of name and value together; a longer cookie is ignored entirely",
            rfc("5.6 step 5"),
        ),
        Known("4,096", chromium("net/cookies/parsed_cookie.h, kMaxCookieNamePlusValueSize")),
        Known("4,096", firefox("netwerk/cookie/CookieValidation.cpp, kMaxBytesPerCookie")),
        Known("4,096", webkit("web-platform-tests, cookies/size/name-and-value")),
    ),
    Question(
        "attributes",
        "Long attributes",
        questions.attributes,
        _describe_attributes,
        Known(
            "not counted; one over 1,024 octets is ignored, and the cookie stays",
            rfc("5.6, step 6 of the attributes"),
        ),
        Known("the same", chromium("net/cookies/parsed_cookie.h, kMaxCookieAttributeValueSize")),
        Known("the same", firefox("netwerk/cookie/CookieParser.cpp, ATTRIBUTE_MAX_LENGTH")),
        Known(
            "with a longer Path the cookie does not show up",
            webkit("web-platform-tests, cookies/size/attributes"),
        ),
    ),
    Question(
        "overwriting",
        "An over-long cookie replacing an old one",
        questions.overwriting,
        _describe_overwriting,
        Known("ignored: the old one is kept", rfc("5.6 step 5")),
        Known("kept, without any warning", chromium("measured, version 156")),
        Known("kept, with a warning in the console", firefox("measured, version 153")),
        Known("kept", webkit("web-platform-tests, cookies/size/name-and-value")),
    ),
    Question(
        "characters",
        "Characters that no server should send",
        questions.characters,
        _describe_characters,
        Known(
            "all of these are kept, including the tab; other control characters are not",
            rfc("5.6 step 1"),
        ),
        Known("a cookie with a tab is dropped", chromium("measured, version 156")),
        Known("all are kept", firefox("measured, version 153")),
        Known(
            "all are kept; scripts see letters beyond ASCII garbled",
            webkit("web-platform-tests, cookies/encoding"),
        ),
    ),
    Question(
        "controls",
        "Control characters, written by a script",
        questions.controls,
        _describe_controls,
        Known(
            "only the tab (09) is kept; a cookie with any other is ignored",
            rfc("5.6 step 1 and 5.7 step 3"),
        ),
        Known("none is kept, not even the tab", chromium("measured, version 156")),
        Known("the tab is kept, 1F is not", firefox("measured, version 153")),
        Known("the tab is kept", webkit("web-platform-tests, cookies/value/value-ctl")),
    ),
    Question(
        "lifetime",
        "Max-Age beyond 400 days",
        questions.lifetime,
        _describe_lifetime,
        Known("cut to 400 days, not refused", rfc("5.5")),
        Known(
            "cut to 400 days",
            chromium("net/cookies/canonical_cookie.cc, ValidateAndAdjustExpiryDate"),
        ),
        Known("cut to 400 days", firefox("network.cookie.maxageCap = 34560000")),
        Known("no such limit is known", webkit("secondary analysis")),
    ),
    Question(
        "prefixes",
        "Names with a prefix",
        questions.prefixes,
        _describe_kept,
        Known(
            "__Host- and __Secure- only if they meet the rules, whatever their case; the "
            "others are unknown to it; draft-ietf-httpbis-layered-cookies adds them",
            rfc("5.7 steps 20 and 21"),
        ),
        Known(
            "all only if they meet the rules; http://localhost counts as secure",
            chromium("measured, version 156"),
        ),
        Known("the same; http://localhost counts as secure", firefox("measured, version 153")),
        Known(
            "__Host- and __Secure- the same; http://localhost does not count as secure",
            webkit("bug 281149"),
        ),
    ),
    Question(
        "http-only",
        "HttpOnly and scripts",
        questions.http_only,
        _describe_http_only,
        Known(
            "a script can neither see, overwrite nor create one; a header can replace a script’s",
            rfc("5.7 steps 15 and 23.2, 5.8.3 step 3"),
        ),
        Known("the same", chromium("measured, version 156")),
        Known("the same", firefox("web-platform-tests, cookies/attributes/httponly-overwrite")),
        Known("the same", webkit("web-platform-tests, cookies/attributes/httponly-overwrite")),
    ),
    Question(
        "same-site",
        "Without SameSite",
        questions.same_site,
        _describe_same_site,
        Known("treated much like Lax", rfc("5.7 step 17, 5.8.3 step 3 and 5.6.7.2")),
        Known("as Lax, since version 80", chromium("MDN compatibility data, Lax_default")),
        Known("as None", firefox("network.cookie.sameSite.laxByDefault = false")),
        Known("as None", webkit("MDN compatibility data, Lax_default")),
    ),
    Question(
        "eviction",
        "How many cookies a host may have, and which is evicted first",
        eviction.eviction,
        _describe_eviction,
        Known(
            "at least 50 should be kept; beyond a browser’s own limit those without Secure are "
            "evicted first, and among equals the one least recently sent or set",
            rfc("6.1 and the end of 5.7"),
        ),
        Known(
            "180, then 150; the oldest is evicted, unless it has Priority=High",
            chromium("net/cookies/cookie_monster.cc, kDomainMaxCookies"),
        ),
        Known(
            "180, then 150; it ignores Priority",
            firefox("netwerk/cookie/CookieCommons.h, kMaxCookiesPerHost"),
        ),
        Known("not published", webkit("CFNetwork is closed")),
    ),
)
"""All questions in order; eviction is last, because it also evicts other programs' cookies."""
