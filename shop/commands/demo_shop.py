"""`shop demo`: the demo shop in memory, ready at once, and gone when it is stopped."""

from __future__ import annotations

import os
import time
from functools import partial

import click
from flask import Flask

from shop import secret_keys, setting_checks
from shop.commands.catalogue import import_file
from shop.commands.database import DEMO_CATALOGUE, DEMO_CURRENCY
from shop.commands.serve import check_port, shown, traced, with_port
from shop.commands.terminal import Sentence
from shop.config import Settings
from shop.factory import create_app
from shop.server import Server
from shop.storage import schema
from shop.storage.engine import memory_url
from shop.storage.keepers import accounts

KEEPER = "keeper@example.com"
PASSWORD = "the keeper of a demo shop"  # noqa: S105  # printed at every start


@click.command("demo")
@click.option("--port", type=click.IntRange(1, 65_535), help="Instead of SHOP_PORT.")
@click.option("--test-mode", is_flag=True, help="As a target for tests: see docs/target.md.")
def demo(port: int | None, test_mode: bool) -> None:
    """Serve the demo shop from memory until stopped; no file is written.

    Settings hold as for `shop serve`, but for the database, the currency and, unless
    SHOP_SECRET_KEYS is set, the secret keys. A shop that only this machine reaches has a keeper
    for its admin.
    """
    settings = _settings(port, is_test_mode=test_mode)
    setting_checks.check(settings)  # before gunicorn, which shows a traceback
    if settings.metrics:
        raise Sentence(
            "SHOP_METRICS does not go with `shop demo`: counting needs files, and it writes none. "
            "Unset it, or use `shop serve`."
        )
    check_port(settings.host, settings.port)
    address = f"http://{shown(settings.host)}:{settings.port}"
    click.echo(f"The demo shop is at {address} (stop with Ctrl+C)")
    if _has_keeper(settings):
        click.echo(f"Its admin is at {address}/admin: sign in as {KEEPER}, password “{PASSWORD}”")
    new_app = partial(traced, partial(_create_app, settings), settings.traces)
    Server(new_app, host=settings.host, port=settings.port, workers=1).run()


def _settings(port: int | None, *, is_test_mode: bool) -> Settings:
    own = {
        "SHOP_DATABASE_URL": memory_url("demo"),
        "SHOP_CURRENCY": DEMO_CURRENCY,
        "SHOP_SECRET_KEYS": os.environ.get("SHOP_SECRET_KEYS") or secret_keys.new_key(),
    }
    if is_test_mode:
        own["SHOP_TEST_MODE"] = "on"
    return Settings.from_environ(with_port(os.environ, port) | own)


def _create_app(settings: Settings) -> Flask:
    app = create_app(settings)
    engine = app.extensions["shop"].engine  # its pool keeps a connection, and so the database
    schema.migrate(engine)
    import_file(engine, settings, DEMO_CATALOGUE)
    if _has_keeper(settings):
        accounts.add(engine, KEEPER, PASSWORD, now=int(time.time()))
    return app


def _has_keeper(settings: Settings) -> bool:
    # Everybody knows the password, so that only this machine may reach the shop.
    return settings.admin and setting_checks.is_tried(settings)
