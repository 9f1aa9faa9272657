"""Joins the test mode to the shop's app."""

from __future__ import annotations

import errno
import time
from collections.abc import Iterable
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, abort, make_response, request
from flask_wtf.csrf import CSRFProtect
from itsdangerous import TimestampSigner
from werkzeug.wrappers import Response

from shop.test_mode import handles, pages
from shop.test_mode.api import views as api
from shop.test_mode.api.errors import in_json
from shop.test_mode.asked import KEY, ahead_seconds, asked, clock, read
from shop.test_mode.worlds import Worlds
from shop.web.site.shop import CHOOSE, Shop

__all__ = ["clock", "join"]

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MARK = "Shop-Test-Mode"
"""A header of every response, so that a test can check where it is."""


def join(app: Flask, folder: Path) -> None:
    """Adds worlds, whose databases may be kept in a folder, faults, `/test` and `/api` to an app
    whose clock is one that `clock` makes."""
    shop: Shop = app.extensions["shop"]
    worlds = Worlds(shop, folder)
    app.extensions[pages.EXTENSION] = worlds
    app.extensions[CHOOSE] = lambda: _shop(worlds)
    app.jinja_env.globals["is_test_mode"] = True
    app.before_request_funcs.setdefault(None, []).insert(0, _fail)  # before a form is checked
    app.after_request(_remember)
    app.after_request(in_json)
    protect: CSRFProtect = app.extensions["csrf"]
    for blueprint in (pages.blueprint, handles.blueprint, api.blueprint):
        protect.exempt(blueprint)  # loopback only; a page of another site is refused all the same
        app.register_blueprint(blueprint)
    # Sessions and CSRF tokens are signed with a time by itsdangerous, which can be given no clock.
    TimestampSigner.get_timestamp = _timestamp  # type: ignore[method-assign,assignment]
    app.wsgi_app = _with_worlds(app.wsgi_app, worlds)  # type: ignore[method-assign,assignment]


def _shop(worlds: Worlds) -> Shop:
    here = asked()
    return worlds.shop_with_no_database() if here.faults.database_down else here.world.shop


def _with_worlds(wsgi_app: WSGIApplication, worlds: Worlds) -> WSGIApplication:
    def chosen(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *rest: object) -> object:
            return start_response(status, [*headers, (MARK, "on")], *rest)  # type: ignore[arg-type]

        here = environ[KEY] = read(environ, worlds)
        is_post = environ["REQUEST_METHOD"] == "POST"
        is_dropped = is_post and here.world.dropped < here.faults.drop_posts
        here.world.dropped += is_dropped
        response = wsgi_app(environ, start)  # type: ignore[arg-type]
        if is_dropped:
            _drop(response)
        return response

    return chosen


def _drop(response: Iterable[bytes]) -> None:
    # The work is done once the response is read to its end. The server takes this error for a
    # client that went away: it closes the connection without a word.
    for _ in response:
        pass
    if hasattr(response, "close"):
        response.close()
    raise BrokenPipeError(errno.EPIPE, "a test asked for this response to be dropped")


def _fail() -> Response | None:
    here = asked()
    if here.refusal:
        return Response(f"{here.refusal}\n", HTTPStatus.BAD_REQUEST, mimetype="text/plain")
    if request.endpoint in ("assets.show", "assets.favicon"):
        return None
    if here.faults.slow:
        time.sleep(here.faults.slow / 1000)
    if request.method == "POST" and here.world.failed < here.faults.fail_posts:
        here.world.failed += 1
        abort(HTTPStatus.INTERNAL_SERVER_ERROR)
    if request.method == "GET" and here.faults.stale_page:
        page = here.world.pages.get(request.script_root + request.full_path)
        return None if page is None else make_response(page)
    return None


def _remember(response: Response) -> Response:
    is_page = response.status_code == HTTPStatus.OK and response.mimetype == "text/html"
    if request.method == "GET" and is_page and not response.direct_passthrough:
        asked().world.remember(request.script_root + request.full_path, response.get_data())
    return response


_real_timestamp = TimestampSigner.get_timestamp


def _timestamp(signer: TimestampSigner) -> int:
    return _real_timestamp(signer) + ahead_seconds()
