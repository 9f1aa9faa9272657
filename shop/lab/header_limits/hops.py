"""What is known of what stands between a browser and a shop: how large a header it lets through.

All are defaults, and what was published of them by November 2026. Sizes are bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

from shop.lab.sources import Source


@dataclass(frozen=True, slots=True)
class Hop:
    """A server or proxy. `line` is the most of one line of a request, name and line end among
    it, where that is the limit; `beyond` is what happens to what is larger."""

    name: str
    request: str
    answer: str
    beyond: str
    source: Source
    line: int | None = None


HOPS = (
    Hop(
        "nginx",
        "8,192 a line",
        "4,096 for the whole header: one page of memory",
        "400 “Request Header Or Cookie Too Large”, its own 494 within; of an answer 502",
        Source("nginx", "large_client_header_buffers and proxy_buffer_size"),
        8192,
    ),
    Hop(
        "Apache httpd",
        "8,190 a field, 100 fields",
        "not published",
        "400 “Size of a request header field exceeds server limit.”",
        Source("Apache httpd", "include/httpd.h, DEFAULT_LIMIT_REQUEST_FIELDSIZE"),
    ),
    Hop(
        "gunicorn",
        "8,190 a line, 100 fields",
        "no limit",
        "431; until 2022 400",
        Source("gunicorn", "gunicorn/config.py, limit_request_field_size"),
        8190,
    ),
    Hop(
        "uWSGI",
        "4,096 for the whole request",
        "no limit",
        "the connection is closed without a status",
        Source("uWSGI", "core/init.c, buffer_size"),
    ),
    Hop(
        "HAProxy",
        "15,360 for the whole header, 101 fields",
        "15,360 for the whole header",
        "400; of an answer 502",
        Source("HAProxy", "defaults.h, BUFSIZE less MAXREWRITE; tune.http.maxhdr"),
    ),
    Hop(
        "AWS ALB",
        "16 K a field, 64 K for the whole header",
        "32 K for the whole header",
        "not published",
        Source("AWS", "load-balancer-limits.html"),
    ),
    Hop(
        "Cloudflare",
        "128 KB for the whole header",
        "128 KB for the whole header",
        "not published",
        Source("Cloudflare", "developers.cloudflare.com/workers/about/limits"),
    ),
    Hop(
        "Fastly",
        "32 KB for the Cookie field",
        "not published",
        "the request goes on without its cookies: the cart looks empty",
        Source("Fastly", "VCL, constraints and limitations"),
    ),
    Hop(
        "Heroku",
        "8,192 a line",
        "not published",
        "400",
        Source("Heroku", "help.heroku.com/TQ80D553"),
        8192,
    ),
    Hop(
        "IIS",
        "about 16 K a field and in all",
        "not published",
        "400 “Request header too long”",
        Source("Microsoft", "http.sys, MaxFieldLength and MaxRequestBytes"),
    ),
)


@dataclass(frozen=True, slots=True)
class OwnLimit:
    """What a browser itself lets an answer's header have, in bytes."""

    browser: str
    octets: int
    source: Source


OWN_LIMITS = (OwnLimit("Chromium", 262_144, Source("Chromium", "net/http/http_stream_parser.h")),)
