"""The TLS proxy of the tests over https, and what it may change on the way."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from e2e.support.proxy import Change, tls_proxy


class Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        said = f"{self.path} {self.headers['X-Forwarded-Proto']} ".encode() + body
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    do_POST = do_GET  # noqa: N815 - the names are those of http.server

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def _echo() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def _longer(head: bytes, body: bytes) -> tuple[bytes, bytes]:
    return head.replace(b"/a ", b"/changed "), body + b" and more"


@pytest.mark.parametrize(
    ("change", "method", "said"),
    [
        pytest.param(None, "POST", b"/a https sent", id="as it came"),
        pytest.param(_longer, "POST", b"/changed https sent and more", id="changed"),
        pytest.param(_longer, "GET", b"/a https ", id="without a body"),
    ],
)
def test_requests_with_a_body_can_be_changed(
    change: Change | None, method: str, said: bytes
) -> None:
    with _echo() as upstream, tls_proxy(upstream, change) as url:
        context = ssl._create_unverified_context()  # noqa: S323 - its certificate is its own
        with closing(HTTPSConnection(url.partition("//")[2], context=context)) as connection:
            for _ in range(2):  # on one connection
                connection.request(method, "/a", b"sent" if method == "POST" else None)
                assert connection.getresponse().read() == said
