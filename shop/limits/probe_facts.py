"""What each probe asks, what the specification asks of browsers, and what three of them do.

Known figures are of November 2026 (Chromium 156, Firefox 153) or of the sources named.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from shop.limits import probes
from shop.limits.facts import Source, chromium, firefox, rfc, webkit
from shop.limits.trial import Findings, Probe


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one party, and from where."""

    text: str
    source: Source


@dataclass(frozen=True, slots=True)
class Question:
    """A probe with its words. `tell` says what was measured."""

    key: str
    title: str
    ask: Probe
    tell: Callable[[Findings], str]
    asked: Known
    chromium: Known
    firefox: Known
    safari: Known


def _tell_largest(found: Findings) -> str:
    if found["dropped"] is None:
        return f"{found['largest']:,} bytes and more are kept"
    counted = "together" if found["name counts"] else "of the value alone"
    kept, dropped = f"{found['largest']:,}", f"{found['dropped']:,}"
    return f"{kept} bytes of name and value {counted} are kept, {dropped} are not"


def _tell_attributes(found: Findings) -> str:
    counted = "count" if found["count"] else "do not count"
    used = [name for name, is_used in found.items() if name != "count" and is_used]
    return f"Attributes {counted}. Used: {', '.join(used) or 'none of the long ones'}"


def _tell_overwriting(found: Findings) -> str:
    return f"The old cookie is {found['old']}"


def _tell_characters(found: Findings) -> str:
    dropped = [name for name, is_kept in found.items() if not is_kept]
    return (
        f"Dropped or changed: {', '.join(dropped)}" if dropped else "All arrive as they were sent"
    )


def _tell_kept(found: Findings) -> str:
    kept = [name for name, is_kept in found.items() if is_kept]
    return f"Kept: {'; '.join(kept) or 'none'}"


def _tell_eviction(found: Findings) -> str:
    if found["left"] is None:
        return f"All {found['kept']} are kept"
    first = "evicted" if not found["plain"] else "kept"
    high = "evicted" if not found["high"] else "kept"
    return (
        f"{found['kept']} are kept; one more leaves {found['left']}. The eldest is {first}, "
        f"with Priority=High it is {high}"
    )


QUESTIONS = (
    Question(
        "largest",
        "The largest cookie",
        probes.largest,
        _tell_largest,
        Known(
            "4,096 octets of name and value together; a longer one is ignored whole",
            rfc("5.6 step 5"),
        ),
        Known("4,096", chromium("net/cookies/parsed_cookie.h, kMaxCookieNamePlusValueSize")),
        Known("4,096", firefox("netwerk/cookie/CookieValidation.cpp, kMaxBytesPerCookie")),
        Known("4,096", webkit("web-platform-tests, cookies/size/name-and-value")),
    ),
    Question(
        "attributes",
        "Long attributes",
        probes.attributes,
        _tell_attributes,
        Known(
            "not counted; one over 1,024 octets is ignored, and the cookie stays", rfc("5.6 step 6")
        ),
        Known("the same", chromium("net/cookies/parsed_cookie.h, kMaxCookieAttributeValueSize")),
        Known("the same", firefox("netwerk/cookie/CookieParser.cpp, ATTRIBUTE_MAX_LENGTH")),
        Known(
            "with a longer Path the cookie is not to be seen",
            webkit("web-platform-tests, cookies/size/attributes"),
        ),
    ),
    Question(
        "overwriting",
        "A longer one over an old one",
        probes.overwriting,
        _tell_overwriting,
        Known("ignored: the old one is kept", rfc("5.6 step 5")),
        Known("kept, without a word anywhere", chromium("measured, version 156")),
        Known("kept, with a warning in the console", firefox("measured, version 153")),
        Known("kept", webkit("web-platform-tests, cookies/size/name-and-value")),
    ),
    Question(
        "characters",
        "Characters that no server should send",
        probes.characters,
        _tell_characters,
        Known(
            "all of these are kept, the tab too; other control characters are not",
            rfc("5.6 step 1"),
        ),
        Known("the tab makes it drop the cookie", chromium("measured, version 156")),
        Known("all are kept", firefox("measured, version 153")),
        Known(
            "all are kept; scripts see letters beyond ASCII garbled",
            webkit("web-platform-tests, cookies/encoding"),
        ),
    ),
    Question(
        "prefixes",
        "Names with a prefix",
        probes.prefixes,
        _tell_kept,
        Known("only those as they must be, whatever their case", rfc("5.7 steps 20 and 21")),
        Known("the same; http://localhost counts as secure", chromium("measured, version 156")),
        Known("the same; http://localhost counts as secure", firefox("measured, version 153")),
        Known("the same; http://localhost does not count as secure", webkit("bug 281149")),
    ),
    Question(
        "eviction",
        "Cookies of one host, and which goes first",
        probes.eviction,
        _tell_eviction,
        Known("at least 50; which go is left to the browser", rfc("6.1")),
        Known(
            "180, then 150; the eldest goes, and with Priority=High it stays",
            chromium("net/cookies/cookie_monster.cc, kDomainMaxCookies"),
        ),
        Known(
            "180, then 150; it knows no Priority",
            firefox("netwerk/cookie/CookieCommons.h, kMaxCookiesPerHost"),
        ),
        Known("not published", webkit("CFNetwork is closed")),
    ),
)
"""All of them in their order; eviction last, because it empties the jar of others, too."""
