"""`shop serve`: the shop on a production server."""

from __future__ import annotations

import os
import shlex
import shutil
import socket
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import click
from flask import Flask

from shop.commands.own_shop import migrated_database
from shop.commands.terminal import Sentence
from shop.config import Settings
from shop.factory import create_app
from shop.server import Measured, Server
from shop.side_process import SideProcess
from shop.storage.keepers import accounts, codes

MAIL_SENDER = (sys.executable, "-m", "shop.cli", "mail", "keep-sending")


@click.command()
@click.option("--port", type=click.IntRange(1, 65_535), help="Instead of SHOP_PORT.")
def serve(port: int | None) -> None:
    """Serve the shop with a production server until stopped, and send its mail."""
    environ = with_port(os.environ, port)
    settings = Settings.from_environ(environ)
    port = settings.port
    measured = _measured(settings, port)
    app = create_app(settings)  # reports a wrong setting once, here, and not in each worker
    engine = migrated_database(settings)
    check_port(settings.host, port)
    name = app.extensions["shop"].words.name
    click.echo(f"{name} is open at http://{shown(settings.host)}:{port} (stop with Ctrl+C)")
    if settings.admin and not accounts.everybody(engine):
        click.echo(f"Nobody can sign in at /admin yet: {_command()} keeper add EMAIL")
    for email in codes.seal_anew(engine, app.extensions["shop"].strong_keys):
        click.echo(
            f"The codes of {email} cannot be checked: they were turned on with a secret key that "
            f"is missing now. Put it back, or run `shop keeper totp-off {email}`."
        )
    workers = 1 if settings.test_mode else settings.workers  # one process has all the worlds
    sends = settings.send_mail and not settings.test_mode  # no world has a mailbox
    beside = SideProcess(MAIL_SENDER, environ) if sends else None
    server = Server(
        partial(traced, partial(_create_app, environ), settings.traces),
        host=settings.host,
        port=port,
        workers=workers,
        beside=beside,
        measured=measured,
    )
    server.run()


def with_port(environ: Mapping[str, str], port: int | None) -> dict[str, str]:
    """The environment of a shop that listens on this port, if one was given: the links in its mail
    have it too."""
    return {**environ, "SHOP_PORT": str(port)} if port else {**environ}


def _create_app(environ: Mapping[str, str]) -> Flask:
    return create_app(Settings.from_environ(environ))


def _command() -> str:
    # In a checkout, a terminal does not find `shop` by its name alone.
    return "shop" if shutil.which("shop") else shlex.quote(f"{Path(sys.executable).parent}/shop")


def traced(new_app: Callable[[], Flask], collector: str) -> Flask:
    """A new app for a server process, which sends traces to this address if there is one."""
    app = new_app()
    if collector:
        from shop.traces import sending  # loaded only where it is on

        sending.begin(app, collector)
    return app


def _measured(settings: Settings, port: int) -> Measured | None:
    if settings.metrics is None:
        return None
    if settings.metrics[1] == port:
        raise Sentence(f"SHOP_METRICS has the shop's own port, {port}. Choose another for it.")
    check_port(*settings.metrics, advice="Change SHOP_METRICS.")
    folder = settings.instance / "run" / "metrics"
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)  # before it is imported
    from shop.metrics import exposing  # loaded only where it is on

    exposing.empty(folder)
    beside = SideProcess(exposing.command(folder, *settings.metrics), os.environ)
    return Measured(beside, partial(exposing.bury, folder))


def shown(host: str) -> str:
    """A host as it stands in a URL."""
    return f"[{host}]" if ":" in host else host


def check_port(host: str, port: int, *, advice: str = "Choose another: make run PORT=9000") -> None:
    """Raises Sentence when nothing can listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise Sentence(
                f"Port {port} on {host} cannot be used ({problem.strerror}). {advice}"
            ) from None
