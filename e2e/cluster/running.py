"""The whole: nginx before replicas, and what they share."""

from __future__ import annotations

import ssl
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from e2e.cluster.counters import counters
from e2e.cluster.database import Database, database
from e2e.cluster.replicas import Replica, replicas
from e2e.support import nginx
from e2e.support.debian import COUNTERS
from e2e.support.waiting import until

COUNT = 2
UNVERIFIED = ssl.create_default_context()
UNVERIFIED.check_hostname = False
UNVERIFIED.verify_mode = ssl.CERT_NONE
OPENER = urllib.request.build_opener(
    urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=UNVERIFIED)
)
"""Opens addresses whose certificate nobody trusts."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A shop on more than one machine: the address that shoppers use, and what is behind it."""

    url: str
    replicas: tuple[Replica, ...]
    database: Database
    counters: str
    access_log: Path

    def wait_until_served_by(self, replica: Replica) -> None:
        """Waits until nginx gives requests to a replica that has been down."""
        row_end = f" by {urlsplit(replica.url).netloc}\n"

        def is_so() -> bool:
            before = self.access_log.stat().st_size
            OPENER.open(f"{self.url}/healthz", timeout=5).close()
            with self.access_log.open("rb") as log:
                log.seek(before)
                return row_end in log.read().decode()

        until(is_so)


@contextmanager
def running_cluster(folder: Path, *, port: int | None = None, **settings: str) -> Iterator[Cluster]:
    """A cluster with the demo catalogue, until the block ends. Its files are in this folder."""
    with ExitStack() as running:
        data = running.enter_context(database())
        settings |= {"SHOP_TRUSTED_PROXIES": "1", "SHOP_LIMITS_LAB": "off"}
        counted = running.enter_context(counters(folder)) if COUNTERS.installed() else ""
        if counted:
            settings |= {"SHOP_RATELIMIT_STORAGE": counted}
        made = running.enter_context(replicas(folder, COUNT, data.url, **settings))
        (folder / "nginx").mkdir(exist_ok=True)
        urls = [replica.url for replica in made]
        https, _ = running.enter_context(nginx.deployed_nginx(urls, folder / "nginx", port=port))
        yield Cluster(https, tuple(made), data, counted, folder / "nginx" / nginx.ACCESS_LOG)
