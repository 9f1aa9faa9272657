"""A request over HTTP/1.1, read by h11."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import h11

from shop.lab.header_limits import search
from shop.lab.header_limits.exchange import (
    MOST_BODY_BYTES,
    MOST_HEADER_BYTES,
    Response,
    figures_of,
)
from shop.lab.header_limits.search import NoStatus


class Http1:
    """A request that is sent as it is, and the reader of its response."""

    def __init__(self, writes: Sequence[bytes]) -> None:
        self.writes = writes
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=MOST_HEADER_BYTES)
        # h11 reads a response only to a request of its own; ours is sent without it.
        self._http.send(h11.Request(method="GET", target="/", headers=[("Host", "x")]))
        self._http.send(h11.EndOfMessage())
        self._response: Response | None = None
        self._body = b""

    def response_in(self, received: bytes) -> Response | None:
        try:
            self._http.receive_data(received)
            return self._read()
        except h11.RemoteProtocolError:
            return Response(NoStatus.CLOSED)

    def replies(self) -> bytes:
        return b""

    def _read(self) -> Response | None:
        while True:
            event = self._http.next_event()
            if isinstance(event, h11.Response):
                self._response = _response_of(event)
                if event.status_code != search.OK:
                    return self._response
            elif isinstance(event, h11.Data):
                self._body += event.data
                if len(self._body) > MOST_BODY_BYTES:
                    return self._response
            elif isinstance(event, h11.EndOfMessage) and self._response is not None:
                return replace(self._response, figures=figures_of(self._body))
            elif not isinstance(event, h11.InformationalResponse):
                return None


def _response_of(event: h11.Response) -> Response:
    fields = ((name.decode("ascii"), value.decode("latin-1")) for name, value in event.headers)
    return Response(event.status_code, tuple(fields))
