"""`make cluster`: a shop as if on two machines, until Ctrl+C or SIGTERM."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import click

from e2e.cluster.replicas import Replica
from e2e.cluster.running import Cluster, running_cluster
from e2e.support import debian
from e2e.support.debian import COUNTERS, NGINX


class Interrupted(Exception):
    """Somebody asked for the end."""


@click.command()
@click.option("--port", type=click.IntRange(1, 65_535), default=8443, show_default=True)
def main(port: int) -> None:
    """Starts it, shows what its processes say, and starts a replica again that dies."""
    debian.ensure(NGINX, COUNTERS)
    if not NGINX.installed():
        sys.exit(debian.missing(NGINX))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupt)
    with tempfile.TemporaryDirectory(prefix="crumb-cluster-") as folder:
        for name in ("shop-1", "shop-2", "nginx/access", "nginx/error"):
            show(Path(folder, f"{name}.log"), name)
        try:
            with running_cluster(Path(folder), port=port, SHOP_SEND_MAIL="on") as cluster:
                click.echo(description(cluster))
                keep_up(cluster.replicas)
        except Interrupted:
            click.echo("Everything is stopped.")


def interrupt(_: int, __: FrameType | None) -> None:
    # Once: what is being stopped would be left behind by a second one.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise Interrupted


def description(cluster: Cluster) -> str:
    shops = "".join(
        f"  shop-{number}     {replica.url}, process {replica.process.process_id}\n"
        for number, replica in enumerate(cluster.replicas, 1)
    )
    return (
        f"\nThe shop is open at {cluster.url}, with a certificate that nobody trusts.\n{shops}"
        f"  PostgreSQL {cluster.database.url}\n"
        f"  counts     {cluster.counters or 'in each process: no Redis or Valkey is installed'}\n"
        "Kill a replica if you like (kill -9 -PROCESS): it is started again. Ctrl+C stops all.\n"
    )


def keep_up(replicas: tuple[Replica, ...]) -> None:
    """Starts a replica again that has ended, for ever."""
    while True:
        ended, _ = os.wait()
        for replica in replicas:
            if replica.process.process_id == ended:
                replica.process.kill()  # its workers
                replica.start()
                click.echo(f"Started again: {replica.url}, process {replica.process.process_id}")


def show(log: Path, name: str) -> None:
    """Prints what is written to a log from now on, with its name before each row."""
    log.parent.mkdir(exist_ok=True)
    os.mkfifo(log)
    # Open for writing as well, so that it does not end with a process that writes.
    rows = os.fdopen(os.open(log, os.O_RDWR), encoding="utf-8", errors="replace")
    threading.Thread(target=_print, args=(rows.readline, name), daemon=True).start()


def _print(next_row: Callable[[], str], name: str) -> None:
    for row in iter(next_row, ""):
        click.echo(f"[{name}] {row.rstrip()}")


if __name__ == "__main__":
    main()
