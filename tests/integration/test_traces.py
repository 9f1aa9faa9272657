"""Traces: what a span says and what it may not hold, and what becomes of them in a real shop."""

from __future__ import annotations

import atexit
import json
import logging
import socket
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from e2e.cluster.replicas import Replica, replicas
from e2e.support.server import DIRECT, free_port
from e2e.support.waiting import until
from shop import setting_checks
from shop.config import Settings, SettingsError
from shop.factory import create_app
from shop.traces import sending
from tests.conftest import KEY, Opener, OpenShop
from tests.integration.checkouts import place
from tests.integration.client import CUSTOMER
from tests.integration.collector import Collector, Span, collector


@pytest.fixture
def collecting() -> Iterator[Collector]:
    with collector() as running:
        yield running


@contextmanager
def traced(shop: OpenShop, address: str) -> Iterator[None]:
    """Sends traces of a shop until the block ends, and the rest of them then."""
    end = sending.begin(shop.app, address)
    try:
        yield
    finally:
        atexit.unregister(end)
        end()


@pytest.fixture
def new_shop(open_shop: Opener) -> OpenShop:
    """A shop that no other test uses before or afterwards, and that handles its own errors."""
    shop = open_shop(SHOP_PAGE_SIZE="11")
    shop.app.testing = False
    return shop


def test_a_request_is_a_span_and_each_of_its_statements_one_within_it(
    new_shop: OpenShop, collecting: Collector
) -> None:
    with traced(new_shop, collecting.address):
        response = new_shop.visitor().get("/orders/nobodys")
    (request,) = collecting.of_requests()
    assert request.name == "GET /orders/<token>"
    assert request.attributes == {
        "http.request.method": "GET",
        "http.route": "/orders/<token>",
        "http.response.status_code": response.status_code,
        "url.scheme": "http",
        "crumb.request_id": response.headers["X-Request-Id"],
    }
    statements = [span for span in collecting.spans() if span.parent]
    assert {span.parent for span in statements} == {request.own_id}
    assert {span.trace for span in statements} == {request.trace}
    (asked,) = (span for span in statements if "FROM orders" in text_of(span))
    assert asked.name == "SELECT"
    assert asked.attributes["db.system.name"] == new_shop.engine.dialect.name
    assert collecting.paths == {"/v1/traces"}
    (resource,) = {str(it.resource) for sent in collecting.requests() for it in sent.resource_spans}
    assert '"crumb"' in resource


def text_of(span: Span) -> str:
    return str(span.attributes["db.query.text"])


def test_nothing_personal_and_no_key_is_in_what_is_sent(
    new_shop: OpenShop, collecting: Collector
) -> None:
    visitor = new_shop.visitor()
    with traced(new_shop, collecting.address):
        visitor.get("/products?q=typed-words", headers={"User-Agent": "typed-agent"})
        visitor.get("/typed-path?typed=typed-value", headers={"traceparent": f"00-{'7' * 32}-01"})
        visitor.open("/products", method="TYPED")
        visitor.add("MUG")
        token = place(visitor).headers["Location"].rpartition("/")[2]
        visitor.get(f"/orders/{token}")
        with new_shop.database.broken("insert", "order_lines"):
            visitor.add("PENCIL", 3)
            assert place(visitor, name="Typed Name").status_code == 500
    sent = b"\n".join(collecting.bodies)
    assert b"INSERT INTO orders" in sent
    assert b"GET /orders/<token>" in sent
    typed = (value for name, value in CUSTOMER.items() if name not in ("country", "payment"))
    secrets = [token, visitor.token, *typed]
    assert [secret for secret in secrets if secret.encode() in sent] == []
    assert [word for word in (b"typed", b"TYPED", b"Typed", b"77777777") if word in sent] == []


def test_a_statement_that_fails_and_its_request_are_errors_by_type_only(
    new_shop: OpenShop, collecting: Collector
) -> None:
    visitor = new_shop.visitor()
    with traced(new_shop, collecting.address):
        visitor.add("MUG")
        with new_shop.database.broken("insert", "order_lines"):
            assert place(visitor).status_code == 500
    (request,) = (span for span in collecting.of_requests() if span.is_error)
    (failed,) = (span for span in collecting.spans() if span.is_error and span.parent)
    assert text_of(failed).startswith("INSERT INTO order_lines")
    for span in (request, failed):
        assert str(span.attributes["error.type"]).endswith(("Error", "Exception"))
    assert all(b"broken" not in body for body in collecting.bodies)


def test_a_collector_that_is_down_is_logged_once_and_once_when_it_is_back(
    new_shop: OpenShop, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "LONGEST_SECONDS", 0.2)
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "20")
    monkeypatch.setenv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "2")
    visitor = new_shop.visitor()
    port = free_port()
    tried = counted(monkeypatch)
    with caplog.at_level(logging.INFO), traced(new_shop, f"http://127.0.0.1:{port}"):
        until(lambda: visitor.get("/cart").status_code == 200 and tried() > 2)
        with collector(port) as back:
            until(lambda: visitor.get("/cart").status_code == 200 and bool(back.bodies))
            until(lambda: "traces_sent_again" in caplog.messages)
            assert caplog.messages == ["traces_not_sent", "traces_sent_again"]
    assert str(port) in caplog.records[0].__dict__["address"]
    assert "span" in caplog.records[0].__dict__["reason"]


def counted(patch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How many batches were tried."""
    batches = []
    export = sending.Reporting.export

    def counting(*arguments: object) -> object:
        batches.append(arguments)
        return export(*arguments)  # type: ignore[arg-type]

    patch.setattr(sending.Reporting, "export", counting)
    return lambda: len(batches)


def test_a_shop_without_the_packages_says_so_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setting_checks, "PACKAGES_FOR_TRACES", ("a-package-that-is-not-there",))
    environ = {"SHOP_SECRET_KEYS": KEY, "SHOP_INSTANCE": str(tmp_path)}
    on = environ | {"SHOP_TRACES": "http://127.0.0.1:4318"}
    with pytest.raises(SettingsError) as refused:
        create_app(Settings.from_environ(on))
    (problem,) = refused.value.problems
    assert "pip install 'crumb[traces]'" in problem
    create_app(Settings.from_environ(environ))


def test_the_extra_is_what_its_lock_has() -> None:
    project = Path(setting_checks.__file__).parents[1]
    declared = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]
    listed = (project / "requirements" / "traces.in").read_text("utf-8").splitlines()
    names = declared["optional-dependencies"]["traces"]
    assert [row for row in listed if not row.startswith(("#", "-"))] == names
    assert {name.partition(">")[0] for name in names} == set(setting_checks.PACKAGES_FOR_TRACES)


@pytest.mark.parametrize("setting", ["", "http://127.0.0.1:4318"], ids=["off", "on"])
def test_only_server_processes_import_opentelemetry(tmp_path: Path, setting: str) -> None:
    script = (
        "import sys; from shop.cli import main; from shop.factory import create_app; create_app();"
        "print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )
    environ = {
        "SHOP_SECRET_KEYS": KEY,
        "SHOP_INSTANCE": str(tmp_path),
        "SHOP_TRACES": setting,
        "PATH": "",
    }
    run = subprocess.run(
        [sys.executable, "-c", script], env=environ, capture_output=True, text=True
    )
    assert (run.stdout, run.stderr) == ("[]\n", "")


@contextmanager
def served(folder: Path, address: str, milliseconds: int) -> Iterator[Replica]:
    """A real shop whose workers send spans that often."""
    settings = {
        "SHOP_WORKERS": "2",
        "SHOP_TRACES": address,
        "OTEL_BSP_SCHEDULE_DELAY": str(milliseconds),
    }
    with replicas(folder, 1, f"sqlite:///{folder / 'shop.sqlite3'}", **settings) as (shop,):
        yield shop


def cart_page(shop: Replica, timeout: float = 10) -> str:
    """Opens the cart page, whose request has this id."""
    with DIRECT.open(f"{shop.url}/cart", timeout=timeout) as page:
        return str(page.headers["X-Request-Id"])


def sent(collecting: Collector) -> set[object]:
    return {span.attributes["crumb.request_id"] for span in collecting.of_requests()}


def test_a_worker_sends_its_spans_from_time_to_time(tmp_path: Path, collecting: Collector) -> None:
    with served(tmp_path, collecting.address, milliseconds=100) as shop:
        asked = cart_page(shop)
        until(lambda: asked in sent(collecting))


def test_a_worker_that_stops_sends_the_rest(tmp_path: Path, collecting: Collector) -> None:
    with served(tmp_path, collecting.address, milliseconds=600_000) as shop:
        asked = {cart_page(shop) for _ in range(10)}
        shop.process.ask_to_stop()
        shop.process.wait()
    assert asked <= sent(collecting)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_collector_that_never_responds_delays_no_request_and_no_stop(
    tmp_path: Path, scheme: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with served(tmp_path, f"{scheme}://127.0.0.1:{port}", milliseconds=100) as shop:
            log = tmp_path / "shop-1.log"

            def is_logged() -> bool:
                cart_page(shop, timeout=sending.LONGEST_SECONDS / 2)
                return b"traces_not_sent" in log.read_bytes()

            until(is_logged)
            shop.process.ask_to_stop()
            shop.process.wait()
            rows = [
                json.loads(row) for row in log.read_text("utf-8").splitlines() if row[:1] == "{"
            ]
    events = [row["event"] for row in rows]
    assert set(events) == {"traces_not_sent"}
    assert len(events) <= 2  # once for each worker
