"""Runs the conformance cases in the visiting browser, one family at a time.

Each case takes two exchanges: one sets its cookies at an address in the case's own directory, the
next reads the Cookie header at another address there. The findings of a family are a mark for each
case, and the header received where it was not the expected one. Findings travel in an address, so
there is little room for them.
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
from shop.lab.engine.exchange import (
    Answer,
    Arrival,
    Exchange,
    Findings,
    NotSent,
    Probe,
    Script,
)
from shop.lab.engine.set_cookie import received

AS_EXPECTED, AS_SECURE, OTHERWISE, UNRECORDED = "+", "*", "-", "?"
"""The marks of a case that was run. AS_SECURE: as expected on a secure connection, where that makes
a difference. UNRECORDED: OTHERWISE, but without room to record the header received."""
REASONS = {
    "i": "this host is an IP address, and a domain needs a name",
    "d": "this host’s name has no dot, so it belongs to no domain",
    "a": "the domain above this host is needed, and no server can tell whether cookies may be set "
    "for it",
    "h": "a second host is needed",
    "w": "an address that spells the host differently is needed",
    "r": "a page directly below the root of the host is needed",
    "c": "no server may send this character (RFC 9110, section 5.5), and a script’s cookie is "
    "treated differently",
    "s": "only a script can write this cookie, and scripts did not run",
    "t": "the route to this browser lets headers of {passes:,} bytes through, no larger ones",
}
"""Marks of cases that cannot be run here, and the reasons. `{passes}` is a finding."""
ROOM, SPARE_ROOM = 6, 70
"""Octets of JSON for unexpected headers: an average per case of a family, and a reserve per
family."""
LONGEST = 60
"""Octets of JSON that one unexpected header may take."""
ROOT = re.compile(r"; Path=/(?=;|$)")
LIFE_SECONDS = 300
"""How long a case's cookie with the path / lives, which a prefix requires: if the visitor leaves
halfway, the browser sends it with every request to the shop."""
FEWEST_SHORTENED = 16
MOST_OTHERS = 100
"""How many cookies of other programs on this host are told apart from a case's own."""

Steps = Generator[Exchange, Answer, Findings]


@dataclass(frozen=True, slots=True)
class Environment:
    """Where the cases run: the kind of `host` (`i` an IP address, `n` a name with a dot, `s` one
    without), the `connection` (`s` secure, `p` plain, `l` loopback, which a browser may or may not
    call secure), and marks of the cookies that were there before any case."""

    host: str
    connection: str
    others: frozenset[str]

    @classmethod
    def of_request(cls, arrival: Arrival) -> Environment:
        """The environment of a request, before any case has run."""
        origin = urlsplit(arrival.origin)
        host = origin.hostname or ""
        others = (_mark(pair) for pair in _pairs(arrival.cookie)[:MOST_OTHERS])
        return cls(_kind(host), _connection(origin.scheme, host), frozenset(others))

    @classmethod
    def read(cls, text: str) -> Environment:
        """The environment from its text."""
        return cls(text[:1], text[1:2], frozenset(text[2:].split(",")))

    def __str__(self) -> str:
        return f"{self.host}{self.connection}{','.join(sorted(self.others))}"

    def why_not(self, case: Case) -> str:
        """The mark of the reason why a case cannot run here; empty when it can."""
        if case.needs == "name":
            return "i" if self.host == "i" else ""
        if case.needs == "dotted":
            return {"i": "i", "s": "d"}.get(self.host, "")
        apart = {"above": "a", "second": "h", "spelling": "w", "root": "r", "sender": "c"}
        return apart.get(case.needs, "")

    def expected(self, case: Case) -> dict[str, str]:
        """The Cookie headers that count as expected, by mark: both on a loopback address."""
        if not case.wants_secure or self.connection == "p":
            return {AS_EXPECTED: case.expected}
        secure = {AS_SECURE: case.secure}
        return secure if self.connection == "s" else {AS_EXPECTED: case.expected} | secure

    def is_of_others(self, pair: str) -> bool:
        """Whether a cookie is another program's, or a cart."""
        name = pair.partition("=")[0]
        return name in (cookie.NAME, cookie.SECURE_NAME) or _mark(pair) in self.others


def probe_of(family: Family) -> Probe:
    """The probe of a family. Its findings are `ground`, the host and connection; `marks`, one per
    case; `came`, the header received for each OTHERWISE, one per row; and `passes`, how large a
    header passes on the route if a case needs a larger one."""

    def probe(scope: str) -> Steps:
        environment = Environment.read(
            str((yield Exchange(arrival=lambda received: str(Environment.of_request(received)))))
        )
        room = ROOM * len(family.cases) + SPARE_ROOM
        has_script, passes = True, 0
        marks, instead = "", []
        for case in family.cases:
            mark = environment.why_not(case) or ("s" if case.is_written and not has_script else "")
            if not mark and (yield _setting(case, scope)) is None and case.is_written:
                mark, has_script = "s", False
            if mark:
                marks += mark
                continue
            reading = _reading(case, scope, _ours(family, case, environment), environment, room)
            try:
                answer = str((yield reading))
            except NotSent as problem:
                answer, passes = "t", problem.octets
            marks += answer[:1]
            if answer[:1] == OTHERWISE:
                instead.append(answer[1:])
                room -= _octets(answer)
        came = "\n".join(instead)
        return {"ground": str(environment)[:2], "marks": marks, "came": came, "passes": passes}

    return probe


def shortened(text: str) -> str:
    """The text with long runs of a character as `a{4094}`, cut to LONGEST."""
    runs = rf"(.)\1{{{FEWEST_SHORTENED - 1},}}"
    counted = re.sub(runs, lambda run: f"{run[1]}{{{len(run[0])}}}", text, flags=re.DOTALL)
    if _octets(counted) <= LONGEST:
        return counted
    cuts = (counted[:length] for length in range(LONGEST - 3, 0, -1))
    return next(cut for cut in cuts if _octets(cut) <= LONGEST - 3) + "..."


def _setting(case: Case, scope: str) -> Exchange:
    if not case.is_written:
        return Exchange(at=f"{case.name}/{SET_AT}")
    return Exchange(script=Script(lambda reports: True, writes=_lines(case, scope)))


def _reading(
    case: Case, scope: str, ours: Callable[[str], str], environment: Environment, room: int
) -> Exchange:
    def read(arrival: Arrival) -> Answer:
        received = ours(arrival.cookie)
        for mark, text in environment.expected(case).items():
            if received == in_directory(text, f"{scope}/{case.name}"):
                return mark
        reports = OTHERWISE + shortened(received)
        return reports if _octets(reports) <= room else UNRECORDED

    lines = () if case.is_written else _lines(case, scope)
    return Exchange(lines, arrival=read, at=f"{case.name}/{case.at}")


# The whole family is replayed at each step of a run.
@cache
def _lines(case: Case, scope: str) -> tuple[str, ...]:
    lines = (in_directory(line, f"{scope}/{case.name}") for line in case.lines)
    return tuple(ROOT.sub(rf"\g<0>; Max-Age={LIFE_SECONDS}", line) for line in lines)


def _ours(family: Family, case: Case, environment: Environment) -> Callable[[str], str]:
    def ours(header: str) -> str:
        pairs = _pairs(header)
        if family.by_name:
            names = {received(line).name for line in case.lines}
            return "; ".join(pair for pair in pairs if pair.partition("=")[0] in names)
        return "; ".join(pair for pair in pairs if not environment.is_of_others(pair))

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
