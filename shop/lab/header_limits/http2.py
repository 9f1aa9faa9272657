"""A request over HTTP/2, which compresses headers with HPACK (RFC 7541).

A refusal often has no status: nginx closes the connection with ENHANCE_YOUR_CALM.
"""

from __future__ import annotations

from collections.abc import Sequence

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    Event,
    ResponseReceived,
    StreamEnded,
    StreamReset,
)
from h2.exceptions import ProtocolError
from h2.settings import SettingCodes, Settings

from shop.lab.header_limits import search
from shop.lab.header_limits.exchange import (
    MOST_BODY_BYTES,
    MOST_HEADER_BYTES,
    Response,
    figures_of,
)
from shop.lab.header_limits.search import NoStatus

STREAM = 1


class Http2:
    """A request of these header fields, pseudo-header fields included, without a body."""

    def __init__(self, fields: Sequence[tuple[str, str]]) -> None:
        configuration = H2Configuration(client_side=True, header_encoding="latin-1")
        self._http = H2Connection(configuration)
        self._http.local_settings = Settings(
            client=True,
            initial_values={
                SettingCodes.ENABLE_PUSH: 0,
                SettingCodes.MAX_HEADER_LIST_SIZE: MOST_HEADER_BYTES,
            },
        )
        self._http.decoder.max_header_list_size = MOST_HEADER_BYTES
        self._http.initiate_connection()
        self._http.send_headers(STREAM, fields, end_stream=True)
        self.writes: Sequence[bytes] = (self._http.data_to_send(),)
        self._response = Response(NoStatus.CLOSED)
        self._body = b""

    def response_in(self, received: bytes) -> Response | None:
        try:
            events = self._http.receive_data(received)
        except ProtocolError:
            return Response(NoStatus.CLOSED)
        for event in events:
            if self._is_last(event):
                return self._response
        return None

    def replies(self) -> bytes:
        return self._http.data_to_send()

    def _is_last(self, event: Event) -> bool:
        if isinstance(event, ResponseReceived):
            fields = tuple((str(name), str(text)) for name, text in event.headers)
            self._response = Response(int(dict(fields)[":status"]), fields)
            return self._response.status != search.OK
        if isinstance(event, DataReceived):
            self._body += event.data
            return len(self._body) > MOST_BODY_BYTES
        if isinstance(event, StreamEnded):
            status, fields = self._response.status, self._response.fields
            self._response = Response(status, fields, figures_of(self._body))
            return True
        if isinstance(event, StreamReset | ConnectionTerminated):
            self._response = Response(NoStatus.CLOSED)
            return True
        return False
