"""The findings of a search in words and for machines, and what they mean for a cart."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from shop.core.cookie import BROWSER_LIMIT_BYTES
from shop.lab.header_limits.hops import HOPS, OWN_LIMITS
from shop.lab.header_limits.search import (
    BESIDE_BYTES,
    MOST_SECONDS,
    OK,
    PATIENCE_SECONDS,
    Bound,
    Findings,
    NoStatus,
    Outcome,
)

TITLES = {
    "field": "Largest request header",
    "fields": "Request headers",
    "back": "Largest response header",
}
COOKIE_LINE_BYTES = len("Cookie: \r\n")
SET_COOKIE_LINE_BYTES = len("Set-Cookie: \r\n")
COOKIE_BESIDE_BYTES = 800
"""The most that a Cookie header holds besides name + value of the cart and its undo: separators,
the last five orders, and the session with the longest messages or with an expired cart to be
restored.
tests/integration/test_lab_header_limits.py measures it."""
ANSWER_BESIDE_BYTES = 1080
"""The most that the response to a change holds, besides name + value of the cart and its undo, and
the response to a probe does not: attributes, address, and the same session. Measured there too."""
POST_BYTES = 1100
"""All headers of a browser that sends a form, without its cookies. Chromium 156 sent 864 bytes to a
host and port of 14 characters, which they contain three times; a longer address takes more."""
FETCH_BYTES = 590
"""The same for a fetch by Chromium 156: the other headers of the probes of a page."""
ROUNDED_TO_BYTES = 100
HTTP_1, HTTP_2 = "HTTP/1.1", "HTTP/2"
NOTHING = "nothing"
NOT_MEASURED = "not measured"

TIMING = (
    "A server on this route judges a request header by the part that has arrived so far: more "
    "passes in one write than in two. Only the smaller figure is sure to pass."
)
"""Why the largest header depends on timing."""
COMPRESSED = (
    "HTTP/2 compresses headers. These are sizes before compression, of headers of the letter x, "
    "which takes seven bits; other letters take five to eight."
)
"""What the sizes of a search over HTTP/2 mean (RFC 7541, appendix B)."""
ENDED = {
    NoStatus.OVER: (
        f"The search ended after {MOST_SECONDS} seconds, before everything was measured."
    ),
    NoStatus.LOST: "The search ended before everything was measured: two tries to connect failed.",
}
"""Why a search ended early."""


@dataclass(frozen=True, slots=True)
class Row:
    """The result of one question. `beyond` says what happens to the smallest size that does not
    pass; `alike` names the hops that have this limit by default."""

    title: str
    measured: str
    beyond: str
    alike: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """`budget_bytes` is the largest SHOP_CART_BUDGET_BYTES for this route, None if that is unknown.
    `conclusion` says what this means, and `assumptions` what it is based on."""

    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    budget_bytes: int | None
    conclusion: str
    assumptions: tuple[str, ...]


def by_browser(findings: Findings, *, budget_bytes: int) -> Report:
    """The report of a search by a page."""
    return _report(findings, set_to=budget_bytes, beside=FETCH_BYTES, is_browser=True)


def by_command(
    findings: Findings,
    *,
    budget_bytes: int,
    request_bytes: int,
    failed: Sequence[str] = (),
    is_http2: bool = False,
) -> Report:
    """The report of a search by `shop limits`, whose requests have `request_bytes` without the
    probing header. `failed` has the reason of each failed connection. HTTP/2 has no lines, and
    compresses headers."""
    report = _report(
        findings, set_to=budget_bytes, beside=request_bytes, is_browser=False, is_http2=is_http2
    )
    return replace(report, notes=(*_failures(failed), *report.notes))


def budget_of(findings: Findings, *, beside: int) -> int | None:
    """The largest cart, in bytes of name + value, that is sure to pass: at most what a browser
    keeps, and otherwise rounded down. None if the search did not finish.

    Hops are assumed to count all headers of a response, as all known ones do, and of a request only
    what the search found them to count.
    """
    there, back = findings.sure_field, findings.back
    if not all(bound.is_open or bound.is_exact for bound in (there, back)):
        return None
    if not there.most or not back.most:
        return None
    room = there.most - COOKIE_BESIDE_BYTES
    if findings.is_shared:
        room -= max(0, POST_BYTES - beside)
    fits = min(room, back.most + SET_COOKIE_LINE_BYTES - ANSWER_BESIDE_BYTES)
    if fits >= BROWSER_LIMIT_BYTES:
        return BROWSER_LIMIT_BYTES
    return max(0, fits - fits % ROUNDED_TO_BYTES)


def as_json(
    findings: Findings, report: Report, *, url: str, requests: int, protocol: str = HTTP_1
) -> str:
    """The findings for machines. A limit that was not reached is null, and so is the status of an
    attempt without one: `beyond` says what happened. If `cut` is true the search ended early, with
    `most` and `least_refused` as known by then. `steady` is null without a second try."""

    def bound(one: Bound) -> dict[str, object]:
        status = one.beyond.status if one.beyond else None
        return {
            "most": one.most,
            "least_refused": one.least,
            "status": status if isinstance(status, int) else None,
            "beyond": _beyond(one),
            "header_fields": one.fields,
            "exact": one.is_exact,
            "steady": one.is_steady,
            "cut": one.cut is not None,
        }

    return json.dumps(
        {
            "url": url,
            "requests": requests,
            "protocol": protocol,
            "request_field_bytes": bound(findings.field) | {"shared": findings.is_shared},
            "request_field_bytes_in_two_writes": findings.in_two and bound(findings.in_two),
            "depends_on_timing": None if findings.in_two is None else findings.depends_on_timing,
            "request_fields": bound(findings.fields),
            "answer_field_bytes": bound(findings.back),
            "cart_budget_bytes": report.budget_bytes,
            "rows": [asdict(row) for row in report.rows],
            "notes": report.notes,
        }
    )


def as_text(report: Report) -> str:
    """The report for a terminal."""
    cells = [("", "passes", "beyond that")]
    for row in report.rows:
        alike = f" (the default of {row.alike})" if row.alike else ""
        cells.append((row.title, row.measured, row.beyond + alike))
    widths = [max(len(row[column]) for row in cells) for column in range(2)]
    lines = [
        f"{title:{widths[0]}}  {measured:{widths[1]}}  {beyond}".rstrip()
        for title, measured, beyond in cells
    ]
    return "\n".join([*lines, "", *report.notes, report.conclusion, *report.assumptions])


def _report(
    findings: Findings, *, set_to: int, beside: int, is_browser: bool, is_http2: bool = False
) -> Report:
    budget = budget_of(findings, beside=beside)
    return Report(
        rows=(
            _field(findings, is_http2),
            _fields(findings.fields),
            _back(findings.back, is_browser, is_http2),
        ),
        notes=(*((COMPRESSED,) if is_http2 else ()), *_notes(findings)),
        budget_bytes=budget,
        conclusion=_conclusion(budget, set_to) if budget is not None else _no_conclusion(findings),
        assumptions=() if budget is None else tuple(_assumptions(findings)),
    )


def _field(findings: Findings, is_http2: bool) -> Row:
    bound = findings.field
    if findings.depends_on_timing:
        return _timed(findings.sure_field, bound)
    if is_http2:
        return Row(TITLES["field"], _octets(bound), _beyond(bound))
    line = bound.most + COOKIE_LINE_BYTES
    alike = [hop.name for hop in HOPS if bound.is_exact and hop.line == line]
    measured = _size(bound, "Cookie", COOKIE_LINE_BYTES)
    return Row(TITLES["field"], measured, _beyond(bound), ", ".join(alike))


def _fields(bound: Bound) -> Row:
    count = _at_least(bound, bound.fields)
    measured = f"{count}, {bound.most:,} of them small headers of this probe"
    return Row(TITLES["fields"], measured if bound.most else _none(bound), _beyond(bound))


def _back(bound: Bound, is_browser: bool, is_http2: bool) -> Row:
    measured = _octets(bound) if is_http2 else _size(bound, "Set-Cookie", SET_COOKIE_LINE_BYTES)
    own = _own_limit(bound) if is_browser else ""
    return Row(TITLES["back"], measured, own or _beyond(bound))


def _size(bound: Bound, name: str, beside: int) -> str:
    if not bound.most:
        return _none(bound)
    return f"{_octets(bound)}, {bound.most + beside:,} with “{name}: ” and line end"


def _octets(bound: Bound) -> str:
    return _at_least(bound, bound.most, " bytes") if bound.most else _none(bound)


def _timed(in_two: Bound, in_one: Bound) -> Row:
    least = f"between {in_two.most:,} and" if in_two.is_exact else "up to"
    octets = _at_least(in_one, in_one.most, " bytes")
    beyond = f"in two writes {_beyond(in_two)}; in one {_beyond(in_one)}"
    return Row(TITLES["field"], f"depends on timing: {least} {octets}", beyond)


def _at_least(bound: Bound, number: int, unit: str = "") -> str:
    if bound.cut and not bound.is_exact:
        return f"at least {number:,}{unit}"
    return f"{number:,}{unit}{' or more' if bound.is_open else ''}"


def _none(bound: Bound) -> str:
    return NOTHING if bound.is_measured else NOT_MEASURED


def _beyond(bound: Bound) -> str:
    if bound.least is None:
        return NOT_MEASURED if bound.cut else "not reached: nothing larger was tried"
    words = f"{bound.least:,}: {_consequence(bound.beyond)}"
    if bound.further and bound.beyond and bound.further[1].status != bound.beyond.status:
        size, outcome = bound.further
        words += f"; {size:,}: {_consequence(outcome)}"
    return words if bound.is_exact or not bound.most else f"{words}; {NOT_MEASURED} between"


def _consequence(outcome: Outcome | None) -> str:
    words = {
        NoStatus.CLOSED: "the connection is closed before the response is complete",
        NoStatus.SILENT: f"no response within {PATIENCE_SECONDS} seconds",
        NoStatus.MOVED: "a redirect to another address",
    }
    if outcome is None:
        return NOT_MEASURED
    if isinstance(outcome.status, NoStatus):
        return words[outcome.status]
    if outcome.status != OK:
        return str(outcome.status)
    if not outcome.arrived:
        return "dropped on the route, with status 200 all the same: a cart would look empty"
    return f"cut to {outcome.arrived:,} on the route, with status 200 all the same"


def _own_limit(bound: Bound) -> str:
    # A hop that refuses a response sends a status. Without one, and near the known limit of a
    # browser, the browser refused it. The other headers of a response are below 4,096 bytes.
    if bound.beyond is None or bound.beyond.status is not NoStatus.CLOSED:
        return ""
    for own in OWN_LIMITS:
        if own.octets - 4096 < bound.most < own.octets:
            return (
                f"{bound.least:,}: your browser refuses it. {own.browser} accepts at most "
                f"{own.octets:,} bytes of response headers in all ({own.source})"
            )
    return ""


def _notes(findings: Findings) -> list[str]:
    notes = []
    if findings.is_shared is not None:
        passes = "no longer passes" if findings.is_shared else "still passes"
        notes.append(
            f"The largest request header {passes} beside {BESIDE_BYTES:,} bytes of other headers."
        )
    bounds = {"field": findings.sure_field, "fields": findings.fields, "back": findings.back}
    if findings.depends_on_timing:
        notes.append(TIMING)
    if any(bound.is_steady is False for bound in bounds.values()):
        notes.append("A second try had a different result: the limit varies here.")
    once = [
        TITLES[question]
        for question, bound in bounds.items()
        if bound.least is not None and bound.is_steady is None
    ]
    if once:
        notes.append(f"Not confirmed by a second try: {', '.join(once)}.")
    cuts = {bound.cut for bound in bounds.values()}
    return notes + [sentence for cut, sentence in ENDED.items() if cut in cuts]


def _failures(failed: Sequence[str]) -> list[str]:
    if not failed:
        return []
    why = ", ".join(dict.fromkeys(failed))
    return [
        f"Failed connections: {len(failed)} ({why}). Each attempt tries to connect at most twice."
    ]


def _no_conclusion(findings: Findings) -> str:
    is_cut = findings.field.cut or findings.back.cut
    why = "the search did not finish" if is_cut else "not even the smallest header passes"
    return f"What this means for a cart is unknown: {why}."


def _conclusion(budget: int, set_to: int) -> str:
    if budget >= set_to:
        full = "A full cart" if set_to == BROWSER_LIMIT_BYTES else "The largest cart of this shop"
        return f"{full} ({set_to:,} bytes) passes here, in requests and in responses."
    if not budget:
        return "Not even a small cart passes here: raise the limits of the hops on the route."
    return (
        f"A full cart ({set_to:,} bytes) does not pass here: "
        f"set SHOP_CART_BUDGET_BYTES={budget}, or raise the limits of the hops on the route."
    )


def _assumptions(findings: Findings) -> list[str]:
    others = f" and {POST_BYTES:,} bytes of a browser’s other headers" if findings.is_shared else ""
    return [
        f"This allows for {COOKIE_BESIDE_BYTES:,} bytes of the shop’s other cookies{others} in a "
        "request. It assumes that the response to a cart change has "
        f"{ANSWER_BESIDE_BYTES:,} bytes more than the one measured, and that all its headers count "
        "towards the limit. Cookies of other programs on this host are not included.",
    ]
