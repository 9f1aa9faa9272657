"""Mail through a mail server, by SMTP (RFC 5321).

What concerns the server or its settings raises Unavailable: no other message would fare better, and
a later attempt can succeed. What the server says of one message is temporary at 4xx, and final at
5xx (section 4.2.1). An error never holds the password, nor what the server says about signing in.
"""

from __future__ import annotations

import io
import re
import smtplib
import socket
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote, urlsplit

from shop.core.text import tidy
from shop.mail.sending import Unavailable
from shop.storage.orders.outbox import Message

PATIENCE_SECONDS = 20
"""How long one step of the dialogue may take."""
PATIENCE_AT_END = 8
"""How many times as long the server may take to accept a whole message: whoever gives up early here
sends it twice (section 4.5.3.2.6)."""
LIMIT_SECONDS = 480
"""How long all replies together may take: longer than the steps of a slow server, which come to
seven minutes, and shorter than the lease of a claim, even where replies come octet by octet."""
LONGEST_REPLY = 200
PORTS = {"smtps": 465, "smtp": 25}
SUBMISSION = 587
"""Where those sign in who hand in mail (RFC 6409)."""
_ADDRESS = "smtp://user:password@host:587, or smtps://user:password@host:465"


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in. `is_tls` is TLS from the first octet on; without a user nobody signs
    in."""

    host: str
    port: int
    is_tls: bool = False
    user: str = ""
    password: str = field(default="", repr=False)


class _Replies(io.RawIOBase):
    # What a server says, until a moment of the monotonic clock. A timeout of the socket alone
    # begins anew with every octet.
    def __init__(self, sock: socket.socket, until: float) -> None:
        self._sock = sock
        self._until = until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        patience = self._sock.gettimeout() or 0.0
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(min(patience, left))
        try:
            return self._sock.recv_into(buffer)
        finally:
            self._sock.settimeout(patience)


class _Plain(smtplib.SMTP):
    def __init__(self, host: str, port: int, *, until: float, **options: Any) -> None:
        self._until = until
        super().__init__(host, port, **options)

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self.file = io.BufferedReader(_Replies(self.sock, self._until))
        return super().getreply()


class _OverTls(_Plain, smtplib.SMTP_SSL):
    pass


class Refused(Exception):
    """The mail server refused a message for now."""


def mail_server(url: str) -> MailServer:
    """The server at `smtp://user:password@host:587` or `smtps://…`. User, password and port may be
    missing. Raises ValueError, which does not repeat the address."""
    try:
        at = urlsplit(url)
        user, password = unquote(at.username or ""), unquote(at.password or "")
        usual = SUBMISSION if user and at.scheme == "smtp" else PORTS[at.scheme]
        server = MailServer(
            at.hostname or "", at.port or usual, at.scheme == "smtps", user, password
        )
    except (ValueError, KeyError):
        raise ValueError(_wrong()) from None
    has_more = at.path.strip("/") or at.query or at.fragment
    if not server.host or has_more or bool(user) != bool(password):
        raise ValueError(_wrong())
    if not (user + password).isascii():
        raise ValueError("the user and the password may only have ASCII characters.")
    return server


def deliver(
    server: MailServer,
    message: Message,
    email: EmailMessage,
    *,
    patience_seconds: float = PATIENCE_SECONDS,
    limit_seconds: float = LIMIT_SECONDS,
) -> None:
    """Hands a message in, to its one recipient.

    Raises Unavailable, Refused, or ValueError when the server refuses it for good. When the
    connection ends after the whole message was sent and before the server replied, nobody knows
    whether it was accepted. That is Unavailable too, so it is sent again, with the same Message-ID.
    """
    try:
        smtp = _connected(server, patience_seconds, time.monotonic() + limit_seconds)
        try:
            _sign_in(smtp, server)
            _hand_in(smtp, email, patience_seconds)
            with suppress(OSError):  # it is accepted, whatever comes now
                smtp.quit()
        finally:
            smtp.close()
    except OSError as problem:
        raise Unavailable(f"The mail server at {_name(server)} {_what(problem)}.") from None


def _connected(server: MailServer, patience_seconds: float, until: float) -> smtplib.SMTP:
    if server.is_tls:
        return _OverTls(
            server.host,
            server.port,
            until=until,
            timeout=patience_seconds,
            context=ssl.create_default_context(),
        )
    return _Plain(server.host, server.port, until=until, timeout=patience_seconds)


def _sign_in(smtp: smtplib.SMTP, server: MailServer) -> None:
    smtp.ehlo_or_helo_if_needed()
    if not server.is_tls and smtp.has_extn("starttls"):
        smtp.starttls(context=_context(server))
        smtp.ehlo()
    elif not server.is_tls and server.user:
        raise Unavailable(
            f"The mail server at {_name(server)} offers no encryption (STARTTLS), without which "
            "the password is not sent."
        )
    if not server.user:
        return
    try:
        smtp.login(server.user, server.password)
    except smtplib.SMTPAuthenticationError as refusal:
        raise Unavailable(
            f"The mail server at {_name(server)} refused the user or the password of SHOP_MAIL "
            f"({refusal.smtp_code})."
        ) from None
    except smtplib.SMTPNotSupportedError:
        raise Unavailable(
            f"Nobody can sign in at the mail server at {_name(server)}: SHOP_MAIL needs no user, "
            "or another port."
        ) from None


def _context(server: MailServer) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not server.user:
        # There is no password to protect, and whoever could show a false certificate could as well
        # take the offer of STARTTLS away (RFC 7435). Many relays have a certificate of their own.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _hand_in(smtp: smtplib.SMTP, email: EmailMessage, patience_seconds: float) -> None:
    sender, recipient = (str(email[name].addresses[0].addr_spec) for name in ("From", "To"))
    code, reply = smtp.mail(sender)
    if code != 250:
        raise smtplib.SMTPResponseException(code, reply)
    _check(*smtp.rcpt(recipient), {250, 251})
    _check(*smtp.docmd("DATA"), {354})
    octets = email.as_bytes(policy=email.policy.clone(cte_type="7bit"))  # without 8BITMIME
    smtp.send(re.sub(rb"(?m)^\.", b"..", octets) + b".\r\n")  # section 4.5.2
    assert smtp.sock is not None, "it is connected"
    smtp.sock.settimeout(PATIENCE_AT_END * patience_seconds)
    _check(*smtp.getreply(), {250})
    smtp.sock.settimeout(patience_seconds)


def _check(code: int, reply: bytes, expected: set[int]) -> None:
    if code in expected:
        return
    if code == 421:  # the server closes (section 3.8)
        raise smtplib.SMTPResponseException(code, reply)
    kind = ValueError if 500 <= code < 600 else Refused
    raise kind(f"The mail server refused the message: {_reply(code, reply)}")


def _what(problem: OSError) -> str:
    if isinstance(problem, TimeoutError) or isinstance(problem.__context__, TimeoutError):
        return "took too long"
    if isinstance(problem, smtplib.SMTPResponseException):
        return f"is not available: {_reply(problem.smtp_code, problem.smtp_error)}"
    if isinstance(problem, ssl.SSLCertVerificationError):
        return f"has a certificate that is refused: {problem.verify_message}"
    return f"could not be reached, or went away: {problem.strerror or problem}"


def _reply(code: int, reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return f"{code} {tidy(text)[:LONGEST_REPLY]}"


def _name(server: MailServer) -> str:
    return f"{server.host}:{server.port}"


def _wrong() -> str:
    return (
        f"write an address such as {_ADDRESS}. In the user and the password, write %40 for @, %3A "
        "for :, %2F for /, %3F for ?, %23 for # and %25 for %."
    )
