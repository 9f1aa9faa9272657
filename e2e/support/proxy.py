"""A TLS proxy in front of a shop, standing in for nginx, for tests over https."""

from __future__ import annotations

import asyncio
import re
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import trustme

FORWARDED = b"X-Forwarded-Proto: https\r\nX-Forwarded-For: 127.0.0.1\r\n"
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
Change = Callable[[bytes, bytes], tuple[bytes, bytes]]
"""Makes of a request, as its request line with its headers and its body, the one that goes on."""


@contextmanager
def tls_proxy(shop_url: str, change: Change | None = None) -> Iterator[str]:
    """The https address of a proxy that forwards each request to the shop, those with a body as
    they are after `change`, which may take its time and comes from several threads. Connections
    stay open for further requests: a handshake for each would take more time than the request."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    upstream_port = int(shop_url.rsplit(":", 1)[1])
    try:
        starting = asyncio.run_coroutine_threadsafe(_serve(upstream_port, change), loop)
        server = starting.result(timeout=10)
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        asyncio.run_coroutine_threadsafe(_stop(server), loop).result(timeout=10)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=10)
        loop.close()


async def _stop(server: asyncio.Server) -> None:
    server.close()
    handling = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in handling:
        task.cancel()
    await asyncio.gather(*handling, return_exceptions=True)


async def _serve(upstream_port: int, change: Change | None) -> asyncio.Server:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                await _forward(reader, writer, upstream_port, change)
        finally:
            writer.close()

    return await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context)


async def _forward(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    upstream_port: int,
    change: Change | None,
) -> None:
    answer, request = await asyncio.open_connection("127.0.0.1", upstream_port)
    answering = asyncio.ensure_future(_pipe(answer, writer))
    # The shop closes a connection that it will not use again, and so does the proxy then.
    answering.add_done_callback(lambda _: writer.close())
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = LENGTH.search(head)
            body = await reader.readexactly(int(length[1])) if length else b""
            if body and change:
                head, body = await asyncio.to_thread(change, head, body)
                head = LENGTH.sub(b"\r\nContent-Length: %d" % len(body), head)
            request_line, _, headers = head.partition(b"\r\n")
            request.write(request_line + b"\r\n" + FORWARDED + headers + body)
            await request.drain()
    finally:
        answering.cancel()
        request.close()


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while octets := await reader.read(65_536):
        writer.write(octets)
        await writer.drain()
