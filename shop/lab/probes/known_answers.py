"""What each probe tests, what the specification requires, and what three browsers do.

The known figures date from November 2026 (Chromium 156, Firefox 153) or from the named sources.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from shop.lab.engine.exchange import NOT_SENT, Findings, Probe
from shop.lab.probes import eviction, partitioned, questions, sentences
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
            return sentences.not_sent(findings)
        return self.describe(findings)


@dataclass(frozen=True, slots=True)
class Documented:
    """What a page cannot measure: `why_not` is the sentence that stands for the findings."""

    key: str
    title: str
    why_not: str
    expected: Known
    chromium: Known
    firefox: Known
    safari: Known


QUESTIONS = (
    Question(
        "largest",
        "The largest cookie",
        questions.largest,
        sentences.largest,
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
        sentences.attributes,
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
        sentences.overwriting,
        Known("ignored: the old one is kept", rfc("5.6 step 5")),
        Known("kept, without any warning", chromium("measured, version 156")),
        Known("kept, with a warning in the console", firefox("measured, version 153")),
        Known("kept", webkit("web-platform-tests, cookies/size/name-and-value")),
    ),
    Question(
        "characters",
        "Characters that no server should send",
        questions.characters,
        sentences.characters,
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
        sentences.controls,
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
        sentences.lifetime,
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
        sentences.kept,
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
        sentences.http_only,
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
        "SameSite, and cookies without it",
        questions.same_site,
        sentences.same_site,
        Known(
            "treated much like Lax; Lax is sent only when the other site’s page leads to the shop, "
            "Strict not even then",
            rfc("5.7 step 17, 5.8.3 step 3 and 5.6.7"),
        ),
        Known("as Lax, since version 80", chromium("MDN compatibility data, Lax_default")),
        Known("as None", firefox("network.cookie.sameSite.laxByDefault = false")),
        Known("as None", webkit("MDN compatibility data, Lax_default")),
    ),
    Question(
        "partitioned",
        "Partitioned cookies",
        partitioned.partitioned,
        sentences.partitioned,
        Known(
            "not covered; proposed: kept apart for each site in the address bar, with Secure only",
            Source("CHIPS", "draft-cutler-httpbis-partitioned-cookies-01, expired"),
        ),
        Known(
            "since version 114; for each partition and site 10,240 bytes and 180 cookies, the "
            "least recently used are evicted",
            chromium("net/cookies/cookie_monster.cc, kPerPartitionDomainMaxCookieBytes"),
        ),
        Known(
            "beyond 12,288 bytes the oldest are evicted, down to 10,240",
            firefox("netwerk/cookie/CookieStorage.cpp, PartitionLimitExceededBytes"),
        ),
        Known("no limit is published", webkit("CFNetwork is closed")),
    ),
    Question(
        "eviction",
        "How many cookies a host may have, and which is evicted first",
        eviction.eviction,
        sentences.eviction,
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

DOCUMENTED = (
    Documented(
        "whole-store",
        "The whole cookie store",
        "Not measured: it is shared by all sites, and one site may not fill it",
        Known("at least 3,000 cookies should be kept", rfc("6.1")),
        Known(
            "beyond 3,300 cookies, those not used for 30 days are evicted, down to 3,000",
            chromium("net/cookies/cookie_monster.cc, kMaxCookies, kSafeFromGlobalPurgeDays"),
        ),
        Known(
            "the same: beyond a tenth more than 3,000, those not used for 30 days are evicted",
            firefox("netwerk/cookie/CookieCommons.h, kMaxNumberOfCookies and kCookiePurgeAge"),
        ),
        Known("not published", webkit("CFNetwork is closed")),
    ),
)
"""What no page can measure, with what is known about it."""
