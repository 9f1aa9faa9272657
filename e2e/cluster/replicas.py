"""Replicas of a shop: processes that share a database, keys and photos, and nothing else."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from e2e.cluster.processes import Process
from e2e.support.server import COMMAND, DIRECT, KEY, PROJECT, free_port

PHOTOS = "photos"


@dataclass(frozen=True, slots=True)
class Replica:
    """A replica: its address, its process, and the environment it starts in."""

    url: str
    process: Process
    environ: dict[str, str]

    def start(self, **settings: str) -> None:
        """Starts it, with these settings from now on, and waits until it is ready."""
        self.environ.update(settings)
        self.process.start(self.environ, self.is_ready)

    def workers(self) -> list[int]:
        """The process ids of its workers."""
        parent = self.process.process_id
        children = [child.pid for child in psutil.Process(parent).children()]
        return [child for child in children if os.getpgid(child) == parent]  # but no side process

    def is_ready(self) -> bool:
        try:
            DIRECT.open(f"{self.url}/readyz", timeout=5).close()
        except OSError:  # refused, or 503
            return False
        return True


@contextmanager
def replicas(
    folder: Path,
    count: int,
    database_url: str,
    *,
    command: Sequence[str] = (*COMMAND, "serve"),
    **settings: str,
) -> Iterator[list[Replica]]:
    """Replicas of a shop with the demo catalogue, until the block ends.

    Each has an instance folder of its own, as on a machine of its own. Only the folder of photos is
    the same for all. A test may serve them with another command than `shop serve`.
    """
    environ = {
        name: value for name, value in os.environ.items() if not name.startswith("SHOP_")
    } | {
        "SHOP_DATABASE_URL": database_url,
        "SHOP_SECRET_KEYS": KEY,
        "SHOP_RATELIMIT_ENABLED": "off",
        "SHOP_SEND_MAIL": "off",
        "SHOP_PAYMENTS": "invoice",
        **settings,
    }
    environ.pop("PYTHONDONTWRITEBYTECODE", None)  # each replica would compile the shop anew
    (folder / PHOTOS).mkdir()
    with ExitStack() as running:
        folders = [folder / f"shop-{number}" for number in range(1, count + 1)]
        made = [_replica(instance, command, environ) for instance in folders]
        subprocess.run([*COMMAND, "init"], env=made[0].environ, cwd=PROJECT, check=True)
        for replica in made:
            running.callback(replica.process.kill)  # its data goes as well
            replica.start()
        yield made


def _replica(instance: Path, command: Sequence[str], environ: dict[str, str]) -> Replica:
    instance.mkdir()
    (instance / PHOTOS).symlink_to(instance.parent / PHOTOS)
    port = free_port()
    own = environ | {"SHOP_INSTANCE": str(instance), "SHOP_PORT": str(port)}
    process = Process(command, instance.with_suffix(".log"))
    return Replica(f"http://127.0.0.1:{port}", process, own)
