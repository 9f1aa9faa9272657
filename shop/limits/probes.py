"""What is asked of the visiting browser, probe by probe.

Each is asked of the browser itself, never quoted. Cookies are set for the jar's own path, small
ones but for the sizes that are asked about, and live for minutes. What a script is to see is
set for the page's path, one above, and small.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import Any

from shop.core.cookie import BROWSER_LIMIT_BYTES
from shop.limits.trial import Answer, Cookies, Exchange, Findings, Script
from shop.web.cart_cookie import MAX_AGE_LIMIT_SECONDS

LIFE_SECONDS = 300
LARGEST_TRIED = 16_384
"""Octets of name + value: what a browser keeps beyond that hardly any server lets through."""
ATTRIBUTE_LIMIT_BYTES = 1024
MOST_COOKIES = 400
BATCH = 20
"""Cookies a response: a proxy lets little more than 4 kB of headers through."""

Steps = Generator[Exchange, Answer, Findings]


def line(name: str, value: str, jar: str, *attributes: str) -> str:
    """A Set-Cookie line for the path of a jar."""
    parts = [f"{name}={value}", f"Path={jar}", f"Max-Age={LIFE_SECONDS}", *attributes]
    return "; ".join(parts)


def length_of(name: str) -> Callable[[Cookies], Answer]:
    """Reads how long a cookie's value is; None when it did not come."""
    return lambda cookies: next((len(value) for found, value in cookies if found == name), None)


def value_of(name: str) -> Callable[[Cookies], Answer]:
    """Reads a cookie's value; None when it did not come."""
    return lambda cookies: next((value for found, value in cookies if found == name), None)


def has(name: str) -> Callable[[Cookies], Answer]:
    """Reads whether a cookie came."""
    return lambda cookies: any(found == name for found, _ in cookies)


def largest(jar: str) -> Steps:
    """The most octets of name + value that are kept, to the byte; beyond LARGEST_TRIED nobody
    asks, and `dropped` is None."""

    def is_kept(octets: int, name: str = "p") -> Generator[Exchange, Answer, bool]:
        value = "x" * (octets - len(name))
        length = yield Exchange((line(name, value, jar),), length_of(name))
        return length == len(value)

    low, high = 0, BROWSER_LIMIT_BYTES
    while high <= LARGEST_TRIED and (yield from is_kept(high)):
        low, high = high, high + 1 if high == BROWSER_LIMIT_BYTES else 2 * (high - high % 2)
    if low == LARGEST_TRIED:
        return {"largest": low, "dropped": None, "name counts": None}
    while high - low > 1:
        middle = (low + high) // 2
        if (yield from is_kept(middle)):
            low = middle
        else:
            high = middle
    halves = "n" * (low // 2)
    name_counts = low > 0 and (yield from is_kept(low, halves))
    name_limits = low > 0 and not (yield from is_kept(low + 1, halves))
    return {"largest": low, "dropped": high, "name counts": name_counts and name_limits}


def attributes(jar: str) -> Steps:
    """Whether attributes count towards the limit, and what becomes of one over 1,024 octets."""
    full = "x" * (BROWSER_LIMIT_BYTES - 1)
    extra = "Comment=" + "y" * (ATTRIBUTE_LIMIT_BYTES - 24)
    length = yield Exchange((line("p", full, jar, extra),), length_of("p"))
    yield Exchange((line("p", "", jar, "Max-Age=0"),), has("p"))

    def ends(digits: int) -> Generator[Exchange, Answer, bool]:
        yield Exchange((line("m", "1", jar),), has("m"))
        late = f"m=1; Path={jar}; Max-Age={'0' * digits}"
        is_kept = yield Exchange((late,), has("m"))
        return not is_kept

    def leads_away(octets: int) -> Generator[Exchange, Answer, bool]:
        path = f"{jar}/".ljust(octets, "a")
        life = f"Max-Age={LIFE_SECONDS}"
        is_here = yield Exchange((f"a{octets}=1; Path={path}; {life}",), has(f"a{octets}"))
        return not is_here

    return {
        "count": length != len(full),
        "Max-Age of 1024": (yield from ends(ATTRIBUTE_LIMIT_BYTES)),
        "Max-Age of 1025": (yield from ends(ATTRIBUTE_LIMIT_BYTES + 1)),
        "Path of 1024": (yield from leads_away(ATTRIBUTE_LIMIT_BYTES)),
        "Path of 1025": (yield from leads_away(ATTRIBUTE_LIMIT_BYTES + 1)),
    }


def overwriting(jar: str) -> Steps:
    """What becomes of a cookie when one of its name arrives that is too long."""
    yield Exchange((line("p", "old", jar),), has("p"))
    value = yield Exchange((line("p", "x" * BROWSER_LIMIT_BYTES, jar),), value_of("p"))
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
"""Values that are no cookie-octets throughout (RFC 6265bis, 4.1.1); a header is Latin-1 here."""


def characters(jar: str) -> Steps:
    """What arrives of a value with characters that a server is not to send."""
    findings: Findings = {}
    for named, value in CHARACTERS.items():
        arrived = yield Exchange((line("p", value, jar),), value_of("p"))
        findings[named] = arrived == value
        yield Exchange((line("p", "", jar, "Max-Age=0"),), has("p"))
    return findings


PREFIXES = {
    "__Host- without Secure": "__Host-a=1; Path=/",
    "__Host- with another path": "__Host-b=1; Secure; Path={jar}",
    "__Host- as it must be": "__Host-c=1; Secure; Path=/",
    "__HOST- in capitals, without Secure": "__HOST-d=1; Path=/",
    "__Secure- without Secure": "__Secure-e=1; Path={jar}",
    "__Secure- as it must be": "__Secure-f=1; Secure; Path={jar}",
    "__Http- without HttpOnly": "__Http-g=1; Secure; Path={jar}",
    "__Http- as it must be": "__Http-h=1; Secure; HttpOnly; Path={jar}",
    "__Host-Http- without HttpOnly": "__Host-Http-i=1; Secure; Path=/",
    "__Host-Http- as it must be": "__Host-Http-j=1; Secure; HttpOnly; Path=/",
}
"""By their definition `__Host-` cookies have the path /: these are the only ones of the
laboratory that leave its own path. They are a byte long, fixed, and deleted right after."""


def prefixes(jar: str) -> Steps:
    """Which cookies with a prefix are kept, on this origin."""
    lines = tuple(f"{text.format(jar=jar)}; Max-Age={LIFE_SECONDS}" for text in PREFIXES.values())
    names = {named: text.partition("=")[0] for named, text in PREFIXES.items()}

    def read(cookies: Cookies) -> Answer:
        came = {name for name, _ in cookies}
        return ",".join(named for named, name in names.items() if name in came)

    kept = str((yield Exchange(lines, read))).split(",")
    return {named: named in kept for named in PREFIXES}


CONTROLS = (*range(0x20), 0x7F)
KEPT, CUT, DROPPED = "kept", "cut", "dropped"


def controls(jar: str) -> Steps:
    """What becomes of a cookie with a control character in it: by script, since no server
    worth its name sends one. The findings name the characters by their codes."""
    names = {code: f"c{code:02x}" for code in CONTROLS}
    life = f"Path={page_of(jar)}; Max-Age={LIFE_SECONDS}"
    writes = tuple(f"{name}=a{chr(code)}b; {life}" for code, name in names.items())

    def read(cookies: Cookies) -> Answer:
        came = dict(cookies)
        whole = {name: f"a{chr(code)}b" for code, name in names.items()}
        return " ".join(
            f"{name}{'+' if came[name] == whole[name] else '-'}"
            for name in names.values()
            if name in came
        )

    has_script = yield Exchange(script=Script(lambda told: True, writes=writes))
    if not has_script:
        return {}
    came = str((yield Exchange((), read))).split()
    findings: Findings = {}
    for code, name in names.items():
        kept = KEPT if f"{name}+" in came else CUT if f"{name}-" in came else DROPPED
        findings[f"{code:02X}"] = kept
    return findings


def lifetime(jar: str) -> Steps:
    """For how many seconds a cookie is kept that asks for more than 400 days; None where the
    browser lets no script know, and nothing is found where no script runs."""
    asked = 2 * MAX_AGE_LIMIT_SECONDS
    yield Exchange((f"p=1; Path={page_of(jar)}; Max-Age={asked}",))
    script = Script(_seconds, about="p")
    seconds = yield Exchange(script=script)
    if seconds is None:
        return {}
    return {"asked": asked, "seconds": None if seconds is False else seconds}


def http_only(jar: str) -> Steps:
    """Whether a script sees a cookie that is HttpOnly, can write over it, or makes one; and
    whether a header can make one out of what a script wrote."""
    life = f"Path={page_of(jar)}; Max-Age={LIFE_SECONDS}"
    yield Exchange((f"h=server; {life}; HttpOnly", f"s=server; {life}"))
    writes = (f"h=script; {life}", f"s=script; {life}", f"k=script; {life}; HttpOnly")
    looked = yield Exchange(script=Script(_seen, sees=("h", "s")))
    if looked is None:
        return {}
    yield Exchange(script=Script(_seen, writes=writes))
    values = yield Exchange(
        (), lambda cookies: " ".join(f"{n}={v}" for n, v in cookies if n in "hsk")
    )
    came = dict(pair.split("=") for pair in str(values).split())
    yield Exchange((f"s=server; {life}; HttpOnly",))
    hidden = yield Exchange(script=Script(_seen, sees=("s",)))
    return {
        "seen": "h" in str(looked).split(),
        "others seen": "s" in str(looked).split(),
        "written over": came.get("h") == "script",
        "others written over": came.get("s") == "script",
        "made by script": "k" in came,
        "taken away by a header": "s" not in str(hidden).split(),
    }


SITES = {
    "none given": "d=1; Path={page}",
    "Lax": "l=1; SameSite=Lax; Path={page}",
    "None": "n=1; SameSite=None; Secure; Path={page}",
}


def same_site(jar: str) -> Steps:
    """Which cookies are sent when another site's page asks for a picture: a page of no origin
    stands for it. `measured` is False where not even SameSite=None comes back from there, as on an
    origin that is not secure, or where the browser keeps all others' cookies apart: then a script
    asks for what the browser `says` of a cookie that has none."""
    page = page_of(jar)
    lines = tuple(f"{text.format(page=page)}; Max-Age={LIFE_SECONDS}" for text in SITES.values())
    letters = {named: text[0] for named, text in SITES.items()}

    def witness(cookies: Cookies) -> tuple[str, ...]:
        came = "".join(name for name, _ in cookies if name in letters.values())
        return (line("r", f"r{came}", jar, "SameSite=None", "Secure"),)

    yield Exchange(lines)
    came = yield Exchange((), value_of("r"), witness=witness)
    if came is None:
        says = yield Exchange(script=Script(_site, about="d"))
        return {"measured": False, "says": says or None}
    sent = {named: letter in str(came) for named, letter in letters.items()}
    return {"measured": True, **sent}


def eviction(jar: str) -> Steps:
    """How many cookies of a host are kept, how many are left when one more comes, and whether
    the eldest is among them, with and without Priority=High.

    Batches find where the jar overflows; then it is emptied, filled again up to there, and the
    last ones are sent one by one.
    """
    eldest = (line("plain", "1", jar), line("high", "1", jar, "Priority=High"))
    names = [f"c{number:03}" for number in range(MOST_COOKIES)]

    def count(cookies: Cookies) -> Answer:
        return len(cookies)

    def give(batch: list[str], *first: str) -> Exchange:
        return Exchange((*first, *(line(name, "1", jar) for name in batch)), count, endangers=True)

    def batches(end: int) -> list[list[str]]:
        return [names[at : min(at + BATCH, end)] for at in range(0, end, BATCH)]

    yield Exchange(eldest, count, endangers=True)
    held, sent = 0, 0
    for batch in batches(MOST_COOKIES):
        found = yield give(batch)
        if int(found or 0) < held + len(batch):
            break
        held, sent = int(found or 0), sent + len(batch)
    else:
        return {"kept": held, "left": None, "plain": True, "high": True}
    for batch in batches(sent + BATCH):
        gone = tuple(f"{name}=; Path={jar}; Max-Age=0" for name in batch)
        yield Exchange(gone, count, endangers=True)
    yield Exchange(eldest, count, endangers=True)
    for batch in batches(sent):
        held = int((yield give(batch)) or 0)
    for name in names[sent:]:
        found = int((yield give([name])) or 0)
        if found <= held:
            break
        held = found
    survivors = yield Exchange((), lambda cookies: " ".join(name for name, _ in cookies))
    left = str(survivors).split()
    return {"kept": held, "left": found, "plain": "plain" in left, "high": "high" in left}


def page_of(jar: str) -> str:
    """The path of the page whose script looks at document.cookie: one above the jar's."""
    return jar.rpartition("/")[0]


def _seconds(told: Mapping[str, Any]) -> Answer:
    seconds = told.get("life")
    return seconds if isinstance(seconds, int) and not isinstance(seconds, bool) else False


def _site(told: Mapping[str, Any]) -> Answer:
    site = told.get("site")
    return site if site in ("lax", "none", "strict") else ""


def _seen(told: Mapping[str, Any]) -> Answer:
    seen = told.get("sees")
    if not isinstance(seen, dict):
        return ""
    return " ".join(name for name, value in seen.items() if value is not None and name in "hsk")
