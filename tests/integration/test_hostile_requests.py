"""Hostile requests to every route, drawn from a seed. `make audit` sends more, over HTTP."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote_to_bytes

from flask import Flask
from werkzeug.test import create_environ, run_wsgi_app

from audit.hostile.fuzzing import prepared
from audit.hostile.wire import Received, Send, Sent
from tests.conftest import KEY, OpenShop
from tests.integration import keepers

SEED = 20_261_129
EXAMPLES = 12
"""Requests to each route by each of its methods."""


def test_no_request_breaks_a_page_or_loses_a_cart(shop: OpenShop) -> None:
    keepers.add_keeper(shop)
    keeper = keepers.EMAIL, keepers.PASSWORD
    fuzzer = prepared(_in_process(shop.app), shop.app.url_map, keys=[KEY], keeper=keeper, pages=1)
    outcome = fuzzer.attack(examples=EXAMPLES, few=0, seed=SEED)
    told = [f"{endpoint}: {fault}: {sent}" for (endpoint, fault), sent in outcome.faults.items()]
    assert not told, "\n".join(told)
    # Otherwise every request would end at the first check.
    assert len(outcome.accepted) > 65


def _in_process(app: Flask) -> Send:
    def send(sent: Sent) -> Received:
        iterable, status, headers = run_wsgi_app(app.wsgi_app, _environ(sent), buffered=True)
        lower = tuple((name.lower(), value) for name, value in headers)
        return Received(int(status.partition(" ")[0]), lower, b"".join(iterable))

    return send


def _environ(sent: Sent) -> dict[str, Any]:
    path, _, query = sent.target.partition("?")
    environ = create_environ(
        method=sent.method,
        base_url="http://localhost",
        input_stream=None,
        data=sent.body,
    )
    environ |= {"PATH_INFO": unquote_to_bytes(path).decode("latin-1"), "QUERY_STRING": query}
    for name, value in sent.headers:
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    return environ
