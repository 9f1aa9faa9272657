"""How large a header the common servers and proxies between a browser and a shop let through.

All are defaults over HTTP/1.1, as published by November 2026. Sizes are in bytes, and K is 1,024.
Where a row has a version, `shop limits` has measured that version as Debian 12 or its project
packages it: a server with an echo of its own, a proxy before a server without limits. Google Cloud
is not among them, because no figure of its own could be confirmed.
"""

from __future__ import annotations

from dataclasses import dataclass

from shop.lab.sources import Source


@dataclass(frozen=True, slots=True)
class Hop:
    """A server or proxy: its limits for a request and for a response. `beyond` is what happens to
    a larger header. `line` is the limit of a whole request line or field, its name and line end
    included, where there is one. `measured` is the version that was measured."""

    name: str
    request: str
    response: str
    beyond: str
    source: Source
    line: int | None = None
    measured: str = ""


SERVERS = (
    Hop(
        "gunicorn",
        "8,190 per line, 100 fields",
        "no limit",
        "431; 400 until 2022",
        Source("gunicorn", "gunicorn/config.py, limit_request_field_size"),
        8190,
    ),
    Hop(
        "uvicorn (h11)",
        "16,384 for a header that is still incomplete: more if it arrives at once",
        "no limit",
        "400",
        Source("h11", "h11/_connection.py, DEFAULT_MAX_INCOMPLETE_EVENT_SIZE"),
        measured="0.54.0",
    ),
    Hop(
        "uWSGI",
        "4,096 for the whole request",
        "no limit",
        "the connection is closed without a response",
        Source("uWSGI", "core/init.c, buffer_size"),
    ),
    Hop(
        "Node.js",
        "16 K for the whole header",
        "no limit as a server; 16 K as a proxy",
        "431; 502 for a response",
        Source("Node.js", "nodejs.org/api/cli.html, --max-http-header-size"),
        measured="20.20.2",
    ),
    Hop(
        "Go, Caddy",
        "1,052,672 for the whole request: 1 MiB and 4 K",
        "more than 1 MiB",
        "431",
        Source("Go", "src/net/http/server.go, DefaultMaxHeaderBytes"),
        measured="Go 1.19.8, Caddy 2.6.2",
    ),
    Hop(
        "Tomcat",
        "8,192 for the whole request, 100 fields",
        "8,192 for the whole header",
        "400; 500 for a response",
        Source("Tomcat", "tomcat.apache.org/tomcat-10.1-doc/config/http.html, maxHttpHeaderSize"),
        measured="10.1.60",
    ),
    Hop(
        "IIS",
        "about 16 K per field and in total",
        "not published",
        "400 “Request header too long”",
        Source("Microsoft", "http.sys, MaxFieldLength and MaxRequestBytes"),
    ),
)
PROXIES = (
    Hop(
        "nginx",
        "8,192 per line",
        "4,096 for the whole header: one page of memory",
        "400 “Request Header Or Cookie Too Large” (494 internally); 502 for a response",
        Source("nginx", "large_client_header_buffers and proxy_buffer_size"),
        8192,
        measured="1.22.1",
    ),
    Hop(
        "Apache httpd",
        "8,193 per line: 8,191 and the line end; 100 fields",
        "8,193 per line",
        "400 “Size of a request header field exceeds server limit.”; 502 for a response",
        Source("Apache httpd", "httpd.apache.org, LimitRequestFieldSize and ResponseFieldSize"),
        8193,
        measured="2.4.71",
    ),
    Hop(
        "HAProxy",
        "15,360 for the whole header, 101 fields",
        "15,360 for the whole header",
        "400; 502 for a response",
        Source("HAProxy", "defaults.h, BUFSIZE less MAXREWRITE; tune.http.maxhdr"),
        measured="2.6.12",
    ),
    Hop(
        "Varnish",
        "8,194 per line: 8,192 and the line end; 58 fields",
        "8,194 per line",
        "400; 503 for a response",
        Source("Varnish", "varnishd(1), http_req_hdr_len, http_resp_hdr_len and http_max_hdr"),
        8194,
        measured="7.1.1",
    ),
    Hop(
        "lighttpd",
        "8,192 for the whole request",
        "about 64 K for the whole header",
        "431; 502 for a response",
        Source("lighttpd", "server.max-request-field-size"),
        measured="1.4.69",
    ),
    Hop(
        "Envoy",
        "60 K for the whole header, 100 fields",
        "100 fields; the size is not published",
        "431",
        Source("Envoy", "envoy/http/codec.h, DEFAULT_MAX_REQUEST_HEADERS_KB"),
    ),
    Hop(
        "Traefik",
        "1 MiB for the whole header",
        "not published",
        "not published",
        Source("Traefik", "doc.traefik.io/traefik/v2.11/security/http2-header-memory"),
    ),
)
SERVICES = (
    Hop(
        "AWS ALB",
        "16 K per field, 64 K for the whole header",
        "32 K for the whole header",
        "not published",
        Source("AWS", "load-balancer-limits.html"),
    ),
    Hop(
        "AWS CloudFront",
        "20,480 for the whole request",
        "20,480 for the whole header",
        "413",
        Source("AWS", "AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html"),
    ),
    Hop(
        "Azure Application Gateway",
        "32 K for the whole header; over HTTP/2 8 K per field and 16 K in all",
        "not published",
        "not published",
        Source("Microsoft", "azure-docs, includes/application-gateway-limits.md"),
    ),
    Hop(
        "Azure Front Door",
        "64 K per field",
        "not published",
        "not published",
        Source("Microsoft", "azure-docs, includes/front-door-limits.md"),
    ),
    Hop(
        "Cloudflare",
        "128 K for the whole header",
        "128 K for the whole header",
        "not published",
        Source("Cloudflare", "developers.cloudflare.com/workers/about/limits"),
    ),
    Hop(
        "Fastly",
        "32 K for the Cookie field",
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
)
GROUPS = (
    ("Servers", SERVERS),
    ("Proxies", PROXIES),
    ("Services", SERVICES),
)
HOPS = tuple(hop for _, group in GROUPS for hop in group)


@dataclass(frozen=True, slots=True)
class OwnLimit:
    """The largest response header that a browser itself accepts, in bytes."""

    browser: str
    octets: int
    source: Source


OWN_LIMITS = (OwnLimit("Chromium", 262_144, Source("Chromium", "net/http/http_stream_parser.h")),)
