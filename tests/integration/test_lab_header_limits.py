"""The pages about the route, and the `limits` command against fake deployments."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import pytest
import trustme
from click.testing import CliRunner, Result
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import RequestReceived
from h2.exceptions import ProtocolError
from hpack import Encoder
from werkzeug.test import TestResponse

from shop.cli import main
from shop.lab.header_limits import client, report, search
from shop.lab.header_limits.deployment import Deployment
from shop.web.cart.writer import EXPIRED_CART
from shop.web.checkout import recent_orders
from shop.web.site.messages import MOST_BYTES
from tests.conftest import Opener, OpenShop
from tests.integration.checkouts import place
from tests.integration.client import LintingClient, elements, parsed, text_of

ECHO = "/limits/way/echo"
LOWERED_BUDGET = 2300


def test_the_echo_reports_what_arrived(visitor: LintingClient) -> None:
    sent = {"Crumbs": "x" * 5000, "Way-0": "x", "Way-1": "x"}
    response = visitor.get(ECHO, headers=sent)
    assert response.json is not None
    assert (response.json["octets"], response.json["counted"]) == (5000, 2)
    assert response.json["budget"] == 4096
    assert response.json["fields"] == visitor.get(ECHO, headers={}).json["fields"] + 3  # type: ignore[index]


def test_the_echo_counts_a_cookie(visitor: LintingClient) -> None:
    visitor.raw_cookies = "way=".ljust(60_000, "x")
    response = visitor.get(ECHO)
    assert response.json is not None
    assert response.json["octets"] == 60_000


@pytest.mark.parametrize("back", ["1", "4096", "1048576"])
def test_the_echo_returns_a_header_and_sets_no_cookie(visitor: LintingClient, back: str) -> None:
    response = visitor.get(f"{ECHO}?back={back}")
    assert response.headers["Crumb-Back"] == "x" * int(back)
    assert "Set-Cookie" not in response.headers
    assert set(response.headers["Cache-Control"].split(", ")) & {"private", "no-store"}


@pytest.mark.parametrize("address", [ECHO, f"{ECHO}?back=0", f"{ECHO}?back="])
def test_the_echo_returns_no_header_unless_requested(visitor: LintingClient, address: str) -> None:
    assert "Crumb-Back" not in visitor.get(address).headers


@pytest.mark.parametrize("back", ["-1", "1048577", "9" * 5000, "1e3", "x", "١", "1.5", "%00"])
def test_an_invalid_header_size_is_400(visitor: LintingClient, back: str) -> None:
    assert visitor.get(f"{ECHO}?back={back}").status_code == 400


@pytest.mark.parametrize(
    "outcomes",
    ["x", ".", "200-16-4..", "200-", "99999", "-1", "200-16-4-1", "404." * 100, "404.404.404.404"],
)
@pytest.mark.parametrize("address", ["/limits/way", "/limits/way/next"])
def test_invalid_outcomes_are_400(visitor: LintingClient, address: str, outcomes: str) -> None:
    assert visitor.get(address, query_string={"outcomes": outcomes}).status_code == 400


def test_a_search_ends_with_a_report(visitor: LintingClient) -> None:
    """What the page's script does when all its requests pass through nginx."""
    outcomes: list[str] = []
    while "attempt" in (step := _next_step(visitor, outcomes)):
        attempt = step["attempt"]
        sizes = [size for _, size in attempt["fields"]]
        status = 400 if max(sizes, default=0) > 8182 else 502 if attempt["back"] > 3462 else 200
        is_ok = status == 200
        outcomes.append(f"200-{attempt['size']}-{len(sizes) + 9}" if is_ok else str(status))
    assert len(step["report"]) < 1000
    response = visitor.get(step["report"])
    assert "Set-Cookie" not in response.headers
    assert text_of(response.text, "h1") == "What passes on the route"
    rows = [
        [" ".join(cell.to_text().split()) for cell in elements(row, "th, td")]
        for row in elements(parsed(response.text), ".route-report tbody tr")
    ]
    assert rows == [
        [
            "Largest request header",
            "8,182 bytes, 8,192 with “Cookie: ” and line end the default of nginx, Heroku",
            "8,183: 400",
        ],
        [
            "Request headers",
            "2,009 or more, 2,000 of them small headers of this probe",
            "not reached: nothing larger was tried",
        ],
        [
            "Largest response header",
            "3,462 bytes, 3,476 with “Set-Cookie: ” and line end",
            "3,463: 502",
        ],
    ]
    assert "set SHOP_CART_BUDGET_BYTES=2300," in response.text
    assert step["report"].startswith("/limits/way?outcomes=200-16-10.")


def _caption(visitor: LintingClient, **fields: str) -> tuple[str, bool]:
    outcomes = "over.over.over"
    response = visitor.get("/limits/way", query_string={"outcomes": outcomes}, headers=fields)
    return text_of(response.text, "caption"), "It is not signed" in response.text


def test_a_report_opened_from_an_address_says_so(visitor: LintingClient) -> None:
    assert _caption(visitor) == ("The figures in this page’s address", True)
    in_place, _ = _caption(visitor, **{"Crumb-Quiet": "1"})
    assert in_place == "Measured from this browser to this shop and back"


def test_the_page_says_how_many_requests_it_makes(visitor: LintingClient) -> None:
    page = visitor.get("/limits").text
    assert "up to 166 requests from this browser" in text_of(page, "header-search")
    (bar,) = elements(parsed(page), "header-search progress")
    assert bar.attrs["max"] == "166"
    assert _next_step(visitor, [])["done"] == 1
    last = ["200-16-9", *["404"] * 3]
    assert _next_step(visitor, last[:2])["done"] == 5


def test_an_empty_report_redirects_to_the_laboratory(visitor: LintingClient) -> None:
    response = visitor.get("/limits/way")
    assert (response.status_code, response.location) == (303, "/limits#way")


def test_without_javascript_the_command_is_shown(open_shop: Opener) -> None:
    visitor = open_shop(SHOP_TRUSTED_HOSTS="shop.example").visitor(base_url="http://shop.example")
    page = visitor.get("/limits").text
    assert "shop limits --url http://shop.example/</pre>" in page
    assert visitor.get("/limits", headers={"Host": "evil.example"}).status_code == 400


def test_the_echo_is_rate_limited(open_shop: Opener) -> None:
    visitor = open_shop(SHOP_LIMITS_RATELIMIT="3 per minute").visitor()
    assert [visitor.get(ECHO).status_code for _ in range(4)] == [200, 200, 200, 429]


@pytest.mark.parametrize("base_url", ["http://localhost", "https://localhost"])
@pytest.mark.parametrize("waiting", ["messages", "expired cart"])
def test_the_bytes_assumed_beside_a_cart_are_just_enough(
    shop: OpenShop, base_url: str, waiting: str
) -> None:
    visitor = shop.visitor(base_url=base_url)
    for _ in range(recent_orders.MOST):
        visitor.add("MUG")
        response = place(visitor)
    assert response.status_code == 303
    name = recent_orders.SECURE_NAME if base_url.startswith("https") else recent_orders.NAME
    orders = next(it for it in response.headers.getlist("Set-Cookie") if it.startswith(name))
    with visitor.session_transaction(base_url=base_url) as kept:
        if waiting == "messages":
            kept["_flashes"] = [("message", _noise(MOST_BYTES - 70))]  # the response adds the rest
        else:
            kept[EXPIRED_CART] = _noise(LOWERED_BUDGET // 6)
    response = visitor.add("MUG")
    assert response.status_code == 303
    lines = [line.partition(";")[0] for line in response.headers.getlist("Set-Cookie")]
    carts = [line for line in lines if re.match(r"(__Host-cart|cart|undo)=", line)]
    (session,) = set(lines) - set(carts)
    name_and_value = sum(len(line) - len("=") for line in carts)
    beside = _header_bytes(response) - name_and_value - _header_bytes(visitor.get(ECHO))
    _is_just_enough(beside, report.ANSWER_BESIDE_BYTES)
    cookies = "; ".join([*carts, session, orders.partition(";")[0]])
    _is_just_enough(len(cookies) - name_and_value, report.COOKIE_BESIDE_BYTES)


def _is_just_enough(measured: int, reckoned: int) -> None:
    assert 0 <= reckoned - measured < 250, (measured, reckoned)


def _next_step(visitor: LintingClient, outcomes: list[str]) -> dict[str, Any]:
    response = visitor.get("/limits/way/next", query_string={"outcomes": ".".join(outcomes)})
    assert "Set-Cookie" not in response.headers
    reported: dict[str, Any] | None = response.json
    assert reported is not None
    return reported


def _noise(length: int) -> str:
    """Text that does not deflate, like long names in another script."""
    digests = (hashlib.sha256(b"%d" % step).digest() for step in range(20))
    return base64.b64encode(b"".join(digests)).decode()[:length]


def _header_bytes(response: TestResponse) -> int:
    lines = [f"HTTP/1.1 {response.status}", *(f"{name}: {text}" for name, text in response.headers)]
    return sum(len(line) + len("\r\n") for line in lines)


Respond = Callable[[str, dict[str, str]], bytes | None]
"""How a fake deployment responds to the path and the fields of a request: with bytes, or by
closing the connection, which is None."""


@dataclass(frozen=True, slots=True)
class FakeServer:
    """The server end of a connection to a fake deployment. Like h11, it refuses a request that is
    still incomplete after this many bytes."""

    respond: Respond
    most_incomplete: int = 10**9

    def speak(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(10)
            request_bytes = b""
            while b"\r\n\r\n" not in request_bytes:
                request_bytes += connection.recv(65_536) or b"\r\n\r\n"
                if not request_bytes.startswith(b"GET "):
                    connection.sendall(response_bytes("400 Bad Request"))
                    return
                is_complete = b"\r\n\r\n" in request_bytes
                if not is_complete and len(request_bytes) > self.most_incomplete:
                    connection.sendall(response_bytes("431 Too Large"))
                    return
            line, *rest = request_bytes.decode("ascii").split("\r\n\r\n")[0].split("\r\n")
            fields = dict(field.split(": ", 1) for field in rest)
            if (response := self.respond(line.split(" ")[1], fields)) is not None:
                connection.sendall(response)


def response_bytes(status: str, body: str = "", *fields: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *fields]
    return "\r\n".join([*lines, "", body]).encode("ascii")


def laboratory(path: str, fields: dict[str, str]) -> bytes:
    """The response of a shop without any limit."""
    counted = sum(name.startswith(search.COUNTED) for name in fields)
    arrived = {"octets": len(fields.get("Cookie", "")), "counted": counted}
    body = json.dumps(arrived | {"fields": len(fields), "budget": 4096})
    back = int(path.partition("back=")[2] or 0)
    return response_bytes("200 OK", body, *([f"Crumb-Back: {'x' * back}"] if back else []))


def like_nginx(path: str, fields: dict[str, str]) -> bytes:
    if any(len(f"{name}: {value}\r\n") > 8192 for name, value in fields.items()):
        return response_bytes("400 Bad Request")
    whole = laboratory(path, fields)
    is_small = len(whole.partition(b"\r\n\r\n")[0]) < 4096
    return whole if is_small else response_bytes("502 Bad Gateway")


def like_uwsgi(path: str, fields: dict[str, str]) -> bytes | None:
    whole = sum(len(name) + len(value) for name, value in fields.items())
    return None if whole > 4000 else laboratory(path, fields)


def like_fastly(path: str, fields: dict[str, str]) -> bytes:
    kept = {
        name: value for name, value in fields.items() if name != "Cookie" or len(value) <= 32_768
    }
    return laboratory(path, kept)


def responding_431(path: str, fields: dict[str, str]) -> bytes:
    is_long = len(fields.get("Cookie", "")) > 65_526 or len(fields) > 100
    return response_bytes("431 Too Large") if is_long else laboratory(path, fields)


class Http2Server:
    """The server end of a connection over HTTP/2. Like nginx, it ends the connection when a cookie
    is too long, by its compressed size. It accepts 100 fields and a header of 4,000 bytes back."""

    def speak(self, connection: socket.socket) -> None:
        http = H2Connection(H2Configuration(client_side=False, header_encoding="latin-1"))
        with connection, suppress(OSError, ProtocolError):
            connection.settimeout(10)
            http.initiate_connection()
            http.decoder.max_header_list_size = 10**7
            while received := connection.recv(65_536):
                for event in http.receive_data(received):
                    if isinstance(event, RequestReceived):
                        self._respond(http, {str(name): str(text) for name, text in event.headers})
                connection.sendall(http.data_to_send())

    def _respond(self, http: H2Connection, fields: dict[str, str]) -> None:
        cookie = fields.get("cookie", "").encode()
        if len(Encoder().huffman_coder.encode(cookie)) > 8192:
            http.close_connection(ErrorCodes.ENHANCE_YOUR_CALM)
            return
        back = int(fields[":path"].partition("back=")[2] or 0)
        counted = sum(name.startswith("way-") for name in fields)
        is_refused = len(fields) > 100 or back > 4000
        body = {"octets": len(cookie), "counted": counted, "fields": len(fields), "budget": 4096}
        headers = [(":status", "400" if is_refused else "200"), ("crumb-back", "x" * back)]
        http.send_headers(1, headers)
        http.send_data(1, json.dumps(body).encode(), end_stream=True)


OnConnect = Callable[[socket.socket], bool]
"""Whether a fake deployment serves a new connection. It gets the listening socket, which it may
close."""


@contextmanager
def served(
    respond: Respond,
    *,
    host: str = "127.0.0.1",
    most_incomplete: int = 10**9,
    is_http2: bool = False,
    tls: ssl.SSLContext | None = None,
    on_connect: OnConnect = lambda listening: True,
) -> Iterator[int]:
    """Runs a fake deployment, and gives its port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family, backlog=128) as listening:
        server = Http2Server() if is_http2 else FakeServer(respond, most_incomplete)

        def speak(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                if on_connect(listening):
                    server.speak(
                        tls.wrap_socket(connection, server_side=True) if tls else connection
                    )

        def accept() -> None:
            with suppress(OSError):
                while True:
                    speak(listening.accept()[0])

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            thread.join(timeout=10)


def run_limits(url: str, *options: str, exit_code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["limits", "--url", url, *options])
    assert result.exit_code == exit_code, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), result
    return result


def measured(respond: Respond) -> dict[str, Any]:
    with served(respond) as port:
        reported: dict[str, Any] = json.loads(
            run_limits(f"http://127.0.0.1:{port}", "--json").stdout
        )
    return reported


def test_a_deployment_like_nginx() -> None:
    reported = measured(like_nginx)
    assert reported["request_field_bytes"]["most"] == 8182
    assert reported["request_field_bytes"]["status"] == 400
    assert reported["request_field_bytes"]["shared"] is False
    assert reported["request_field_bytes_in_two_writes"]["most"] == 8182
    assert reported["depends_on_timing"] is False
    assert reported["answer_field_bytes"]["status"] == 502
    assert reported["answer_field_bytes"]["exact"] is True
    fits = reported["answer_field_bytes"]["most"] + 14 - report.ANSWER_BESIDE_BYTES
    assert 0 <= fits - reported["cart_budget_bytes"] < 100


def test_a_deployment_that_closes_the_connection() -> None:
    reported = measured(like_uwsgi)
    assert reported["request_field_bytes"]["status"] is None
    assert "before the response is complete" in str(reported["request_field_bytes"]["beyond"])
    assert reported["request_field_bytes"]["exact"] is True
    assert reported["request_field_bytes"]["shared"] is True


def test_a_deployment_that_drops_the_cookie() -> None:
    reported = measured(like_fastly)
    assert reported["request_field_bytes"]["most"] == 32_768
    assert "dropped on the route" in str(reported["request_field_bytes"]["beyond"])


def test_a_deployment_that_responds_before_the_request_is_sent() -> None:
    reported = measured(responding_431)
    assert (reported["request_field_bytes"]["most"], reported["request_fields"]["most"]) == (
        65_526,
        96,
    )
    assert reported["request_field_bytes"]["status"] == reported["request_fields"]["status"] == 431
    assert reported["answer_field_bytes"]["least_refused"] is None


def test_a_response_that_is_cut_short_does_not_pass() -> None:
    def truncating(path: str, fields: dict[str, str]) -> bytes:
        whole = laboratory(path, fields)
        return whole[:-1] if len(whole) > 10_000 else whole

    reported = measured(truncating)
    assert "closed before the response is complete" in str(reported["answer_field_bytes"]["beyond"])


def at_most_20_000(path: str, fields: dict[str, str]) -> bytes:
    is_long = len(fields.get("Cookie", "")) > 20_000
    return response_bytes("400 Bad Request") if is_long else laboratory(path, fields)


def test_a_limit_that_depends_on_timing_is_flagged() -> None:
    with served(at_most_20_000, most_incomplete=9000) as port:
        url = f"http://127.0.0.1:{port}"
        measured_here = client.measure(Deployment.of(url)).findings
        output = run_limits(url).stdout
    request = Deployment.of(url).writes(search.one_field(16, in_two=True))
    least = 9000 - len(request[0]) + 16
    assert measured_here.in_two is not None
    assert (measured_here.in_two.most, measured_here.field.most) == (least, 20_000)
    assert f"depends on timing: between {least:,} and 20,000 bytes" in output
    assert f"in two writes {least + 1:,}: 431; in one 20,001: 400" in output
    assert "Only the smaller figure is sure to pass." in output


def test_the_command_prints_a_table() -> None:
    with served(like_nginx) as port:
        output = run_limits(f"http://127.0.0.1:{port}/").stdout
    assert output.startswith(f"http://127.0.0.1:{port}, ")
    assert "8,182 bytes, 8,192 with “Cookie: ” and line end" in output
    assert "8,183: 400 (the default of nginx, Heroku)" in output
    assert "A full cart (4,096 bytes) does not pass here: set SHOP_CART_BUDGET_BYTES=" in output


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_tls_is_verified_unless_insecure_is_given(host: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert(host).configure_cert(context)
    shown_host = f"[{host}]" if ":" in host else host
    with served(responding_431, host=host, tls=context) as port:
        url = f"https://{shown_host}:{port}/shop"
        output = run_limits(url, exit_code=1).stderr
        assert output.startswith(f"The certificate of {host} is not trusted: ")
        assert "add --insecure" in output
        assert "65,527: 431" in run_limits(url, "--insecure").stdout


def secured_for(*protocols: str) -> ssl.SSLContext:
    context = secured()
    context.set_alpn_protocols([*protocols])
    return context


def test_over_http2_sizes_are_those_before_compression() -> None:
    with served(laboratory, is_http2=True) as port:
        url = f"http://127.0.0.1:{port}"
        reported = json.loads(run_limits(url, "--http2", "--json").stdout)
    field = reported["request_field_bytes"]
    assert reported["protocol"] == "HTTP/2"
    assert (field["most"], field["least_refused"], field["status"]) == (9362, 9363, None)
    assert "before the response is complete" in field["beyond"]
    assert (reported["request_fields"]["status"], reported["answer_field_bytes"]["most"]) == (
        400,
        4000,
    )
    assert reported["rows"][0]["measured"] == "9,362 bytes"
    assert reported["notes"][0] == report.COMPRESSED
    assert reported["depends_on_timing"] is None


def test_http2_is_negotiated_over_tls() -> None:
    with served(laboratory, is_http2=True, tls=secured_for("h2", "http/1.1")) as port:
        output = run_limits(f"https://127.0.0.1:{port}", "--http2", "--insecure").stdout
    assert "requests over HTTP/2" in output
    assert "9,362 bytes " in output
    assert "line end" not in output


@pytest.mark.parametrize("protocols", [(), ("http/1.1",)], ids=["no ALPN", "only HTTP/1.1"])
def test_a_shop_that_does_not_offer_http2_is_reported(protocols: tuple[str, ...]) -> None:
    tls = secured_for(*protocols) if protocols else secured()
    with served(laboratory, tls=tls) as port:
        url = f"https://127.0.0.1:{port}"
        output = run_limits(url, "--http2", "--insecure", exit_code=1).stderr
    assert output == f"127.0.0.1 port {port} does not offer HTTP/2. Leave out --http2.\n"


def test_a_server_that_answers_http2_in_http1_is_reported() -> None:
    with served(laboratory) as port:
        output = run_limits(f"http://127.0.0.1:{port}", "--http2", exit_code=1).stderr
    assert output.endswith("even on a small request. Does it speak HTTP/2?\n")


def test_proxies_from_the_environment_are_ignored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    requested: list[str] = []

    def recording(path: str, fields: dict[str, str]) -> bytes:
        requested.append(f"{fields['Host']}{path.partition('?')[0]}")
        return like_nginx(path, fields)

    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with served(recording) as port:
        run_limits(f"http://127.0.0.1:{port}/a%20b/")
    assert set(requested) == {f"127.0.0.1:{port}/a%20b/limits/way/echo"}


@pytest.mark.parametrize(
    ("response", "output"),
    [
        pytest.param(response_bytes("404 Not Found"), "There is no Crumb laboratory at", id="404"),
        pytest.param(
            response_bytes("200 OK", "<p>"), "There is no Crumb laboratory at", id="no JSON"
        ),
        pytest.param(
            response_bytes("200 OK", "[1]"), "There is no Crumb laboratory at", id="a list"
        ),
        pytest.param(response_bytes("400 Bad Request"), "SHOP_TRUSTED_HOSTS?", id="400"),
        pytest.param(response_bytes("503 No"), "responds with 503 to a small request", id="503"),
        pytest.param(
            response_bytes("301 Moved", "", "Location: http://elsewhere.example/"),
            "redirects to http://elsewhere.example/, and redirects are not followed",
            id="301",
        ),
        pytest.param(
            response_bytes("429 Slow", "", "Retry-After: 61"), "Try again in 61 seconds.", id="429"
        ),
        pytest.param(response_bytes("429 Slow"), "Try again in a minute.", id="429 without a time"),
        pytest.param(None, "closes the connection, even on a small request", id="closed"),
        pytest.param(b"220 mail ready\r\n", "closes the connection, even on", id="not HTTP"),
    ],
)
def test_a_server_without_a_laboratory_is_reported(response: bytes | None, output: str) -> None:
    with served(lambda path, fields: response) as port:
        assert output in run_limits(f"http://127.0.0.1:{port}", exit_code=1).stderr


def test_a_rate_limit_stops_the_search() -> None:
    requested: list[str] = []

    def with_rate_limit(path: str, fields: dict[str, str]) -> bytes:
        requested.append(path)
        return response_bytes("429 Slow") if len(requested) > 5 else laboratory(path, fields)

    with served(with_rate_limit) as port:
        output = run_limits(f"http://127.0.0.1:{port}", exit_code=1).stderr
    assert output.startswith("Too many requests (429) after 6 requests: the search has stopped.")
    assert len(requested) == 6


def silent_beyond(most: int, silence: threading.Event) -> Respond:
    """Does not respond to larger cookies, for half a second or until the event is set."""

    def respond_or_wait(path: str, fields: dict[str, str]) -> bytes | None:
        if len(fields.get("Cookie", "")) <= most:
            return laboratory(path, fields)
        silence.wait(0.5)
        return None

    return respond_or_wait


def test_a_missing_response_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr(search, "MOST_SECONDS", 1)
    reported = measured(silent_beyond(4096, threading.Event()))
    field = reported["request_field_bytes"]
    assert (field["most"], field["status"], field["steady"]) == (4096, None, None)
    assert ": no response within 5 seconds; not measured between" in field["beyond"]


def test_an_attempt_cut_short_by_the_time_limit_does_not_count_as_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(search, "MOST_SECONDS", 0.5)
    silence = threading.Event()
    with served(silent_beyond(4096, silence)) as port:
        began = time.monotonic()
        reported = json.loads(run_limits(f"http://127.0.0.1:{port}", "--json").stdout)
        took = time.monotonic() - began
        silence.set()
    field = reported["request_field_bytes"]
    assert (field["most"], field["least_refused"], field["beyond"]) == (4096, None, "not measured")
    assert (field["cut"], field["steady"]) == (True, None)
    assert reported["answer_field_bytes"]["beyond"] == "not measured"
    assert "before everything was measured." in reported["notes"][-1]
    assert took < 2


def secured() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    return context


def test_a_search_that_ends_during_a_handshake_keeps_its_findings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(search, "MOST_SECONDS", 1)
    over = threading.Event()
    silent_from_the_fourth = except_connection(4, lambda _: over.wait(10))
    with served(laboratory, tls=secured(), on_connect=silent_from_the_fourth) as port:
        reported = json.loads(
            run_limits(f"https://127.0.0.1:{port}", "--insecure", "--json").stdout
        )
        over.set()
    field = reported["request_field_bytes"]
    assert (field["most"], field["least_refused"], field["cut"]) == (4096, None, True)
    assert len(reported["notes"]) == 1
    assert "before everything was measured." in reported["notes"][0]


def except_connection(number: int, then: OnConnect) -> OnConnect:
    """Serves every connection but this one, counted from 1."""
    connections: list[None] = []

    def on_connect(listening: socket.socket) -> bool:
        connections.append(None)
        return then(listening) if len(connections) == number else True

    return on_connect


def test_a_failed_connection_is_tried_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "RETRY_AFTER_SECONDS", 0)
    with served(
        like_nginx, tls=secured(), on_connect=except_connection(10, lambda _: False)
    ) as port:
        reported = json.loads(
            run_limits(f"https://127.0.0.1:{port}", "--insecure", "--json").stdout
        )
    assert reported["request_field_bytes"]["most"] == 8182
    assert reported["answer_field_bytes"]["steady"] is True
    assert reported["cart_budget_bytes"] is not None
    assert reported["notes"][0].startswith("Failed connections: 1 (TLS: ")


def test_a_search_that_loses_its_connection_keeps_its_findings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(client, "RETRY_AFTER_SECONDS", 0)

    def closes_down(listening: socket.socket) -> bool:
        listening.close()
        return False

    with served(like_nginx, on_connect=except_connection(23, closes_down)) as port:
        reported = json.loads(run_limits(f"http://127.0.0.1:{port}", "--json").stdout)
    field, fields = reported["request_field_bytes"], reported["request_fields"]
    assert (field["most"], field["steady"], field["cut"]) == (8182, True, False)
    assert (fields["most"], fields["least_refused"], fields["cut"]) == (64, None, True)
    assert reported["answer_field_bytes"]["beyond"] == "not measured"
    assert reported["cart_budget_bytes"] is None
    assert reported["notes"][0] == (
        "Failed connections: 2 (Connection refused). Each attempt tries to connect at most twice."
    )
    assert reported["notes"][-1] == (
        "The search ended before everything was measured: two tries to connect failed."
    )
    assert reported["requests"] == 23


@contextmanager
def silent() -> Iterator[int]:
    """A port of 127.0.0.1 that neither accepts nor refuses connections: its queue is full."""
    with ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listening.getsockname())
        yield listening.getsockname()[1]


def resolve_to(monkeypatch: pytest.MonkeyPatch, *ports: int) -> None:
    """Makes every host name resolve to these ports of 127.0.0.1."""
    findings = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)) for port in ports
    ]  # fmt: skip
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: findings)


def test_the_first_address_that_responds_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "PATIENCE_SECONDS", 1)
    with silent() as dead, served(like_nginx) as port:
        resolve_to(monkeypatch, dead, port)
        began = time.monotonic()
        reported = json.loads(run_limits("http://shop.example", "--json").stdout)
        took = time.monotonic() - began
    assert reported["request_field_bytes"]["most"] == 8182
    note = "The largest request header still passes beside 1,000 bytes of other headers."
    assert reported["notes"] == [note]
    assert took < 4


def test_all_addresses_share_one_timeout(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(search, "PATIENCE_SECONDS", 0.5)
    with silent() as dead:
        resolve_to(monkeypatch, dead, dead, dead, dead)
        began = time.monotonic()
        output = run_limits("http://shop.example", exit_code=1).stderr
        took = time.monotonic() - began
    assert output == "shop.example port 80 cannot be reached: no response. Is the shop running?\n"
    assert 0.4 < took < 1.5


def test_a_silent_tls_handshake_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "PATIENCE_SECONDS", 0.2)
    over = threading.Event()
    with served(laboratory, on_connect=lambda _: over.wait(2)) as port:
        output = run_limits(f"https://127.0.0.1:{port}", exit_code=1).stderr
        over.set()
    assert output == (
        f"127.0.0.1 port {port} gives no response to the TLS handshake. "
        "Should the URL begin with http://?\n"
    )


def test_the_search_makes_no_more_requests_than_stated() -> None:
    def with_the_largest_limits(path: str, fields: dict[str, str]) -> bytes:
        is_long = len(fields.get("Cookie", "")) > 2**20 - 1 or len(fields) > 2003
        is_back = int(path.partition("back=")[2] or 0) > 2**20 - 1
        return response_bytes("431 No") if is_long or is_back else laboratory(path, fields)

    ticks: list[None] = []
    with served(with_the_largest_limits) as port:
        deployment = Deployment.of(f"http://127.0.0.1:{port}")
        findings = client.measure(deployment, lambda: ticks.append(None))
    assert 80 <= findings.requests <= client.MOST_REQUESTS == 115
    assert len(ticks) == findings.requests
    assert "It sends at most 115 requests." in CliRunner().invoke(main, ["limits", "--help"]).output


def test_informational_responses_are_skipped() -> None:
    def with_early_hints(path: str, fields: dict[str, str]) -> bytes:
        hints = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"
        return 2 * hints + like_nginx(path, fields)

    assert measured(with_early_hints)["request_field_bytes"]["most"] == 8182


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("https://shop.example:443/a", "shop.example"),
        ("https://shop.example", "shop.example"),
        ("https://shop.example:80", "shop.example:80"),
        ("http://shop.example:80", "shop.example"),
        ("http://shop.example:443", "shop.example:443"),
        ("http://[::1]:8000", "[::1]:8000"),
    ],
)
def test_the_host_header_has_the_port_unless_it_is_the_default(url: str, authority: str) -> None:
    deployment = Deployment.of(url)
    assert f"\r\nHost: {authority}\r\n".encode() in deployment.writes(search.one_back(0))[0]


def test_an_unreachable_deployment_is_reported() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    output = run_limits(f"http://127.0.0.1:{port}", exit_code=1).stderr
    assert output.startswith(f"127.0.0.1 port {port} cannot be reached: Connection refused.")
    output = run_limits("http://no-such-name.invalid", exit_code=1).stderr
    assert output == "The name no-such-name.invalid is not known. Is it spelt right?\n"
    with served(laboratory) as port:
        output = run_limits(f"https://127.0.0.1:{port}", exit_code=1).stderr
    assert f"127.0.0.1 port {port} does not speak TLS" in output


@pytest.mark.parametrize(
    "url",
    [
        "shop.example", "ftp://shop.example", "http://", "http://[::1", "http://a b",
        "http://x:99999", "http://x:0", "http://x:y", "http://me:secret@x", "http://x/?a=b",
        "http://x\r\nEvil: 1", f"http://{'x' * 300}", "http://x/#a",
    ],
)  # fmt: skip
def test_an_invalid_url_is_reported(url: str) -> None:
    output = run_limits(url, exit_code=1).stderr
    assert "is not the URL of a shop: " in output
    assert len(output.splitlines()) <= 2
