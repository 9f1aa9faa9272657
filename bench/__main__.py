"""`make bench`: the shop's speed as ratios against a baseline measured in the same run.

Both servers run side by side: the shop as `make run` starts it, and the baseline on the same
server with the same workers. Each request is measured in short alternating turns of shop and
baseline, and the median of the pairwise ratios counts: absolute figures drift on a shared
machine, the ratio of two neighbouring turns does not. The baseline renders a table with the
cells of the cart page; `bare`, with four cells of text, is shown beside it.

`GET /products` is what most browsers get: a public page, which the shop renders once and keeps
until the database changes (ADR 31). The row below it is the page of a browser that has a cart and
no scripts, which is rendered for each request; it has no target. `unchanged` is what a browser asks
that has the page already, and `first` an addition to no cart, without a cookie.

Finally, the shop on PostgreSQL is measured beside the shop on SQLite.
"""

from __future__ import annotations

import re
import socket
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import click
from tqdm import tqdm

from bench.codec import print_codec
from bench.databases import print_databases
from bench.growth import print_growth
from bench.load import Request, exchange, get, post, requests_per_second
from e2e.support.server import COMMAND, free_port, prepare, running, running_shop
from shop.config import SETTINGS

WORKERS = SETTINGS["workers"].default
TARGETS = {
    "GET /cart, 20 lines": 0.6,
    "GET /products": 0.6,
    "GET /products, unchanged": 2.0,
    "POST /cart/lines, first": 0.8,
    "POST /cart/lines, 20 lines": 0.5,
}
BARE_TARGETS = {"GET /cart, 20 lines": 0.65, "GET /products": 0.65}


@click.command()
@click.option("--turns", default=9, help="Pairs of turns for each request.")
@click.option("--seconds", default=1.0, help="Length of a turn.")
def main(turns: int, seconds: float) -> None:
    print_codec()
    print_growth(turns=turns)
    with tempfile.TemporaryDirectory() as folder:
        instance = prepare(Path(folder))
        port = free_port()
        command = [sys.executable, "-m", "bench.serve_baseline", str(port)]
        log_file, baseline_url = instance / "baseline.log", f"http://127.0.0.1:{port}/"
        with (
            # As `make run` starts it: with the keys and the workers of its own settings.
            running_shop(instance, SHOP_WORKERS=WORKERS) as shop,
            running(command, baseline_url, shop.environ, log_file=log_file),
        ):
            shop_port = int(shop.environ["SHOP_PORT"])
            _measure(requests_of(shop_port, shop.environ), shop_port, port, turns, seconds)
    print_databases(requests_of, turns=turns, seconds=seconds, workers=WORKERS)


def _measure(
    requests: list[Request], shop_port: int, baseline_port: int, turns: int, seconds: float
) -> None:
    baseline, bare = get("baseline", "/"), get("bare", "/bare")
    for request in (*requests, baseline, bare):  # warm up: templates, statements, pools
        port = baseline_port if request in (baseline, bare) else shop_port
        requests_per_second(request, port, seconds=seconds)
    click.echo(
        f"\n{'requests a second, median':28}{'shop':>7}{'baseline':>10}{'ratio':>7}"
        f"{'bare':>8}{'ratio':>7}  targets for the baseline, and for bare"
    )
    for request in requests:
        rounds = [
            (
                requests_per_second(request, shop_port, seconds=seconds),
                requests_per_second(baseline, baseline_port, seconds=seconds),
                requests_per_second(bare, baseline_port, seconds=seconds),
            )
            for _ in tqdm(range(turns), desc=request.label, disable=None, leave=False)
        ]
        ours, theirs, barest = (statistics.median(column) for column in zip(*rounds, strict=True))
        ratio = statistics.median(shop / other for shop, other, _ in rounds)
        harsh = statistics.median(shop / other for shop, _, other in rounds)
        click.echo(
            f"{request.label:28}{ours:7.0f}{theirs:10.0f}{ratio:7.2f}{barest:8.0f}{harsh:7.2f}"
            f"  {_verdict(TARGETS.get(request.label), ratio)}"
            f"; {_verdict(BARE_TARGETS.get(request.label), harsh)}"
        )


def _verdict(target: float | None, ratio: float) -> str:
    if target is None:
        return "none"
    return f"at least {target} {'reached' if ratio >= target else 'MISSED'}"


def requests_of(port: int, environ: dict[str, str]) -> list[Request]:
    lines = ",".join(f"{sku}*2" for sku in _skus(environ)[:20])
    cart = subprocess.run(
        [*COMMAND, "cookie", "make", lines], env=environ, check=True, capture_output=True, text=True
    ).stdout.strip()
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        _, header, body = exchange(connection, get("", "/cart", cookies=cart).octets)
        _, public, _ = exchange(connection, get("", "/products").octets)
    session = _only(r"set-cookie: (session=[^;]+)", header.decode("ascii").lower(), header)
    token = _only(r'name="csrf_token" value="([^"]+)"', body.decode("utf-8"), body)
    etag = _only(r'\netag: ("[^"]+")', public.decode("ascii").lower(), public)
    cookies = f"{cart}; {session}"
    form = f"csrf_token={token}&sku=MUG&quantity=1"
    return [
        get("GET /cart, 20 lines", "/cart", cookies=cookies),
        get("GET /products", "/products", cookies=f"{cookies}; script=1"),
        get(
            "GET /products, unchanged",
            "/products",
            headers=f"If-None-Match: {etag}\r\n",
            status=304,
        ),
        get("GET /products, no scripts", "/products", cookies=cookies),
        # From a public page: no cookie yet, and the browser says which page it comes from.
        post(
            "POST /cart/lines, first",
            "/cart/lines",
            "sku=MUG&quantity=1",
            headers="Origin: http://127.0.0.1\r\n",
        ),
        post("POST /cart/lines, 20 lines", "/cart/lines", form, cookies=cookies),
    ]


def _only(pattern: str, text: str, original: bytes) -> str:
    match = re.search(pattern, text)
    if match is None:
        raise RuntimeError(f"no {pattern} in the answer")
    return original.decode("utf-8")[match.start(1) : match.end(1)]


def _skus(environ: dict[str, str]) -> list[str]:
    exported = subprocess.run(
        [*COMMAND, "export-catalogue"], env=environ, check=True, capture_output=True, text=True
    ).stdout
    return [row.split(",", 1)[0] for row in exported.splitlines()[1:] if ",0,yes" not in row]


if __name__ == "__main__":
    main()
