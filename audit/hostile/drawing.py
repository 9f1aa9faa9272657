"""Hostile requests to one route, drawn at random from what is known of the shop.

About half of the values are those that the shop's own pages have, so that a request gets past the
checks of its address, its token and its other fields. The same random generator draws the same
requests; Hypothesis would add a search for shorter ones, and takes twenty times as long.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from urllib.parse import quote_plus

from werkzeug.routing import Rule

from audit.hostile.exploring import FORM, Known, Pairs, Sample
from audit.hostile.wire import Sent, header_safe, path_quoted
from shop.core import cookie

TEXTS = (
    *(
        "",
        " ",
        "\0",
        "%00",
        "%",
        "%zz",
        "%ff%fe",
        "\ud800",
        "\ufeff",
        "\u202eabc",
        "é",
        "e\u0301" * 900,
    ),
    *(
        "0",
        "-0",
        "-1",
        "00",
        "+1",
        " 1 ",
        "1_000",
        "1.5",
        "1e400",
        "NaN",
        "Infinity",
        "0x10",
        "²",
        "٣",
    ),
    *("2147483648", "9223372036854775808", "9" * 30, "9" * 5000, "-" + "9" * 5000, "A" * 3000),
    *("\r\nX-Injected: 1", "\nX-Injected: 1", "a\tb", "\x1b[31m", "\x85", "\u2028", "\x7f"),
    *(
        "../../../../etc/passwd",
        "..",
        ".",
        "//evil.example",
        "https://evil.example/",
        "\\\\evil\\a",
    ),
    *(
        "' OR 1=1 --",
        '"',
        "\\",
        "*",
        "AND",
        'a" NEAR "',
        "{{7*7}}",
        "{0}",
        "%s%n",
        "${jndi:ldap://a}",
    ),
    *(
        "</title><script>alert(1)</script>",
        '" onload="alert(1)',
        "javascript:alert(1)",
        "<!--",
        "]]>",
    ),
    *(
        "None",
        "null",
        "true",
        "[]",
        "{}",
        "a[b]=c",
        "=",
        "&",
        ";",
        ",",
        "=CMD()",
        "🛒" * 400,
        "İıſß",
    ),
)
NAMES = (
    "code",
    "sku",
    "quantity",
    "",
    "__class__",
    "a[]",
    "csrf_token",
    "q",
    "page",
    "next",
    "é",
    "\0",
    "A" * 300,
)
HEADERS: Mapping[str, Sequence[str]] = {
    "Accept": ("application/json", "*/*;q=x", "text/html;level=" + "9" * 400, ","),
    "Accept-Encoding": ("br;q=0", "identity;q=0, *;q=0", "gzip;q=NaN", "br, gzip", "\xff"),
    "Accept-Language": ("de", "ar;q=2", "x" * 9000, "-,_;q=;", "*", "de-" * 900, "\xff\xfe"),
    "Authorization": ("Basic !!!", "Basic " + "A" * 4000, "Bearer", "Digest a=", "\xff"),
    "Cache-Control": ("max-age=-1", "no-cache, x=" + "9" * 400, "only-if-cached"),
    "Content-Type": ("", "text/plain", "multipart/form-data", "a/b; charset=utf-7", "\xff"),
    "Date": ("yesterday",),
    "Forwarded": ("for=evil;host=evil.example;proto=https",),
    "If-Match": ("*", '"', "W/" * 300),
    "If-Modified-Since": ("0", "Thu, 99 Foo 99999 99:99:99 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"),
    "If-None-Match": ("*", '"', 'W/"a", "b', "\xff", "A" * 4000),
    "If-Range": ('"a"', "x"),
    "Origin": ("null", "http://evil.example", "http://[", "http://" + "a" * 5000, "://", "\xff"),
    "Priority": ("u=99",),
    "Range": (
        "bytes=0-",
        "bytes=5-1",
        "bytes=-99999999999999999999",
        "bytes=" + "0-1," * 900,
        "a=b",
    ),
    "Referer": ("http://evil.example/", "http://[", "//", "http://localhost:99999999/", "\xff"),
    "Sec-Fetch-Site": ("same-origin", "cross-site", "none", "x", ""),
    "User-Agent": ("", "() { :;}; echo X-Injected: 1", "\xff" * 300),
    "X-Forwarded-For": ("127.0.0.1, evil", "999.1.1.1", "::1%lo", "\xff"),
    "X-Forwarded-Host": ("evil.example", "[", "a b"),
    "X-Forwarded-Prefix": ("//evil.example",),
    "X-Forwarded-Proto": ("https", "javascript"),
    "X-HTTP-Method-Override": ("DELETE", "BREW"),
    "X-Request-Id": ("a" * 65, "\xff", "<b>"),
    "X-Requested-With": ("XMLHttpRequest", "crumb", ""),
}
ARGUMENT = re.compile(r"<(?:[^<>]*:)?(\w+)>")
"""An argument in the text of a rule, with or without its converter."""
PREFIXES = (*[""] * 9, "/de", "/ar", "/xx", "/DE", "/de/fr", "/")
COOKIES = ("cart", "session", "undo", "undo-anywhere", "script", "admin", "orders", "")


QUERIES = ("%", "&&&", "=", "a&a=&=a", "q=%ff", "?" * 50, "&" * 2000, "q=" + "a+" * 3000)
BODIES = (
    *(b"", b"&" * 60_000, b"a=" * 30_000, b"a" * 70_000, b"%" * 999, b"\xff\xfe", b"\0"),
    *(b"[" * 30_000, b'{"a":' * 10_000, b"null", b"[1e999]", b'"\\ud800"', b'{"lines":[{}]}'),
    *(b"--a\r\n" * 9_000, b'--a\r\nContent-Disposition: form-data; name="a"\r\n\r\n'),
)


@dataclass(frozen=True, slots=True)
class Held:
    """What the browser of the requests holds: its cookies, and tokens of its forms."""

    cookies: Mapping[str, str]
    tokens: Sequence[str]


@dataclass(frozen=True, slots=True)
class Drawer:
    """Draws requests to a shop: always with its cart, mostly with all that its browser holds."""

    rng: Random
    known: Known
    held: Held
    names: Sequence[str]
    values: Sequence[str]

    @classmethod
    def of(cls, rng: Random, known: Known, held: Held) -> Drawer:
        names = sorted({*known.names, *NAMES})
        return cls(rng, known, held, names, sorted(known.values) or [""])

    def request(self, rule: Rule, method: str) -> Sent:
        sample = self.rng.choice(self.known.of(str(rule.endpoint), method) or [Sample({})])
        names = [*self.known.names_of(str(rule.endpoint)), *self.rng.choices(self.names, k=2)]
        content_type, body = (
            ("", b"") if method in ("GET", "HEAD") else self._body(sample.form, names)
        )
        headers = [("Cookie", self._cookies()), ("Content-Type", content_type)]
        drawn = [*filter(lambda header: header[1], headers), *self._headers()]
        unique = dict(reversed(drawn)).items()  # two types of one body are refused by the server
        return Sent(method, self._target(rule, sample, names), tuple(unique), body)

    def _target(self, rule: Rule, sample: Sample, names: Sequence[str]) -> str:
        is_kept = not self._in(3)

        def value(found: re.Match[str]) -> str:
            offered = str(sample.values.get(found[1], "1"))
            return path_quoted(offered if is_kept or self._in(2) else self._text())

        path = self.rng.choice(PREFIXES) + ARGUMENT.sub(value, rule.rule)
        query = (
            self.rng.choice(QUERIES) if self._in(8) else _encoded(self._pairs(sample.query, names))
        )
        return f"{path}?{query}" if query else path

    def _headers(self) -> list[tuple[str, str]]:
        names = self.rng.sample(sorted(HEADERS), self.rng.choice((0, 0, 1, 3)))
        texts = [self._text() if self._in(4) else self.rng.choice(HEADERS[name]) for name in names]
        return [(name, header_safe(text)) for name, text in zip(names, texts, strict=True)]

    def _cookies(self) -> str:
        held = self.held.cookies
        kept = [name for name in held if name == cookie.NAME or not self._in(10)]
        foreign = []
        for _ in range(self.rng.choice((0, 0, 1, 4))):
            spoilt = self.rng.choice(sorted(held.values()))[:-3] + "___"
            value = self._text() if self._in(2) else spoilt
            # What follows a semicolon would be another cookie, perhaps a valid cart.
            foreign.append((self.rng.choice(COOKIES), value.replace(";", "")))
        both = [*foreign, *((name, held[name]) for name in kept)]
        return header_safe("; ".join(f"{name}={value}" for name, value in both))

    def _body(self, form: Pairs, names: Sequence[str]) -> tuple[str, bytes]:
        pairs = self._pairs(form, names)
        has_token = any(name == "csrf_token" for name, _ in pairs)
        if not has_token and not self._in(5):
            pairs = (*pairs, ("csrf_token", self.rng.choice(self.held.tokens)))
        match self.rng.randrange(8):
            case 0:
                return self._multipart(pairs)
            case 1:
                return "application/json", json.dumps(dict(pairs)).encode()
            case 2:
                kinds = (FORM, "application/json", "multipart/form-data; boundary=a")
                return self.rng.choice(kinds), self.rng.choice(BODIES)
            case _:
                return FORM, _encoded(pairs).encode()

    def _multipart(self, pairs: Pairs) -> tuple[str, bytes]:
        parts = [(f'name="{_line(name)}"', _octets(value)) for name, value in pairs]
        name, content = self.rng.choice(sorted({*self.known.files, "file"})), self.rng.randbytes(40)
        parts.append((f'name="{name}"; filename="{_line(self._text())}"', content))
        body = b"".join(
            b"--edge\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % (_octets(head), value)
            for head, value in parts
        )
        return "multipart/form-data; boundary=edge", body + b"--edge--\r\n"

    def _pairs(self, offered: Pairs, names: Sequence[str]) -> Pairs:
        pairs = list(offered)
        for _ in range(self.rng.choice((0, 0, 1, 1, 2, 4))):
            name, at = self.rng.choice(names), self.rng.randrange(len(pairs) + 1)
            match self.rng.randrange(3):
                case 0 if at < len(pairs):
                    del pairs[at]
                case 1 if at < len(pairs):
                    pairs[at] = (pairs[at][0], self._text())
                case _:
                    pairs.insert(at, (name, self._text()))
        return tuple(pairs)

    def _text(self) -> str:
        text = self.rng.choice(TEXTS) if self._in(2) else self.rng.choice(self.values)
        match self.rng.randrange(6):
            case 0:
                return text + self.rng.choice(TEXTS)
            case 1:
                return "".join(
                    chr(self.rng.randrange(0x3000)) for _ in range(self.rng.randrange(30))
                )
            case 2 if text:
                at = self.rng.randrange(len(text))
                return text[:at] + chr(self.rng.randrange(0x110000)) + text[at + 1 :]
            case _:
                return text

    def _in(self, count: int) -> bool:
        return self.rng.randrange(count) == 0


def _encoded(pairs: Pairs) -> str:
    def quoted(text: str) -> str:
        return quote_plus(text, encoding="utf-8", errors="surrogatepass")

    return "&".join(f"{quoted(name)}={quoted(value)}" for name, value in pairs)


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _line(text: str) -> str:
    return re.sub(r'[\r\n"]', "", text)
