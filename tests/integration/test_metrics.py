"""Metrics: what is counted and what no label may hold, and where a real shop serves them."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError, URLError

import pytest
from click.testing import CliRunner
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from e2e.cluster.replicas import Replica, replicas
from e2e.support.server import DIRECT, free_port
from e2e.support.waiting import until
from shop.cli import main
from shop.config import Settings, SettingsError
from shop.metrics.counting import Metrics
from tests.conftest import KEY, Opener, OpenShop
from tests.integration.carts import altered
from tests.integration.checkouts import once, place
from tests.integration.client import LintingClient
from tests.integration.test_cart_pages import MANY

ON = "127.0.0.1:9464"
Change = Callable[..., float]


@pytest.fixture
def measured(open_shop: Opener) -> OpenShop:
    return open_shop(SHOP_METRICS=ON, SHOP_PAYMENTS="invoice")


def registry(shop: OpenShop) -> CollectorRegistry:
    metrics: Metrics = shop.app.extensions["metrics"]
    return metrics.registry


@pytest.fixture
def change(measured: OpenShop) -> Change:
    """How much a count has grown since it was last asked for, or since the test began."""
    before = {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in registry(measured).collect()
        for sample in family.samples
    }

    def grown(name: str, **labels: str) -> float:
        key = (name, *sorted(labels.items()))
        now = registry(measured).get_sample_value(name, labels) or 0
        old, before[key] = before.get(key, 0), now
        return now - old

    return grown


def test_requests_are_counted_by_route_method_and_class(measured: OpenShop, change: Change) -> None:
    visitor = measured.visitor()
    visitor.get("/products/everyday-mug?q=a-secret")
    visitor.get("/nothing/a-secret")
    assert change("crumb_requests_total", endpoint="product.show", method="GET", status="2xx") == 1
    assert change("crumb_request_seconds_count", endpoint="product.show") == 1
    assert change("crumb_requests_total", endpoint="unknown", method="GET", status="4xx") == 1
    assert registry(measured).get_sample_value("crumb_active_requests") == 0


def test_no_label_holds_what_a_visitor_typed(measured: OpenShop) -> None:
    visitor = measured.visitor()
    visitor.open("/products?q=typed", method="TYPED")
    visitor.get("/typed/typed?typed=typed", headers={"User-Agent": "typed"})
    visitor.set_cookie("cart", "typed")
    visitor.get("/cart")
    visitor.send("/cart/coupon", code="TYPED")
    visitor.add("TYPED")
    labels = {
        value
        for family in registry(measured).collect()
        for sample in family.samples
        for value in sample.labels.values()
    }
    assert "other" in labels
    assert not [value for value in labels if "typed" in value.lower()]


def test_cart_cookies_are_measured_as_they_are_sent(measured: OpenShop, change: Change) -> None:
    visitor = measured.visitor()
    visitor.add("MUG")
    assert change("crumb_cart_cookie_bytes_count") == 1
    assert change("crumb_cart_cookie_bytes_sum") == len(f"cart{visitor.cart_value()}")
    visitor.get("/cart")
    assert change("crumb_cart_cookie_bytes_count") == 0


def send_cart(visitor: LintingClient, change: Callable[[str], str]) -> None:
    visitor.add("MUG")
    visitor.set_cookie("cart", change(visitor.cart_value() or ""))
    visitor.get("/cart")


@pytest.mark.parametrize(
    ("kind", "settings", "refuse"),
    [
        pytest.param("malformed", {}, lambda by: send_cart(by, lambda _: "x"), id="malformed"),
        pytest.param("tampered", {}, lambda by: send_cart(by, altered), id="tampered"),
        pytest.param("form", {}, lambda by: by.post("/cart/lines"), id="a form without a token"),
        pytest.param(
            "coupon",
            {},
            lambda by: [by.add("MUG"), by.send("/cart/coupon", code="NO")],
            id="coupon",
        ),
        pytest.param(
            "rate_limit",
            {"SHOP_RATELIMIT": "1 per minute"},
            lambda by: [by.add("MUG"), by.add("MUG")],
            id="rate limit",
        ),
    ],
)
def test_refusals_are_counted_by_kind(
    open_shop: Opener,
    kind: str,
    settings: dict[str, str],
    refuse: Callable[[LintingClient], object],
) -> None:
    shop = open_shop(SHOP_METRICS=ON, **settings)
    before = registry(shop).get_sample_value("crumb_refusals_total", {"kind": kind}) or 0
    refuse(shop.visitor())
    now = registry(shop).get_sample_value("crumb_refusals_total", {"kind": kind}) or 0
    assert now > before


def test_a_cart_that_is_too_large_is_counted(open_shop: Opener) -> None:
    shop = open_shop(SHOP_METRICS=ON, SHOP_CART_BUDGET_BYTES="64")
    visitor = shop.visitor()
    full = {sku: 37 + 3 * at for at, sku in enumerate(MANY)}
    visitor.set_cookie("cart", shop.cookie(full))
    assert visitor.add("SPOON-OLIVE", 9).status_code == 409
    assert registry(shop).get_sample_value("crumb_refusals_total", {"kind": "too_large"})


def test_an_expired_cart_is_counted(measured: OpenShop, change: Change) -> None:
    visitor = measured.visitor()
    visitor.add("MUG")
    measured.clock.now += 31 * 86_400
    visitor.get("/cart")
    assert change("crumb_refusals_total", kind="expired") == 1


def test_an_order_is_counted_once_by_its_payment(
    measured: OpenShop, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if two requests came at once: neither sees the other's order before it places its own.
    monkeypatch.setattr("shop.web.pages.checkout.lookup.by_once_key", lambda *_: None)
    visitor = measured.visitor()
    visitor.add("MUG")
    token, cart = once(visitor), visitor.cart_value()
    first = place(visitor, token)
    visitor.set_cookie("cart", cart or "")
    second = place(visitor, token)
    assert (first.status_code, second.status_code) == (303, 303)
    assert change("crumb_orders_total", payment="invoice") == 1


def test_a_shop_without_the_setting_counts_nothing(open_shop: Opener) -> None:
    assert "metrics" not in open_shop().app.extensions


@pytest.mark.parametrize(
    ("text", "address"),
    [
        pytest.param("", None, id="off"),
        pytest.param("127.0.0.1:9464", ("127.0.0.1", 9464), id="loopback"),
        pytest.param("[::1]:9464", ("::1", 9464), id="loopback, IPv6"),
        pytest.param("10.1.2.3:80", ("10.1.2.3", 80), id="private"),
        pytest.param("[fd00::1]:9464", ("fd00::1", 9464), id="private, IPv6"),
    ],
)
def test_private_addresses(text: str, address: tuple[str, int] | None) -> None:
    environ = {"SHOP_SECRET_KEYS": KEY, "SHOP_METRICS": text}
    assert Settings.from_environ(environ).metrics == address


@pytest.mark.parametrize(
    "text",
    ["0.0.0.0:9464", "[::]:9464", "8.8.8.8:9464", "172.32.0.1:9464", "shop.example:9464",
     "9464", ":9464", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536"],
)  # fmt: skip
def test_any_other_address_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_environ({"SHOP_SECRET_KEYS": KEY, "SHOP_METRICS": text})
    assert refused.value.problems == [
        f"SHOP_METRICS={text}: write a loopback or private address and a port, such as "
        "127.0.0.1:9464."
    ]


def test_the_metrics_have_a_port_of_their_own(shop: OpenShop) -> None:
    environ = {
        "SHOP_INSTANCE": str(shop.folder),
        "SHOP_SECRET_KEYS": KEY,
        "SHOP_PORT": "9464",
        "SHOP_METRICS": ON,
    }
    result = CliRunner().invoke(main, ["serve"], env=environ)
    assert result.exit_code == 1
    assert "SHOP_METRICS has the shop's own port, 9464." in result.output


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Replica, str]]:
    """A real shop with two workers, and the address of its metrics."""
    folder = tmp_path_factory.mktemp("measured")
    address = f"127.0.0.1:{free_port()}"
    url = f"sqlite:///{folder / 'shop.sqlite3'}"
    with replicas(folder, 1, url, SHOP_WORKERS="2", SHOP_METRICS=address) as (shop,):
        until(lambda: is_open(f"http://{address}/metrics"))
        yield shop, f"http://{address}/metrics"


def is_open(address: str) -> bool:
    try:
        DIRECT.open(address, timeout=5).close()
    except URLError:
        return False
    return True


def sample(address: str, name: str, **labels: str) -> float:
    with DIRECT.open(address, timeout=10) as response:
        text = response.read().decode()
    return sum(
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


def test_the_counts_of_both_workers_add_up_and_outlive_one(served: tuple[Replica, str]) -> None:
    shop, metrics = served
    folder = Path(shop.environ["SHOP_INSTANCE"]) / "run" / "metrics"
    workers = shop.workers()
    files = [folder / f"counter_{worker}.db" for worker in workers]
    assert len(files) == 2
    asked = 0
    while asked < 5 or not all(cart_pages_in(file) for file in files):
        DIRECT.open(f"{shop.url}/cart", timeout=10).close()
        asked += 1
        assert asked < 2000, "one worker gets all the requests"
    count = {"endpoint": "cart.show", "method": "GET", "status": "2xx"}
    assert sample(metrics, "crumb_requests_total", **count) == asked
    assert sample(metrics, "crumb_request_seconds_count", endpoint="cart.show") == asked
    os.kill(workers[0], signal.SIGKILL)
    gauge = folder / f"gauge_livesum_{workers[0]}.db"
    until(lambda: not gauge.exists())
    assert sample(metrics, "crumb_requests_total", **count) == asked


def cart_pages_in(file: Path) -> bool:
    return file.exists() and b"cart.show" in file.read_bytes()


def test_the_public_port_has_no_metrics(served: tuple[Replica, str]) -> None:
    shop, _ = served
    with pytest.raises(HTTPError) as refused:
        DIRECT.open(f"{shop.url}/metrics", timeout=10)
    assert refused.value.code == 404
    assert b"crumb_requests" not in refused.value.read()
