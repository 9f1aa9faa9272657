"""A bounded load on one loopback address: a number of connections for a number of seconds."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, built once and sent repeatedly. `status` is the status it must get."""

    label: str
    octets: bytes
    status: int


def get(
    label: str, path: str, *, cookies: str = "", headers: str = "", status: int = 200
) -> Request:
    """A GET request; `headers` are complete, each with its CRLF."""
    head = _head("GET", path, cookies) + headers.encode("ascii")
    return Request(label, head + b"\r\n", status)


def post(label: str, path: str, body: str, *, cookies: str = "", headers: str = "") -> Request:
    """A POST request of a form, which is answered with a redirect."""
    head = _head("POST", path, cookies) + headers.encode("ascii")
    head += b"Content-Type: application/x-www-form-urlencoded\r\n"
    head += f"Content-Length: {len(body)}\r\n\r\n".encode("ascii")
    return Request(label, head + body.encode("ascii"), 303)


def requests_per_second(
    request: Request, port: int, *, seconds: float, connections: int = 8
) -> float:
    """Responses per second. Raises RuntimeError at the first wrong status."""
    counts = [0] * connections
    wrong: list[str] = []
    end = time.perf_counter() + seconds

    def work(which: int) -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            while time.perf_counter() < end and not wrong:
                status = exchange(connection, request.octets)[0]
                if status != request.status:
                    wrong.append(f"{request.label}: {status} instead of {request.status}")
                counts[which] += 1

    began = time.perf_counter()
    threads = [threading.Thread(target=work, args=(which,)) for which in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise RuntimeError(wrong[0])
    return sum(counts) / (time.perf_counter() - began)


def exchange(connection: socket.socket, octets: bytes) -> tuple[int, bytes, bytes]:
    """Sends a request and reads one response: status, header and body."""
    connection.sendall(octets)
    received = b""
    while b"\r\n\r\n" not in received:
        received += _some(connection)
    header, _, body = received.partition(b"\r\n\r\n")
    stated = header.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0]
    length = int(stated or 0)  # a 304 has none
    while len(body) < length:
        body += _some(connection)
    return int(header[9:12]), header, body


def _some(connection: socket.socket) -> bytes:
    received = connection.recv(65_536)
    if not received:
        raise RuntimeError("the server closed the connection")
    return received


def _head(method: str, path: str, cookies: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    if cookies:
        lines.append(f"Cookie: {cookies}")
    return ("\r\n".join(lines) + "\r\n").encode("ascii")
