"""What a report says about the findings of each probe: a sentence without its full stop."""

from __future__ import annotations

from shop.lab.engine.exchange import NOT_SENT, Answer, Findings
from shop.lab.probes import partitioned as partitioned_probe
from shop.lab.probes import questions

BEYOND_ROUTE = (
    "could not be tested here: the route to this browser lets headers of {:,} bytes through"
)
NEEDS_SCRIPT = "Not measured: only a script can measure this, and scripts did not run"


def largest(findings: Findings) -> str:
    if not findings["largest"]:
        return "No cookie of this page is kept at all: this browser is set to block them"
    if "passes" in findings:
        return f"{findings['largest']:,} bytes are kept; more {_beyond(findings['passes'])}"
    if findings["dropped"] is None:
        return f"{findings['largest']:,} bytes and more are kept"
    counted = "name and value together" if findings["name counts"] else "the value alone"
    kept, dropped = f"{findings['largest']:,}", f"{findings['dropped']:,}"
    return f"{kept} bytes of {counted} are kept, {dropped} are not"


def not_sent(findings: Findings) -> str:
    return f"This {_beyond(findings[NOT_SENT])}"


def _beyond(passes: Answer) -> str:
    return BEYOND_ROUTE.format(passes)


def attributes(findings: Findings) -> str:
    counted = "Attributes count" if findings["count"] else "Attributes do not count"
    if "passes" in findings:
        counted = f"Whether attributes count {_beyond(findings['passes'])}"
    used = [
        name for name, is_used in findings.items() if name not in ("count", "passes") and is_used
    ]
    return f"{counted}. Used: {', '.join(used) or 'none of the long ones'}"


def overwriting(findings: Findings) -> str:
    fates = {
        "kept": "kept",
        "deleted": "deleted, and the new one dropped",
        "replaced": "replaced by the whole new one",
        "cut": "replaced by part of the new one",
    }
    return f"The old cookie is {fates[str(findings['old'])]}"


def characters(findings: Findings) -> str:
    dropped = [name for name, is_kept in findings.items() if not is_kept]
    return (
        f"Dropped or changed: {', '.join(dropped)}" if dropped else "All arrive as they were sent"
    )


def controls(findings: Findings) -> str:
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


def lifetime(findings: Findings) -> str:
    if not findings:
        return NEEDS_SCRIPT
    if findings["seconds"] is None:
        return "Not measured: this browser does not let scripts see when a cookie expires"
    days = round(int(findings["seconds"]) / 86_400, 3)
    return f"Of {int(findings['asked'] or 0) // 86_400} requested days, {days:g} are granted"


def http_only(findings: Findings) -> str:
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


def same_site(findings: Findings) -> str:
    def sent(finding: str) -> str:
        return "sent" if findings[finding] else "not sent"

    led = (
        "When such a page leads to the shop, a cookie with Strict is "
        f"{sent('Strict by link')}, with Lax it is {sent('Lax by link')}, without SameSite it is "
        f"{sent('none given by link')}"
    )
    if not findings["measured"]:
        reason = (
            "no cookie comes back when another site’s page requests a picture, not even one with "
            "SameSite=None, as where third-party cookies are blocked"
        )
        if not findings["says"]:
            return f"Not measured: {reason}. {led}"
        status = str(findings["says"]).capitalize()
        return f"Treated as {status}, as the browser itself says. Not measured: {reason}. {led}"
    treated = "None" if findings["none given"] else "Lax"
    return (
        f"Without SameSite a cookie is treated as {treated}: when another site’s page requests "
        f"a picture it is {sent('none given')}, a cookie with Lax is {sent('Lax')}, with Strict "
        f"it is {sent('Strict')}, with None it is {sent('None')}. {led}"
    )


def partitioned(findings: Findings) -> str:
    if findings["apart"] is None:
        return "Not measured: no cookie with Secure is kept on this connection"
    if not findings["apart"]:
        return "Partitioned is ignored: such a cookie replaces one of the same name without it"
    secure = "kept" if findings["without Secure"] else "refused"
    sent = f"{partitioned_probe.COUNT} cookies of {partitioned_probe.OCTETS:,} bytes"
    return (
        f"Kept apart from a cookie of the same name without it, and {secure} without Secure; of "
        f"{sent}, {findings['left']} are left"
    )


def kept(findings: Findings) -> str:
    kept = [name for name, is_kept in findings.items() if is_kept]
    return f"Kept: {'; '.join(kept) or 'none'}"


def eviction(findings: Findings) -> str:
    if findings["left"] is None:
        return f"All {findings['kept']} are kept"
    first = "evicted" if not findings["plain"] else "kept"
    high = "evicted" if not findings["high"] else "kept"
    return (
        f"{findings['kept']} are kept; one more leaves {findings['left']}. The oldest is {first}; "
        f"with Priority=High it is {high}"
    )
