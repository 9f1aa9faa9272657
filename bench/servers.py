"""Which WSGI server: the same shop behind granian and behind gunicorn, turn by turn.

`python -m bench.servers` prints requests a second and the ratio to granian as `shop serve`
starts it. gunicorn's threaded workers are measured, since its sync workers close every
connection. The result is in docs/adr/0005-wsgi-server.md.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from contextlib import ExitStack

import click

from bench.__main__ import SHOP, environment, free_port, prepare, requests_of, serving
from bench.load import requests_per_second
from shop.cli import BLOCKING_THREADS

GUNICORN = [sys.executable, "-m", "gunicorn", "shop.factory:create_app()", "-k", "gthread"]


@click.command()
@click.option("--turns", default=7, help="Turns for each server and request.")
@click.option("--seconds", default=1.0, help="Length of a turn.")
def main(turns: int, seconds: float) -> None:
    with tempfile.TemporaryDirectory() as instance, ExitStack() as servers:
        environ = environment(instance)
        prepare(environ)
        ports = {name: free_port() for name in ("granian", "gunicorn")}
        threads = ["-w", "2", "--threads", str(BLOCKING_THREADS)]
        commands = {
            "granian": [*SHOP, "serve", "--port", str(ports["granian"])],
            "gunicorn": [*GUNICORN, *threads, "-b", f"127.0.0.1:{ports['gunicorn']}"],
        }
        for name, command in commands.items():
            servers.enter_context(serving(command, environ, ports[name]))
        for request in requests_of(ports["granian"], environ):
            for port in ports.values():
                requests_per_second(request, port, seconds=seconds)
            rounds = [
                [requests_per_second(request, port, seconds=seconds) for port in ports.values()]
                for _ in range(turns)
            ]
            granian, gunicorn = (statistics.median(column) for column in zip(*rounds, strict=True))
            ratio = statistics.median(other / ours for ours, other in rounds)
            click.echo(
                f"{request.label:28} granian {granian:6.0f}   gunicorn {gunicorn:6.0f}   "
                f"gunicorn / granian {ratio:.2f}"
            )


if __name__ == "__main__":
    main()
