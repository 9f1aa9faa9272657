"""What a search of the way has found, in words and for machines, and what it means for a cart."""

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
    "field": "Largest field of a request",
    "fields": "Fields of a request",
    "back": "Largest field of an answer",
}
COOKIE_LINE_BYTES = len("Cookie: \r\n")
SET_COOKIE_LINE_BYTES = len("Set-Cookie: \r\n")
COOKIE_BESIDE_BYTES = 750
"""What a Cookie field may hold beside name + value of the cart and its undo: the signs between,
and the session, with the longest messages or with an expired cart that waits to be restored.
tests/integration/test_limits_way.py measures it."""
ANSWER_BESIDE_BYTES = 1080
"""What the answer to a change may hold, beside name + value of the cart and its undo, that the
answer of a probe has not: attributes, address, and the same session. Measured there, too."""
POST_BYTES = 1100
"""The header of a browser that sends a form, without its cookies. Chromium 156 sent 864 bytes to
a host and port of 14 characters, which stand in it three times; a longer address takes more."""
FETCH_BYTES = 590
"""The same of a fetch by Chromium 156: what the probes of a page have beside them."""
ROUNDED_TO_BYTES = 100
NOTHING = "nothing"
NOT_ASKED = "not asked"


ENDED = {
    NoStatus.OVER: f"After {MOST_SECONDS} seconds the search ended, before all was asked.",
    NoStatus.LOST: "The search ended before all was asked: at two tries there was no connection.",
}
"""Why a search ended early."""


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured of one question. `beyond` is what became of the least that did not
    pass, `alike` names what has such a limit by default."""

    title: str
    measured: str
    beyond: str
    alike: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """`budget_bytes` is what SHOP_CART_BUDGET_BYTES may be here at most, and None when nothing
    can be said of it; `says` is what that means, `assumes` what it was reckoned with."""

    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    budget_bytes: int | None
    says: str
    assumes: tuple[str, ...]


def by_browser(findings: Findings, *, budget_bytes: int) -> Report:
    """The report of a page's own search."""
    return _report(findings, set_to=budget_bytes, beside=FETCH_BYTES, is_browser=True)


def by_command(
    findings: Findings, *, budget_bytes: int, request_bytes: int, failed: Sequence[str] = ()
) -> Report:
    """The report of `shop limits`, whose requests have so many bytes beside the probing field.
    `failed` has the reason of each connection that could not be made."""
    report = _report(findings, set_to=budget_bytes, beside=request_bytes, is_browser=False)
    return replace(report, notes=(*_failures(failed), *report.notes))


def budget_of(findings: Findings, *, beside: int) -> int | None:
    """The largest cart, in bytes of name + value, that a shop can count on; at most what a
    browser keeps, and else rounded down. None where the search came to no end.

    It is reckoned that a hop counts the whole header of an answer, as all known ones do, and
    of a request only what the search found it to count.
    """
    there, back = findings.field, findings.back
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


def as_json(findings: Findings, report: Report, *, url: str, requests: int) -> str:
    """The findings for machines. What was not reached is null, and so is the status of what got
    none: `beyond` says what became of it. Where `cut` is true the search ended early, and `most`
    and `least_refused` are as far as they were known by then; `steady` is null for what was not
    asked a second time."""

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
            "request_field_bytes": bound(findings.field) | {"shared": findings.is_shared},
            "request_fields": bound(findings.fields),
            "answer_field_bytes": bound(findings.back),
            "cart_budget_bytes": report.budget_bytes,
            "rows": [asdict(row) for row in report.rows],
            "notes": report.notes,
        }
    )


def as_text(report: Report) -> str:
    """The report for a terminal."""
    cells = [("", "passes", "beyond it")]
    for row in report.rows:
        alike = f" (the default of {row.alike})" if row.alike else ""
        cells.append((row.title, row.measured, row.beyond + alike))
    widths = [max(len(row[column]) for row in cells) for column in range(2)]
    lines = [
        f"{title:{widths[0]}}  {measured:{widths[1]}}  {beyond}".rstrip()
        for title, measured, beyond in cells
    ]
    return "\n".join([*lines, "", *report.notes, report.says, *report.assumes])


def _report(findings: Findings, *, set_to: int, beside: int, is_browser: bool) -> Report:
    budget = budget_of(findings, beside=beside)
    return Report(
        rows=(_field(findings.field), _fields(findings.fields), _back(findings.back, is_browser)),
        notes=tuple(_notes(findings)),
        budget_bytes=budget,
        says=_says(budget, set_to) if budget is not None else _says_nothing(findings),
        assumes=() if budget is None else tuple(_assumes(findings)),
    )


def _field(bound: Bound) -> Row:
    line = bound.most + COOKIE_LINE_BYTES
    alike = [hop.name for hop in HOPS if bound.is_exact and hop.line == line]
    measured = _size(bound, "Cookie", COOKIE_LINE_BYTES)
    return Row(TITLES["field"], measured, _beyond(bound), ", ".join(alike))


def _fields(bound: Bound) -> Row:
    measured = f"{_so_many(bound, bound.fields)}, {bound.most:,} of them small fields of this probe"
    return Row(TITLES["fields"], measured if bound.most else _none(bound), _beyond(bound))


def _back(bound: Bound, is_browser: bool) -> Row:
    measured = _size(bound, "Set-Cookie", SET_COOKIE_LINE_BYTES)
    own = _own_limit(bound) if is_browser else ""
    return Row(TITLES["back"], measured, own or _beyond(bound))


def _size(bound: Bound, name: str, beside: int) -> str:
    if not bound.most:
        return _none(bound)
    octets = _so_many(bound, bound.most, " bytes")
    return f"{octets}, {bound.most + beside:,} with “{name}: ” and line end"


def _so_many(bound: Bound, number: int, unit: str = "") -> str:
    if bound.cut and not bound.is_exact:
        return f"at least {number:,}{unit}"
    return f"{number:,}{unit}{' and more' if bound.is_open else ''}"


def _none(bound: Bound) -> str:
    return NOTHING if bound.is_asked else NOT_ASKED


def _beyond(bound: Bound) -> str:
    if bound.least is None:
        return NOT_ASKED if bound.cut else "not reached: nothing larger was tried"
    says = f"{bound.least:,}: {_became(bound.beyond)}"
    if bound.further and bound.beyond and bound.further[1].status != bound.beyond.status:
        size, outcome = bound.further
        says += f"; {size:,}: {_became(outcome)}"
    return says if bound.is_exact or not bound.most else f"{says}; {NOT_ASKED} between"


def _became(outcome: Outcome | None) -> str:
    words = {
        NoStatus.CLOSED: "the connection is closed without a whole answer",
        NoStatus.SILENT: f"no answer within {PATIENCE_SECONDS} seconds",
        NoStatus.MOVED: "answered with a redirect to another address",
    }
    if outcome is None:
        return NOT_ASKED
    if isinstance(outcome.status, NoStatus):
        return words[outcome.status]
    if outcome.status != OK:
        return str(outcome.status)
    if not outcome.arrived:
        return "dropped on the way, and still answered with 200: a cart would look empty"
    return f"cut to {outcome.arrived:,} on the way, and still answered with 200"


def _own_limit(bound: Bound) -> str:
    # An answer that a hop finds too large has a status: one without, near what a browser is
    # known to take, was stopped by the browser. Its other fields are below a page of memory.
    if bound.beyond is None or bound.beyond.status is not NoStatus.CLOSED:
        return ""
    for own in OWN_LIMITS:
        if own.octets - 4096 < bound.most < own.octets:
            return (
                f"{bound.least:,}: your browser stops it. {own.browser} takes a header of "
                f"{own.octets:,} bytes at most ({own.source})"
            )
    return ""


def _notes(findings: Findings) -> list[str]:
    notes = []
    if findings.is_shared is not None:
        room = "take room from it" if findings.is_shared else "take no room from it"
        notes.append(
            f"{BESIDE_BYTES:,} bytes of other fields, sent beside the largest one, {room}."
        )
    bounds = {"field": findings.field, "fields": findings.fields, "back": findings.back}
    if any(bound.is_steady is False for bound in bounds.values()):
        notes.append("A second try came out differently: what passes varies here.")
    once = [
        TITLES[question]
        for question, bound in bounds.items()
        if bound.least is not None and bound.is_steady is None
    ]
    if once:
        notes.append(f"Not asked a second time: {', '.join(once)}.")
    cuts = {bound.cut for bound in bounds.values()}
    return notes + [sentence for cut, sentence in ENDED.items() if cut in cuts]


def _failures(failed: Sequence[str]) -> list[str]:
    if not failed:
        return []
    why = ", ".join(dict.fromkeys(failed))
    return [
        f"Connections that failed: {len(failed)} ({why}). An attempt without a connection is made "
        "once more."
    ]


def _says_nothing(findings: Findings) -> str:
    is_cut = findings.field.cut or findings.back.cut
    why = "the search came to no end" if is_cut else "not even the smallest field passes"
    return f"What that means for a cart cannot be said: {why}."


def _says(budget: int, set_to: int) -> str:
    if budget >= set_to:
        full = "A full cart" if set_to == BROWSER_LIMIT_BYTES else "The largest cart of this shop"
        return f"{full} ({set_to:,} bytes) passes here, in a request and in an answer."
    if not budget:
        return "No cart passes here that is worth the name: raise the limit of what stands between."
    return (
        f"A full cart ({set_to:,} bytes) does not pass here: "
        f"set SHOP_CART_BUDGET_BYTES={budget}, or raise the limit of what stands between."
    )


def _assumes(findings: Findings) -> list[str]:
    others = f", and {POST_BYTES:,} of a browser’s other fields" if findings.is_shared else ""
    return [
        f"This reckons with {COOKIE_BESIDE_BYTES:,} bytes of the shop’s other cookies in a request"
        f"{others}. The answer to a change is taken to be {ANSWER_BESIDE_BYTES:,} bytes longer "
        "than the one measured, and all of its header to count against the limit. Cookies of other "
        "programs on this host are left out.",
    ]
