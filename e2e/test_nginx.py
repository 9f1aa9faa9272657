"""What nginx does with a request whose replica fails, and what it serves by itself: the site of
`deploy/` before two replicas whose deaths the test decides."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from e2e.cluster.running import OPENER
from e2e.support import nginx
from e2e.support.debian import NGINX, needed
from e2e.support.server import free_port


@dataclass
class Fate:
    """What the replicas have received, each request with its body, and how many of the next ones
    end with the connection instead of a response."""

    deaths: int = 0
    received: list[tuple[str, str, bytes]] = field(default_factory=list)

    def takes(self, method: str, path: str, body: bytes) -> bool:
        self.received.append((method, path, body))
        self.deaths -= 1
        return self.deaths >= 0


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def seen(self) -> dict[str, str]:
        """The headers of the request as a replica saw them."""
        seen: dict[str, str] = json.loads(self.text)
        return seen


def ask(url: str, body: bytes | None = None, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with OPENER.open(urllib.request.Request(url, body, named), timeout=20) as answer:
            return Answer(answer.status, dict(answer.headers), answer.read().decode())
    except urllib.error.HTTPError as refusal:
        with refusal:
            return Answer(refusal.code, dict(refusal.headers), refusal.read().decode())


@contextmanager
def replica(fate: Fate) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if fate.takes(self.command, self.path, body):
                return
            self.send_response(200)
            if self.path.startswith("/static/"):
                self.send_header("Cache-Control", "public, max-age=31536000, immutable")
                self.send_header("Vary", "Accept-Encoding")
            self.end_headers()
            self.wfile.write(json.dumps(dict(self.headers)).encode())

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def site(fate: Fate, folder: Path, *, alive: int = 2, dead: int = 0) -> Iterator[str]:
    """The address of nginx before replicas of which some refuse every connection."""
    needed(NGINX)
    with ExitStack() as running:
        urls = [f"http://127.0.0.1:{free_port()}" for _ in range(dead)]
        urls += [running.enter_context(replica(fate)) for _ in range(alive)]
        https, _ = running.enter_context(nginx.deployed_nginx(urls, folder))
        yield https


@pytest.mark.parametrize("path", ["/checkout", "/admin/products"])
def test_a_form_that_was_never_sent_goes_to_the_other_replica(tmp_path: Path, path: str) -> None:
    fate = Fate()
    with site(fate, tmp_path, alive=1, dead=1) as url:
        assert [ask(url + path, b"a=1").status for _ in range(4)] == [200] * 4
    assert fate.received == [("POST", path, b"a=1")] * 4


@pytest.mark.parametrize(
    ("alive", "deaths"), [(1, 1), (2, 3)], ids=["one replica", "two that die again and again"]
)
@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param("/cart", None, id="a page"),
        pytest.param("/cart/lines", b"sku=MUG", id="a change of the cart"),
        pytest.param("/de/checkout", b"note=" + b"x" * 60_000, id="an order"),
    ],
)
def test_a_shopper_s_request_survives_the_death_of_its_replica(
    tmp_path: Path, path: str, body: bytes | None, alive: int, deaths: int
) -> None:
    fate = Fate(deaths)
    with site(fate, tmp_path, alive=alive) as url:
        assert ask(url + path, body).status == 200
    assert fate.received == [("GET" if body is None else "POST", path, body or b"")] * (deaths + 1)


def test_requests_that_kill_every_replica_end_no_other_request(tmp_path: Path) -> None:
    fate = Fate()
    with site(fate, tmp_path) as url:
        for _ in range(4):
            fate.deaths = 4  # each replica is asked twice
            assert ask(f"{url}/limits").status == 503
        fate.deaths = 0
        assert ask(f"{url}/cart").status == 200


def test_a_keeper_s_form_is_sent_once(tmp_path: Path) -> None:
    fate = Fate(deaths=1)
    with site(fate, tmp_path) as url:
        answer = ask(f"{url}/admin/products", b"name=Mug")
    assert (answer.status, len(fate.received)) == (503, 1)


def test_the_page_of_a_shop_that_is_not_there(tmp_path: Path) -> None:
    with site(Fate(), tmp_path, alive=0, dead=2) as url:
        for answer in (ask(f"{url}/cart"), ask(f"{url}/checkout", b"a=1")):
            assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
            assert "Your cart is kept in your browser" in answer.text
            assert answer.headers["Cache-Control"] == "no-store"


def test_a_static_file_is_fetched_once_for_each_encoding(tmp_path: Path) -> None:
    fate = Fate()
    with site(fate, tmp_path) as url:
        file = f"{url}/static/0123456789ab/css/shop.css"
        for encoding in ("gzip, br", "br, gzip", "br;q=1.0"):
            answer = ask(file, Accept_Encoding=encoding)
            assert answer.headers["Cache-Control"].endswith("immutable")
            assert (answer.seen["Accept-Encoding"], len(fate.received)) == ("br", 1)
        assert ask(file, Accept_Encoding="gzip").seen["Accept-Encoding"] == "gzip"
        fate.deaths = 99
        assert ask(file, Accept_Encoding="br").status == 200


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        pytest.param("gzip, deflate, br, zstd", "br", id="browsers"),
        pytest.param("gzip", "gzip", id="older programs"),
        pytest.param("br;q=0, gzip;q=0.5", "gzip", id="refused"),
        pytest.param("brown, gzipped", None, id="others"),
    ],
)
def test_a_replica_compresses_as_the_browser_allows(
    tmp_path: Path, sent: str, seen: str | None
) -> None:
    with site(Fate(), tmp_path) as url:
        assert ask(url, Accept_Encoding=sent).seen.get("Accept-Encoding") == seen


def test_nobody_says_themselves_who_they_are(tmp_path: Path) -> None:
    with site(Fate(), tmp_path) as url:
        seen = ask(url, X_Forwarded_For="203.0.113.9", X_Forwarded_Proto="http").seen
    assert (seen["X-Forwarded-For"], seen["X-Forwarded-Proto"]) == ("127.0.0.1", "https")
