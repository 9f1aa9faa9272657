"""A Set-Cookie header as a browser parses it, and the headers that delete its cookie again.

By RFC 6265bis, section 5.6, any header is parsed somehow, so the headers of conformance cases need
no special treatment to be deleted again.
"""

from __future__ import annotations

from dataclasses import dataclass

WHITE_SPACE = " \t"
KEPT_ATTRIBUTES = ("Secure", "HttpOnly", "Partitioned")
"""Without these, a deletion may be refused, or miss the cookie."""


@dataclass(frozen=True, slots=True)
class Received:
    """A parsed Set-Cookie header: name, value, and the attributes in order, each with its name in
    lower case; unknown and over-long attributes included."""

    name: str
    value: str
    attributes: tuple[tuple[str, str], ...]

    def all(self, attribute: str) -> list[str]:
        """The values of all attributes of this name."""
        return [value for name, value in self.attributes if name == attribute]


def received(line: str) -> Received:
    """Parses a header by the algorithm of section 5.6, steps 2 to 6."""
    pair, *rest = line.split(";")
    name, value = _halves(pair)
    if "=" not in pair:
        name, value = "", name
    parts = (_halves(part) for part in rest)
    return Received(name, value, tuple((part.lower(), given) for part, given in parts))


def default_path(address: str) -> str:
    """The path of a cookie that is set at this address without one (section 5.1.4)."""
    return address.rpartition("/")[0] or "/"


def deletions(line: str, *, default: str, host: str) -> tuple[str, ...]:
    """Headers that delete what a browser may have stored for a header from this host.

    A cookie is identified by its name, path and domain (section 5.7, step 23), so each path and
    domain of the header is tried, also those that should have been ignored, and the default path. A
    header without name and value would be ignored (step 2), so a nameless cookie is overwritten
    with a value. Firefox takes text without = for a name, so a cookie of that name is deleted too.
    """
    cookie = received(line)
    paths = [path for path in cookie.all("path") if path.startswith("/")]
    domains = [domain for domain in cookie.all("domain") if _covers(domain, host)]
    kept = [text for text in KEPT_ATTRIBUTES if cookie.all(text.lower())]
    pairs = [f"{cookie.name}=" if cookie.name else "=gone"]
    if "=" not in line.partition(";")[0]:
        pairs.append(f"{cookie.value}=")
    return tuple(
        "; ".join([pair, f"Path={path}", *domain, *kept, "Max-Age=0"])
        for pair in pairs
        for path in dict.fromkeys([*paths, default])
        for domain in ([], *([f"Domain={domain}"] for domain in dict.fromkeys(domains)))
    )


def _halves(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip(WHITE_SPACE), value.strip(WHITE_SPACE)


def _covers(domain: str, host: str) -> bool:
    covered = domain.removeprefix(".").lower()
    return bool(covered) and (host == covered or host.endswith(f".{covered}"))
