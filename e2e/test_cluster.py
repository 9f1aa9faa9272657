"""Shoppers of a shop on two machines: one dies, and both are redeployed with another key."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import Browser, Response, expect

from e2e.cluster.replicas import Replica
from e2e.cluster.running import OPENER, Cluster, running_cluster
from e2e.support.debian import NGINX, needed
from e2e.support.pages import Shopper
from e2e.support.playwright_config import CONFIG
from e2e.support.server import KEY, PROJECT, free_port

OTHER_KEY = "another key for end-to-end tests and nothing else"
BOTH_ACCEPTED = f"{KEY},{OTHER_KEY}"
ROTATED = f"{OTHER_KEY},{KEY}"
SHELF = {
    "oat-glazed-mug": "Oat glazed mug",
    "salt-pig": "Salt pig",
    "linen-apron": "Linen apron",
}
NAMES = tuple(SHELF.values())


@pytest.fixture
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    needed(NGINX)
    with running_cluster(tmp_path_factory.mktemp("cluster"), SHOP_WORKERS="1") as running:
        yield running


def nothing() -> None:
    """What happens to the machines most of the time."""


@dataclass
class Errand:
    """A shopper, the errors that they or the others saw, what their cart must hold, and what they
    were told is ordered, by its token."""

    shopper: Shopper
    errors: list[str]
    held: dict[str, int] = field(default_factory=dict)
    ordered: dict[str, dict[str, int]] = field(default_factory=dict)

    def adds_two(self, slug: str, meanwhile: Callable[[], None] = nothing) -> None:
        page = self.shopper.visits(f"/products/{slug}")
        page.get_by_label("Quantity").fill("2")
        page.get_by_role("button", name="Add to cart").click(no_wait_after=True)
        meanwhile()
        expect(page.get_by_role("heading", name="Your cart", exact=True)).to_be_visible()
        self.held[SHELF[slug]] = self.held.get(SHELF[slug], 0) + 2
        self.sees_what_it_holds()

    def changes_their_mind(self) -> None:
        name = next(iter(self.held))
        self.shopper.opens_cart().removes(name).undoes().holds(name, self.held[name])
        self.sees_what_it_holds()

    def sees_what_it_holds(self) -> None:
        """On pages of both replicas, since nginx asks them in turn."""
        for _ in range(2):
            cart = self.shopper.opens_cart()
            assert self.errors == []
            for name in NAMES:
                if name in self.held:
                    cart.holds(name, self.held[name])
                else:
                    expect(cart.quantity_of(name)).to_have_count(0)

    def orders(self, meanwhile: Callable[[], None] = nothing) -> None:
        checkout = self.shopper.goes_to_checkout().fills_in()
        checkout.button.click(no_wait_after=True)
        meanwhile()
        expect(checkout.page.get_by_role("heading", level=1)).to_have_text(
            "Thank you. Your order is placed."
        )
        self.ordered[checkout.page.url.rpartition("/")[2]] = self.held
        self.held = {}
        self.sees_what_it_holds()


@pytest.fixture
def errands(
    browser: Browser, cluster: Cluster, browser_context_args: dict[str, Any]
) -> Iterator[list[Errand]]:
    """Three shoppers, the second without JavaScript."""
    errors: list[str] = []

    def watch(response: Response) -> None:
        if response.status >= 400:
            errors.append(f"{response.status} {response.url}")

    with ExitStack() as contexts:
        made = []
        for has_script in (True, False, True):
            options = browser_context_args | {"java_script_enabled": has_script}
            context = contexts.enter_context(browser.new_context(**options))
            context.set_default_timeout(CONFIG.action_timeout)
            page = context.new_page()
            page.on("response", watch)
            made.append(Errand(Shopper(page, cluster.url), errors))
        yield made


def stocks(cluster: Cluster) -> dict[str, int]:
    rows = cluster.database.ask(
        "select name, stock from products where name = any(%s)", list(NAMES)
    )
    return dict(rows)


def test_no_shopper_notices_what_happens_to_the_machines(
    cluster: Cluster, errands: list[Errand]
) -> None:
    before = stocks(cluster)
    first, second = cluster.replicas
    slugs, errand = cycle(SHELF), cycle(errands)

    def all_shop(meanwhile: Callable[[], None] = nothing) -> None:
        for _ in errands:
            next(errand).adds_two(next(slugs), meanwhile)
            meanwhile = nothing

    def redeploy(replica: Replica, keys: str) -> None:
        next(errand).adds_two(next(slugs), meanwhile=replica.process.ask_to_stop)
        replica.process.wait()
        restart(replica, keys)

    def restart(replica: Replica, keys: str) -> None:
        replica.start(SHOP_SECRET_KEYS=keys)
        cluster.wait_until_served_by(replica)
        next(errand).changes_their_mind()

    all_shop(meanwhile=first.process.kill)
    errands[2].orders()
    restart(first, BOTH_ACCEPTED)
    all_shop()
    redeploy(second, BOTH_ACCEPTED)
    redeploy(first, ROTATED)
    all_shop()
    redeploy(second, ROTATED)
    errands[1].orders(meanwhile=second.process.kill)
    errands[2].orders()

    told = {token: held for each in errands for token, held in each.ordered.items()}
    assert sorted(cluster.database.ask("select token from orders")) == sorted(
        (token,) for token in told
    )
    sold = {name: sum(held.get(name, 0) for held in told.values()) for name in NAMES}
    assert stocks(cluster) == {name: before[name] - sold[name] for name in NAMES}


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that PostgreSQL's own user may get into. Pytest closes its own to other users, and
    each of its processes does so whenever it first needs one."""
    with tempfile.TemporaryDirectory(prefix="cluster-") as name:
        yield Path(name)


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl+C", "kill"])
def test_make_cluster_leaves_nothing_behind(folder: Path, ending: signal.Signals) -> None:
    needed(NGINX)
    command = [sys.executable, "-m", "e2e.cluster", "--port", str(free_port())]
    environ = {**os.environ, "TMPDIR": str(folder)}
    with subprocess.Popen(
        command, env=environ, cwd=PROJECT, stdout=subprocess.PIPE, text=True, process_group=0
    ) as started:
        assert started.stdout
        said = iter(started.stdout)
        opened = next(row for row in said if row.startswith("The shop is open at "))
        url = opened.split()[5].rstrip(",")
        with OPENER.open(f"{url}/products", timeout=20) as page:
            assert page.status == 200
        replica = int(next(row for row in said if "shop-1" in row).split()[-1])
        os.killpg(replica, signal.SIGKILL)
        next(row for row in said if row.startswith("Started again"))
        os.killpg(started.pid, ending)
        assert [*said][-1] == "Everything is stopped.\n"
    assert started.returncode == 0
    processes = psutil.process_iter(["cmdline", "environ"])
    left = [process for process in processes if str(folder) in str(process.info)]
    # What sends mail beside a replica that was killed ends when it notices.
    _, alive = psutil.wait_procs(left, timeout=CONFIG.action_timeout / 1000)
    assert alive == []
    assert [*folder.glob("crumb*")] == []
