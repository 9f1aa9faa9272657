"""How large a header the common servers and proxies between a browser and a shop let through.

All are defaults, as published by November 2026. Sizes are in bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

from shop.lab.sources import Source


@dataclass(frozen=True, slots=True)
class Hop:
    """A server or proxy: its limits for a request and for a response. `beyond` is what happens to
    a larger header. `line` is the limit of a whole request line or field, its name and line end
    included, where there is one."""

    name: str
    request: str
    response: str
    beyond: str
    source: Source
    line: int | None = None


HOPS = (
    Hop(
        "nginx",
        "8,192 per line",
        "4,096 for the whole header: one page of memory",
        "400 “Request Header Or Cookie Too Large” (494 internally); 502 for a response",
        Source("nginx", "large_client_header_buffers and proxy_buffer_size"),
        8192,
    ),
    Hop(
        "Apache httpd",
        "8,190 per field, 100 fields",
        "not published",
        "400 “Size of a request header field exceeds server limit.”",
        Source("Apache httpd", "include/httpd.h, DEFAULT_LIMIT_REQUEST_FIELDSIZE"),
    ),
    Hop(
        "gunicorn",
        "8,190 per line, 100 fields",
        "no limit",
        "431; 400 until 2022",
        Source("gunicorn", "gunicorn/config.py, limit_request_field_size"),
        8190,
    ),
    Hop(
        "uWSGI",
        "4,096 for the whole request",
        "no limit",
        "the connection is closed without a response",
        Source("uWSGI", "core/init.c, buffer_size"),
    ),
    Hop(
        "HAProxy",
        "15,360 for the whole header, 101 fields",
        "15,360 for the whole header",
        "400; 502 for a response",
        Source("HAProxy", "defaults.h, BUFSIZE less MAXREWRITE; tune.http.maxhdr"),
    ),
    Hop(
        "AWS ALB",
        "16 K per field, 64 K for the whole header",
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
        "8,192 per line",
        "not published",
        "400",
        Source("Heroku", "help.heroku.com/TQ80D553"),
        8192,
    ),
    Hop(
        "IIS",
        "about 16 K per field and in total",
        "not published",
        "400 “Request header too long”",
        Source("Microsoft", "http.sys, MaxFieldLength and MaxRequestBytes"),
    ),
)


@dataclass(frozen=True, slots=True)
class OwnLimit:
    """The largest response header that a browser itself accepts, in bytes."""

    browser: str
    octets: int
    source: Source


OWN_LIMITS = (OwnLimit("Chromium", 262_144, Source("Chromium", "net/http/http_stream_parser.h")),)
