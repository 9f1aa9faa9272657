"""A stub of the one call to Stripe that the shop makes, on loopback, and events as Stripe signs
them."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs

KEY = "sk_test_of_the_stub"
SIGNING_SECRET = "whsec_of_the_stub"


@dataclass
class Stub:
    """Answers with a session for each request, whose fields it keeps; or with `status`, or not at
    all while `is_silent`."""

    url: str = ""
    status: int = 200
    is_silent: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    is_over: Event = field(default_factory=Event)

    def answer(self) -> dict[str, Any]:
        if self.status >= 300:
            return {"error": {"type": "api_error", "message": f"not with {KEY}", "code": "broken"}}
        asked, number = self.asked[-1], len(self.asked)
        return {
            "id": f"cs_test_{number}",
            "object": "checkout.session",
            "url": f"https://checkout.stripe.com/c/pay/cs_test_{number}",
            "payment_status": "unpaid",
            "amount_total": int(asked["line_items[0][price_data][unit_amount]"]),
            "currency": asked["line_items[0][price_data][currency]"],
        }


@contextmanager
def stub_of_stripe() -> Iterator[Stub]:
    stub = Stub()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/checkout/sessions"
            body = self.rfile.read(int(self.headers["Content-Length"])).decode("ascii")
            stub.asked.append({name: values[0] for name, values in parse_qs(body).items()})
            stub.headers.append(dict(self.headers))
            if stub.is_silent:
                stub.is_over.wait()
                return
            answer = json.dumps(stub.answer()).encode("ascii")
            self.send_response(stub.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stub.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield stub
    finally:
        stub.is_over.set()
        server.shutdown()
        server.server_close()


def event(
    kind: str,
    session: dict[str, Any],
    *,
    key: str = "evt_1",
    secret: str = SIGNING_SECRET,
    age: int = 0,
) -> dict[str, Any]:
    """The body and the headers of a request with an event, signed so many seconds ago.

    The scheme is from https://docs.stripe.com/webhooks/signature: HMAC with SHA-256 over the time,
    a point and the body.
    """
    body = json.dumps(
        {"id": key, "object": "event", "type": kind, "data": {"object": session}}
    ).encode("utf-8")
    at = int(time.time()) - age
    signature = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return {"data": body, "headers": {"Stripe-Signature": f"t={at},v1={signature}"}}
