"""The conformance cases as questions to the visiting browser, a family at a time.

Each case takes two exchanges: its lines are given at an address in its own directory, and what
comes at another is read. The findings of a family are a mark for each case, and what came
instead of what was asked: they travel in an address, so there is little room for them.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from shop.core import cookie
from shop.lab.conformance.cases import SET_AT, Case, Family, in_directory
from shop.lab.engine.exchange import Answer, Arrival, Exchange, Findings, Probe, Script
from shop.lab.engine.set_cookie import received

AS_EXPECTED, AS_SECURE, OTHERWISE, UNRECORDED = "+", "*", "-", "?"
"""The marks of a case that was measured. AS_SECURE is what is asked where the connection is
secure, if that decides; UNTOLD is OTHERWISE without room to say what came."""
REASONS = {
    "i": "this host is an IP address, and only names can be in a domain",
    "d": "this host’s name has no dot, so it is in no domain",
    "a": "a host above this is needed, and no server can tell whether cookies may be set for it",
    "h": "a second host is needed",
    "w": "an address is needed in which the host is written in another way",
    "r": "a page right below the root of the host is needed",
    "c": "no server may send this character (RFC 9110, section 5.5), and from a script it is not "
    "the same",
    "s": "only a script can write this, and none ran",
}
"""Marks of cases that were not asked here, and why not."""
ROOM, SPARE_ROOM = 6, 70
"""Octets of JSON for what came instead: so many a case on average over its family, and so many
a family beside them."""
LONGEST = 60
"""Octets of JSON that one of them may take."""
ROOT = re.compile(r"; Path=/(?=;|$)")
LIFE_SECONDS = 300
"""How long a cookie of a case may live that has the path /, as one with a prefix must: should
the visitor leave half-way, it would go along with every request to the shop."""
FEWEST_SQUEEZED = 16
MOST_OTHERS = 100
"""Cookies of other programs on this host that are told from those of a case."""

Steps = Generator[Exchange, Answer, Findings]


@dataclass(frozen=True, slots=True)
class Ground:
    """Where the cases are asked: what its host is, whether the connection is secure, or whether
    that is the browser's to say, as on a loopback address; and marks of the cookies that came
    before any was set."""

    host: str
    connection: str
    others: frozenset[str]

    @classmethod
    def of_request(cls, arrival: Arrival) -> Ground:
        """The ground under a request before any case is asked."""
        origin = urlsplit(arrival.origin)
        host = origin.hostname or ""
        others = (_mark(pair) for pair in _pairs(arrival.cookie)[:MOST_OTHERS])
        return cls(_kind(host), _connection(origin.scheme, host), frozenset(others))

    @classmethod
    def read(cls, text: str) -> Ground:
        """The ground from its text."""
        return cls(text[:1], text[1:2], frozenset(text[2:].split(",")))

    def __str__(self) -> str:
        return f"{self.host}{self.connection}{','.join(sorted(self.others))}"

    def why_not(self, case: Case) -> str:
        """The mark of the reason why a case cannot be asked here; empty when it can."""
        if case.needs == "name":
            return "i" if self.host == "i" else ""
        if case.needs == "dotted":
            return {"i": "i", "s": "d"}.get(self.host, "")
        apart = {"above": "a", "second": "h", "spelling": "w", "root": "r", "sender": "c"}
        return apart.get(case.needs, "")

    def expected(self, case: Case) -> dict[str, str]:
        """What may come back, by its mark: either where the browser says what is secure."""
        if not case.wants_secure or self.connection == "p":
            return {AS_EXPECTED: case.expected}
        secure = {AS_SECURE: case.secure}
        return secure if self.connection == "s" else {AS_EXPECTED: case.expected} | secure

    def is_of_others(self, pair: str) -> bool:
        """Whether a cookie is another program's, or a cart."""
        name = pair.partition("=")[0]
        return name in (cookie.NAME, cookie.SECURE_NAME) or _mark(pair) in self.others


def probe_of(family: Family) -> Probe:
    """The probe of a family. Findings: `ground`, its host and connection; `marks`, one a case;
    `came`, a line for each OTHERWISE."""

    def probe(scope: str) -> Steps:
        ground = Ground.read(
            str((yield Exchange(arrival=lambda received: str(Ground.of_request(received)))))
        )
        room = ROOM * len(family.cases) + SPARE_ROOM
        has_script = True
        marks, instead = "", []
        for case in family.cases:
            mark = ground.why_not(case) or ("s" if case.is_written and not has_script else "")
            if not mark and (yield _giving(case, scope)) is None and case.is_written:
                mark, has_script = "s", False
            if mark:
                marks += mark
                continue
            answer = str((yield _reading(case, scope, _ours(family, case, ground), ground, room)))
            marks += answer[:1]
            if answer[:1] == OTHERWISE:
                instead.append(answer[1:])
                room -= _octets(answer)
        return {"ground": str(ground)[:2], "marks": marks, "came": "\n".join(instead)}

    return probe


def squeezed(text: str) -> str:
    """A text with long runs of a character as `a{4094}`, cut to what can be told."""
    runs = rf"(.)\1{{{FEWEST_SQUEEZED - 1},}}"
    shortened = re.sub(runs, lambda run: f"{run[1]}{{{len(run[0])}}}", text, flags=re.DOTALL)
    if _octets(shortened) <= LONGEST:
        return shortened
    cuts = (shortened[:length] for length in range(LONGEST - 3, 0, -1))
    return next(cut for cut in cuts if _octets(cut) <= LONGEST - 3) + "..."


def _giving(case: Case, scope: str) -> Exchange:
    if not case.is_written:
        return Exchange(at=f"{case.name}/{SET_AT}")
    return Exchange(script=Script(lambda reports: True, writes=_lines(case, scope)))


def _reading(
    case: Case, scope: str, ours: Callable[[str], str], ground: Ground, room: int
) -> Exchange:
    def read(arrival: Arrival) -> Answer:
        received = ours(arrival.cookie)
        for mark, text in ground.expected(case).items():
            if received == in_directory(text, f"{scope}/{case.name}"):
                return mark
        reports = OTHERWISE + squeezed(received)
        return reports if _octets(reports) <= room else UNRECORDED

    lines = () if case.is_written else _lines(case, scope)
    return Exchange(lines, arrival=read, at=f"{case.name}/{case.at}")


# A family is gone through anew at each step of its way.
@cache
def _lines(case: Case, scope: str) -> tuple[str, ...]:
    lines = (in_directory(line, f"{scope}/{case.name}") for line in case.lines)
    return tuple(ROOT.sub(rf"\g<0>; Max-Age={LIFE_SECONDS}", line) for line in lines)


def _ours(family: Family, case: Case, ground: Ground) -> Callable[[str], str]:
    def ours(header: str) -> str:
        pairs = _pairs(header)
        if family.by_name:
            names = {received(line).name for line in case.lines}
            return "; ".join(pair for pair in pairs if pair.partition("=")[0] in names)
        return "; ".join(pair for pair in pairs if not ground.is_of_others(pair))

    return ours


def _pairs(header: str) -> list[str]:
    return [pair for pair in header.split("; ") if pair]


def _mark(pair: str) -> str:
    digest = hashlib.blake2b(pair.encode(), digest_size=3).digest()
    return urlsafe_b64encode(digest).decode()


def _octets(text: str) -> int:
    return len(json.dumps(text)) - len('""')


def _kind(host: str) -> str:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "n" if "." in host else "s"
    return "i"


def _connection(scheme: str, host: str) -> str:
    if scheme == "https":
        return "s"
    is_loopback = host in ("localhost", "::1") or host.startswith("127.")
    return "l" if is_loopback or host.endswith(".localhost") else "p"
