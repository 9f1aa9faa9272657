"""The probes of the visiting browser.

Each measures the browser itself. Cookies are set for the scope's own path. They are small, except
where a size is probed, and live for minutes, except where the life is probed. What a script must
see is small and set for the page's path, one level up. Names start with a prefix that other
programs are unlikely to use: all programs on a host share its cookies.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import Any

from shop.core.cookie import BROWSER_LIMIT_BYTES
from shop.lab.engine.exchange import (
    Answer,
    Cookies,
    Exchange,
    Findings,
    NotSent,
    Script,
)
from shop.web.cart.cart_cookie import MAX_AGE_LIMIT_SECONDS

LIFE_SECONDS = 300
LARGEST_TRIED = 16_384
"""Octets of name + value. Hardly any server lets a larger cookie through."""
ATTRIBUTE_LIMIT_BYTES = 1024
MOST_COOKIES = 400
BATCH, SMALL_BATCH = 20, 4
"""Cookies in one response, and how many when no more pass beside the visitor's cart."""
NAME = "lab-p"

Steps = Generator[Exchange, Answer, Findings]


def line(name: str, value: str, scope: str, *attributes: str) -> str:
    """A Set-Cookie header for the path of a scope."""
    parts = [f"{name}={value}", f"Path={scope}", f"Max-Age={LIFE_SECONDS}", *attributes]
    return "; ".join(parts)


def deletion(name: str, path: str) -> str:
    """A Set-Cookie header that deletes a cookie."""
    return f"{name}=; Path={path}; Max-Age=0"


def length_of(name: str) -> Callable[[Cookies], Answer]:
    """Reads the length of a cookie's value; None when the cookie is missing."""
    return lambda cookies: next(
        (len(value) for findings, value in cookies if findings == name), None
    )


def value_of(name: str) -> Callable[[Cookies], Answer]:
    """Reads a cookie's value; None when the cookie is missing."""
    return lambda cookies: next((value for findings, value in cookies if findings == name), None)


def has(name: str) -> Callable[[Cookies], Answer]:
    """Reads whether a cookie was sent."""
    return lambda cookies: any(findings == name for findings, _ in cookies)


def largest(scope: str) -> Steps:
    """The most octets of name + value that are kept, to the byte. LARGEST_TRIED is the largest size
    tried; if it is kept, `dropped` is None. So it is if no larger cookie passes on the route;
    `passes` then says how large a header does."""
    passes: int | None = None

    def is_kept(octets: int, name: str = NAME) -> Generator[Exchange, Answer, bool]:
        nonlocal passes
        value = "x" * (octets - len(name))
        try:
            length = yield Exchange((line(name, value, scope),), length_of(name))
        except NotSent as problem:
            passes = problem.octets
            return False
        passes = None
        return length == len(value)

    low, high = 0, BROWSER_LIMIT_BYTES
    while high <= LARGEST_TRIED and (yield from is_kept(high)):
        low, high = high, high + 1 if high == BROWSER_LIMIT_BYTES else 2 * (high - high % 2)
    if low == LARGEST_TRIED:
        return {"largest": low, "dropped": None, "name counts": None}
    bound = passes
    while high - low > 1:
        middle = (low + high) // 2
        if (yield from is_kept(middle)):
            low = middle
        else:
            high, bound = middle, passes
    if bound:
        return {"largest": low, "dropped": None, "name counts": None, "passes": bound}
    # Two large ones would be more than many servers accept in a request.
    yield Exchange((deletion(NAME, scope),))
    halves = "n" * (low // 2)
    name_counts = low > 0 and (yield from is_kept(low, halves))
    name_limits = low > 0 and not (yield from is_kept(low + 1, halves))
    return {"largest": low, "dropped": high, "name counts": name_counts and name_limits}


def attributes(scope: str) -> Steps:
    """Whether attributes count towards the limit, and what happens to one over 1,024 octets. If no
    cookie with so much passes on the route, `count` is None, and `passes` the header that does."""
    full = "x" * (BROWSER_LIMIT_BYTES - len(NAME))
    extra = "Comment=" + "y" * (ATTRIBUTE_LIMIT_BYTES - 24)
    route: Findings = {}
    try:
        length = yield Exchange((line(NAME, full, scope, extra),), length_of(NAME))
        yield Exchange((deletion(NAME, scope),))
    except NotSent as problem:
        length, route = None, {"passes": problem.octets}

    def ends(digits: int) -> Generator[Exchange, Answer, bool]:
        yield Exchange((line(NAME, "1", scope),))
        late = f"{NAME}=1; Path={scope}; Max-Age={'0' * digits}"
        is_kept = yield Exchange((late,), has(NAME))
        return not is_kept

    def leads_away(octets: int) -> Generator[Exchange, Answer, bool]:
        path = f"{scope}/".ljust(octets, "a")
        name = f"{NAME}{octets}"
        away = f"{name}=1; Path={path}; Max-Age={LIFE_SECONDS}"
        is_here = yield Exchange((away,), has(name))
        return not is_here

    return {
        "count": None if route else length != len(full),
        **route,
        "Max-Age of 1024": (yield from ends(ATTRIBUTE_LIMIT_BYTES)),
        "Max-Age of 1025": (yield from ends(ATTRIBUTE_LIMIT_BYTES + 1)),
        "Path of 1024": (yield from leads_away(ATTRIBUTE_LIMIT_BYTES)),
        "Path of 1025": (yield from leads_away(ATTRIBUTE_LIMIT_BYTES + 1)),
    }


def overwriting(scope: str) -> Steps:
    """What happens to a cookie when an over-long one of the same name arrives."""
    yield Exchange((line(NAME, "old", scope),))
    value = yield Exchange((line(NAME, "x" * BROWSER_LIMIT_BYTES, scope),), value_of(NAME))
    if value is None:
        return {"old": "deleted"}
    if value == "old":
        return {"old": "kept"}
    return {"old": "replaced" if len(str(value)) == BROWSER_LIMIT_BYTES else "cut"}


CHARACTERS = {
    "space": "a b",
    "comma": "a,b",
    "quote": 'a"b',
    "backslash": "a\\b",
    "tab": "a\tb",
    "beyond ASCII": "aéb".encode().decode("latin-1"),
}
"""Values with characters other than cookie-octets (RFC 6265bis, 4.1.1); headers are Latin-1."""


def characters(scope: str) -> Steps:
    """What is kept of a value with characters that a server should not send."""
    findings: Findings = {}
    for named, value in CHARACTERS.items():
        arrived = yield Exchange((line(NAME, value, scope),), value_of(NAME))
        findings[named] = arrived == value
        yield Exchange((deletion(NAME, scope),))
    return findings


PREFIXES = {
    "__Host- without Secure": "__Host-a=1; Path=/",
    "__Host- with another path": "__Host-b=1; Secure; Path={scope}",
    "__Host- as it must be": "__Host-c=1; Secure; Path=/",
    "__HOST- in capitals, without Secure": "__HOST-d=1; Path=/",
    "__Secure- without Secure": "__Secure-e=1; Path={scope}",
    "__Secure- as it must be": "__Secure-f=1; Secure; Path={scope}",
    "__Http- without HttpOnly": "__Http-g=1; Secure; Path={scope}",
    "__Http- as it must be": "__Http-h=1; Secure; HttpOnly; Path={scope}",
    "__Host-Http- without HttpOnly": "__Host-Http-i=1; Secure; Path=/",
    "__Host-Http- as it must be": "__Host-Http-j=1; Secure; HttpOnly; Path=/",
}
"""`__Host-` cookies must have the path /: besides those of the conformance cases, these are the
only ones outside the laboratory's path. They hold one byte, and are deleted right after."""


def prefixes(scope: str) -> Steps:
    """Which cookies with a prefix are kept, on this origin."""
    lines = tuple(
        f"{text.format(scope=scope)}; Max-Age={LIFE_SECONDS}" for text in PREFIXES.values()
    )
    names = {named: text.partition("=")[0] for named, text in PREFIXES.items()}

    def read(cookies: Cookies) -> Answer:
        arrived = {name for name, _ in cookies}
        return ",".join(named for named, name in names.items() if name in arrived)

    kept = str((yield Exchange(lines, read))).split(",")
    return {named: named in kept for named in PREFIXES}


CONTROLS = (*range(0x20), 0x7F)
KEPT, CUT, DROPPED = "kept", "cut", "dropped"


def controls(scope: str) -> Steps:
    """What happens to a cookie with a control character in it, written by a script, since a server
    must not send one. The findings name the characters by their codes."""
    names = {code: f"{NAME}{code:02x}" for code in CONTROLS}
    life = f"Path={page_of(scope)}; Max-Age={LIFE_SECONDS}"
    writes = tuple(f"{name}=a{chr(code)}b; {life}" for code, name in names.items())

    def read(cookies: Cookies) -> Answer:
        arrived = dict(cookies)
        whole = {name: f"a{chr(code)}b" for code, name in names.items()}
        return " ".join(
            f"{name}{'+' if arrived[name] == whole[name] else '-'}"
            for name in names.values()
            if name in arrived
        )

    has_script = yield Exchange(script=Script(lambda reported: True, writes=writes))
    if not has_script:
        return {}
    arrived = str((yield Exchange((), read))).split()
    findings: Findings = {}
    for code, name in names.items():
        kept = KEPT if f"{name}+" in arrived else CUT if f"{name}-" in arrived else DROPPED
        findings[f"{code:02X}"] = kept
    return findings


LONGEST_LIFE_SECONDS = 100 * MAX_AGE_LIMIT_SECONDS
"""How much of a browser's report is used."""


def lifetime(scope: str) -> Steps:
    """How many seconds are granted to a cookie that asks for more than 400 days. None when the
    browser does not let scripts know; nothing is found when no script runs."""
    requested = 2 * MAX_AGE_LIMIT_SECONDS
    yield Exchange((f"{NAME}=1; Path={page_of(scope)}; Max-Age={requested}",))
    script = Script(_seconds, about=NAME)
    seconds = yield Exchange(script=script)
    if seconds is None:
        return {}
    return {"asked": requested, "seconds": None if seconds is False else seconds}


def http_only(scope: str) -> Steps:
    """Whether a script can read, overwrite or create an HttpOnly cookie, and whether a header can
    make a script's cookie HttpOnly."""
    life = f"Path={page_of(scope)}; Max-Age={LIFE_SECONDS}"
    hidden, shown, made = HTTP_ONLY
    yield Exchange((f"{hidden}=server; {life}; HttpOnly", f"{shown}=server; {life}"))
    looked = yield Exchange(script=Script(_seen, sees=(hidden, shown)))
    if looked is None:
        return {}
    texts = (f"{hidden}=script; {life}", f"{shown}=script; {life}")
    yield Exchange(script=Script(_seen, writes=(*texts, f"{made}=script; {life}; HttpOnly")))

    def by_script(cookies: Cookies) -> Answer:
        return " ".join(name for name, value in cookies if value == "script" and name in HTTP_ONLY)

    written = str((yield Exchange((), by_script))).split()
    yield Exchange((f"{shown}=server; {life}; HttpOnly",))
    still = yield Exchange(script=Script(_seen, sees=(shown,)))
    return {
        "seen": hidden in str(looked).split(),
        "others seen": shown in str(looked).split(),
        "written over": hidden in written,
        "others written over": shown in written,
        "made by script": made in written,
        "taken away by a header": shown not in str(still).split(),
    }


HTTP_ONLY = ("lab-h", "lab-s", "lab-k")
"""A cookie that is HttpOnly, one that is not, and one that a script tries to make HttpOnly."""
SITES = {
    "none given": "lab-d=1; Path={page}",
    "Lax": "lab-l=1; SameSite=Lax; Path={page}",
    "None": "lab-n=1; SameSite=None; Secure; Path={page}",
    "Strict": "lab-t=1; SameSite=Strict; Path={page}",
}
BY_LINK = "{} by link"
"""The finding whether such a cookie is sent when another site's page leads here."""


def same_site(scope: str) -> Steps:
    """Which cookies are sent when another site's page requests a picture, and when it leads here; a
    page of opaque origin stands for that site. For the picture, `measured` is False when not even
    SameSite=None cookies come back, as on an insecure origin or where third-party cookies are
    blocked: then a script reports what the browser `says` about a cookie without SameSite. A second
    host would not help there."""
    page = page_of(scope)
    lines = tuple(f"{text.format(page=page)}; Max-Age={LIFE_SECONDS}" for text in SITES.values())
    names = {named: text.partition("=")[0] for named, text in SITES.items()}

    def witness(cookies: Cookies) -> tuple[str, ...]:
        arrived = ".".join(name for name, _ in cookies if name in names.values())
        return (line(NAME, f".{arrived}", scope, "SameSite=None", "Secure"),)

    def read(cookies: Cookies) -> Answer:
        led = ".".join(name for name, _ in cookies if name in names.values())
        return f"{value_of(NAME)(cookies) or ''} {led}"

    yield Exchange(lines)
    arrived, led = str((yield Exchange((), read, witness=witness))).split(" ")
    by_link: Findings = {
        BY_LINK.format(named): name in led.split(".") for named, name in names.items()
    }
    if not arrived:
        says = yield Exchange(script=Script(_site, about=names["none given"]))
        return {"measured": False, "says": says or None, **by_link}
    sent = {named: name in arrived.split(".") for named, name in names.items()}
    return {"measured": True, **sent, **by_link}


def page_of(scope: str) -> str:
    """The path of the page whose script reads document.cookie: one above the scope's."""
    return scope.rpartition("/")[0]


def _seconds(reported: Mapping[str, Any]) -> Answer:
    seconds = reported.get("life")
    if not isinstance(seconds, int) or isinstance(seconds, bool):
        return False
    return 0 < seconds < LONGEST_LIFE_SECONDS and seconds


def _site(reported: Mapping[str, Any]) -> Answer:
    site = reported.get("site")
    return site if site in ("lax", "none", "strict") else ""


def _seen(reported: Mapping[str, Any]) -> Answer:
    known = reported.get("sees")
    if not isinstance(known, dict):
        return ""
    return " ".join(name for name in HTTP_ONLY if known.get(name) is not None)
