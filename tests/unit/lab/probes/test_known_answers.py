"""How a report describes findings in words."""

from __future__ import annotations

import pytest

from shop.lab.engine.exchange import NOT_SENT, Findings
from shop.lab.probes.known_answers import QUESTIONS

DESCRIBE = {question.key: question.sentence for question in QUESTIONS}
USED = {"Max-Age of 1024": True, "Max-Age of 1025": False, "Path of 1024": True}
CONTROLS = [f"{code:02X}" for code in (*range(0x20), 0x7F)]
HTTP_ONLY = ("seen", "others seen", "written over", "others written over", "made by script")


@pytest.mark.parametrize(
    ("key", "findings", "text"),
    [
        (
            "largest",
            {"largest": 4096, "dropped": 4097, "name counts": True},
            "4,096 bytes of name and value together are kept, 4,097 are not",
        ),
        (
            "attributes",
            {"count": False, **USED},
            "Attributes do not count. Used: Max-Age of 1024, Path of 1024",
        ),
        (
            "attributes",
            {"count": True, **dict.fromkeys(USED, False)},
            "Attributes count. Used: none of the long ones",
        ),
        (
            "largest",
            {"largest": 2_951, "dropped": None, "name counts": None, "passes": 3_900},
            "2,951 bytes are kept; more could not be tested here: the route to this browser lets "
            "headers of 3,900 bytes through",
        ),
        (
            "attributes",
            {"count": None, "passes": 3_900, **USED},
            "Whether attributes count could not be tested here: the route to this browser lets "
            "headers of 3,900 bytes through. Used: Max-Age of 1024, Path of 1024",
        ),
        (
            "overwriting",
            {NOT_SENT: 3_900},
            "This could not be tested here: the route to this browser lets headers of 3,900 bytes "
            "through",
        ),
        ("overwriting", {"old": "kept"}, "The old cookie is kept"),
        ("characters", {"space": True, "tab": False}, "Dropped or changed: tab"),
        ("prefixes", {"one": True, "two": False, "three": True}, "Kept: one; three"),
        (
            "lifetime",
            {"asked": 69_120_000, "seconds": 34_560_000},
            "Of 800 requested days, 400 are granted",
        ),
        (
            "lifetime",
            {"asked": 69_120_000, "seconds": None},
            "Not measured: this browser does not let scripts see when a cookie expires",
        ),
        (
            "http-only",
            dict.fromkeys(HTTP_ONLY, False) | {"taken away by a header": True},
            "A script does not see an HttpOnly cookie, cannot write over it and cannot make one; "
            "a header can turn a script’s cookie into one",
        ),
        (
            "http-only",
            dict.fromkeys(HTTP_ONLY, True) | {"taken away by a header": False},
            "A script sees an HttpOnly cookie, can write over it and can make one; "
            "a header cannot turn a script’s cookie into one",
        ),
        ("eviction", {"kept": 402, "left": None, "plain": True, "high": True}, "All 402 are kept"),
        (
            "eviction",
            {"kept": 180, "left": 150, "plain": False, "high": True},
            "180 are kept; one more leaves 150. The oldest is evicted; with Priority=High it is "
            "kept",
        ),
        (
            "eviction",
            {"kept": 180, "left": 150, "plain": True, "high": False},
            "180 are kept; one more leaves 150. The oldest is kept; with Priority=High it is "
            "evicted",
        ),
    ],
)
def test_findings_are_described(key: str, findings: Findings, text: str) -> None:
    assert DESCRIBE[key](findings) == text


@pytest.mark.parametrize(
    ("kept", "text"),
    [
        ({"09"}, "kept: 09; dropped: 00 to 08, 0A to 1F, 7F"),
        ({"01", "02", "04", "7F"}, "kept: 01 to 02, 04, 7F; dropped: 00, 03, 05 to 1F"),
        (set(CONTROLS), "kept: 00 to 1F, 7F"),
    ],
)
def test_consecutive_codes_are_described_as_ranges(kept: set[str], text: str) -> None:
    findings: Findings = {code: "kept" if code in kept else "dropped" for code in CONTROLS}
    assert f"are {text} (in hexadecimal)" in DESCRIBE["controls"](findings)


UNMEASURED = (
    "Not measured: no cookie comes back when another site’s page requests a picture, not even one "
    "with SameSite=None, as where third-party cookies are blocked"
)
BY_LINK = {f"{kind} by link": kind != "Strict" for kind in ("none given", "Lax", "None", "Strict")}
LED = (
    "When such a page leads to the shop, a cookie with Strict is not sent, with Lax it is sent, "
    "without SameSite it is sent"
)


@pytest.mark.parametrize(
    ("findings", "text"),
    [
        (
            {"measured": True, "none given": False, "Lax": False, "None": True, "Strict": False},
            "Without SameSite a cookie is treated as Lax: when another site’s page requests a "
            "picture it is not sent, a cookie with Lax is not sent, with Strict it is not sent, "
            f"with None it is sent. {LED}",
        ),
        (
            {"measured": True, "none given": True, "Lax": False, "None": True, "Strict": False},
            "Without SameSite a cookie is treated as None: when another site’s page requests a "
            "picture it is sent, a cookie with Lax is not sent, with Strict it is not sent, "
            f"with None it is sent. {LED}",
        ),
        (
            {"measured": False, "says": "lax"},
            f"Treated as Lax, as the browser itself says. {UNMEASURED}. {LED}",
        ),
        ({"measured": False, "says": None}, f"{UNMEASURED}. {LED}"),
    ],
)
def test_same_site_is_described(findings: Findings, text: str) -> None:
    assert DESCRIBE["same-site"](findings | BY_LINK) == text


@pytest.mark.parametrize(
    ("findings", "text"),
    [
        ({"apart": None}, "Not measured: no cookie with Secure is kept on this connection"),
        (
            {"apart": False},
            "Partitioned is ignored: such a cookie replaces one of the same name without it",
        ),
        (
            {"apart": True, "without Secure": False, "left": 10},
            "Kept apart from a cookie of the same name without it, and refused without Secure; of "
            "16 cookies of 1,024 bytes, 10 are left",
        ),
    ],
)
def test_partitioned_cookies_are_described(findings: Findings, text: str) -> None:
    assert DESCRIBE["partitioned"](findings) == text
