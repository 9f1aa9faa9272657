"""The probe of cookies with Partitioned, which are kept apart for each site in the address bar."""

from __future__ import annotations

from shop.lab.engine.exchange import Answer, Cookies, Exchange
from shop.lab.probes.questions import NAME, Steps, has, line

OCTETS, COUNT = 1_024, 16
"""The size of a cookie, name and value, and how many: more than the 12,288 bytes in all beyond
which Firefox evicts some, and Chromium's 10,240."""
ATTRIBUTES = ("Secure", "SameSite=None", "Partitioned")
BARE = "lab-q"


def partitioned(scope: str) -> Steps:
    """Whether a cookie with Partitioned is kept `apart` from one of its name without it, whether it
    is kept without Secure, and how many of COUNT are `left`. `apart` is None where no cookie with
    Secure is kept. Each cookie has its own path, so that no request brings more than one."""

    def read(cookies: Cookies) -> Answer:
        values = [value for name, value in cookies if name == NAME]
        return " ".join([str(len(values)), *(name for name, _ in cookies if name == BARE)])

    arrived = yield Exchange(
        (
            line(NAME, "plain", scope, "Secure", "SameSite=None"),
            line(NAME, "apart", scope, *ATTRIBUTES),
            line(BARE, "1", scope, "Partitioned"),
        ),
        read,
    )
    count, *bare = str(arrived).split()
    if count != "2":
        return {"apart": None if count == "0" else False}
    names = [f"{NAME}{number:02}" for number in range(COUNT)]
    for name in names:
        value = "x" * (OCTETS - len(name))
        yield Exchange((line(name, value, f"{scope}/{name}", *ATTRIBUTES),))
    left = 0
    for name in names:
        left += bool((yield Exchange((), has(name), at=f"{name}/")))
    return {"apart": True, "without Secure": bool(bare), "left": left}
