"""Breaks of how a shop runs on more than one machine."""

from __future__ import annotations

from mutants.entry import Break

_SITE = "deploy/nginx-site.conf"
_TESTS = ("e2e/test_nginx.py",)

BREAKS = (
    Break(
        "a form dies with its replica",
        "A shopper sees an error page whenever a process dies that has their order in hand.",
        _SITE,
        "    proxy_next_upstream_timeout 20s;\n    error_page 502 = @again;\n",
        "    proxy_next_upstream_timeout 20s;\n",
        _TESTS,
    ),
    Break(
        "all replicas are skipped",
        "A page too large for nginx, opened twice, closes the shop to everybody for seconds.",
        _SITE,
        "    proxy_pass http://crumb-again;\n",
        "    proxy_pass http://crumb;\n",
        _TESTS,
    ),
    Break(
        "a keeper's form is sent twice",
        "A keeper who adds a photo while a process dies has it twice.",
        _SITE,
        "  location /admin {\n",
        "  location /admin {\n    proxy_next_upstream error timeout non_idempotent;\n",
        _TESTS,
    ),
    Break(
        "a visitor chooses their own address",
        "Whoever writes another address into each request is never held up by a rate limit.",
        _SITE,
        "X-Forwarded-For $remote_addr;",
        "X-Forwarded-For $proxy_add_x_forwarded_for;",
        _TESTS,
    ),
    Break(
        "Brotli for everybody",
        "Browsers without Brotli get style sheets that they cannot read.",
        _SITE,
        '"$http_host$request_uri $crumb_encoding"',
        '"$http_host$request_uri"',
        _TESTS,
    ),
    Break(
        "replicas migrate at once",
        "Of two replicas that start together on an empty PostgreSQL, one does not start.",
        "shop/storage/schema.py",
        'if connection.dialect.name == "postgresql":',
        'if connection.dialect.name == "none":',
        ("tests/integration/test_migrations.py::test_replicas_that_start_together_migrate_once",),
    ),
    Break(
        "an order has another key each time",
        "An order that is sent again after its answer was lost is placed twice.",
        "shop/web/pages/checkout.py",
        "        once_key=once_key,\n",
        "        once_key=shop().new_id(),\n",
        (
            "tests/integration/test_replicas.py"
            "::test_killed_workers_lose_no_order_and_place_none_twice",
        ),
    ),
    Break(
        "a restart ends requests",
        "Whoever sends a form while the shop is restarted gets no response.",
        "shop/server.py",
        '"graceful_timeout": STOP_SECONDS,',
        '"graceful_timeout": 0,',
        ("tests/integration/test_shutdown.py",),
    ),
)
