"""Mail handed to a real server on loopback, which accepts, refuses, is slow, or goes away."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from asyncio import Transport
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from e2e.support.server import free_port
from shop.config import SettingsError
from shop.mail import smtp
from shop.mail.composing import Sender, compose
from shop.mail.sending import LEASE_SECONDS, PAUSES, Unavailable, send_due
from shop.mail.smtp import LIMIT_SECONDS, MailServer
from shop.storage.orders.outbox import State
from tests.conftest import START, Opener, OpenShop
from tests.integration.test_mail import run, text
from tests.integration.test_orders import placed
from tests.integration.test_outbox import mail

SENDER = Sender("https://shop.example", "shop@shop.example", "bea@shop.example")
SHOPPER, KEEPER = "ada@example.com", SENDER.keeper
USER, PASSWORD = "shop", "open sesame"
PATIENCE_SECONDS = 5
IMPATIENCE_SECONDS = 0.1
DRIP_SECONDS, DRIPS = 0.05, 200
"""A reply octet by octet, which goes on for longer than a test may wait for it."""
OK = "250 OK"


@dataclass
class Server:
    """A mail server: what it answers to MAIL, to RCPT of the shopper, and to a whole message, where
    `None` ends the connection instead; how many seconds it takes over that message, and whether its
    answer then comes octet by octet, without an end; and what it has received."""

    mail: str = OK
    rcpt: str | None = OK
    data: str | None = OK
    quits: bool = True
    seconds: float = 0.0
    drips: bool = False
    port: int = field(default_factory=free_port)
    received: list[Envelope] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    signed_in: list[tuple[bytes, bytes]] = field(default_factory=list)

    async def handle_MAIL(  # noqa: N802  # aiosmtpd looks for these names
        self, _: SMTP, __: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.mail

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _: Session, envelope: Envelope, address: str, __: list[str]
    ) -> str:
        reply = self.rcpt if address == SHOPPER else OK
        if reply == OK:
            envelope.rcpt_tos.append(address)
        return reply or self._dead(server)

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.received.append(envelope)
        self.sessions.append(session)
        await asyncio.sleep(self.seconds)
        if self.drips:
            await self._drip(server)
        return self.data or self._dead(server)

    async def handle_QUIT(self, server: SMTP, _: Session, __: Envelope) -> str:  # noqa: N802
        return "221 Bye" if self.quits else self._dead(server)

    def authenticate(self, *given: Any) -> AuthResult:
        login: LoginPassword = given[-1]
        self.signed_in.append((login.login, login.password))
        return AuthResult(success=login.password == PASSWORD.encode(), handled=False)

    def emails(self) -> list[EmailMessage]:
        return [
            message_from_bytes(it.content, policy=SMTP_POLICY)
            for it in self.received
            if isinstance(it.content, bytes)
        ]

    async def _drip(self, server: SMTP) -> None:
        assert isinstance(server.transport, Transport)
        server.transport.write(b"250-")
        for _ in range(DRIPS):
            if server.transport.is_closing():
                return
            server.transport.write(b"O")
            await asyncio.sleep(DRIP_SECONDS)
        self._dead(server)

    def _dead(self, server: SMTP) -> str:
        assert isinstance(server.transport, Transport)
        server.transport.abort()
        return OK


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Starts mail servers, which stop when the test ends."""
    with ExitStack() as running:

        def start(server: Server, **options: Any) -> Server:
            controller = Controller(
                server,
                server_hostname="mail.example",
                hostname="127.0.0.1",
                port=server.port,
                **options,
            )
            running.callback(controller.stop)
            controller.start()
            return server

        yield start


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's certificate, by an authority that this machine trusts."""
    authority = trustme.CA()
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return _context(authority)


def _context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


def at(server: Server, user: str = "", password: str = "", *, is_tls: bool = False) -> MailServer:
    return MailServer("127.0.0.1", server.port, is_tls, user, password)


def send(
    shop: OpenShop,
    to: MailServer,
    *,
    later: int = 0,
    patience: float = PATIENCE_SECONDS,
    limit: float = LIMIT_SECONDS,
) -> tuple[int, int]:
    """How many of the messages due were sent, and how many failed."""
    return send_due(
        shop.engine,
        partial(compose, shop.app, SENDER),
        partial(smtp.deliver, to, patience_seconds=patience, limit_seconds=limit),
        now=lambda: START + later,
    )


def states(shop: OpenShop) -> list[State]:
    return [it.state(START) for it in mail(shop)]


def reason(shop: OpenShop) -> str:
    """Why the shopper's message was not sent."""
    return mail(shop)[0].last_error


def letter(body: str = "Hello\r\n") -> EmailMessage:
    email = EmailMessage(policy=SMTP_POLICY)
    email["From"], email["To"] = SENDER.address, SHOPPER
    email.set_content(body)
    return email


def test_each_message_goes_to_its_own_recipient_only(
    shop: OpenShop, serve: Callable[..., Server]
) -> None:
    reference = placed(shop)
    server = serve(Server())
    assert send(shop, at(server)) == (2, 0)
    assert [(it.mail_from, it.rcpt_tos) for it in server.received] == [
        (SENDER.address, [SHOPPER]),
        (SENDER.address, [KEEPER]),
    ]
    assert reference in server.emails()[0]["Subject"]
    assert "£" in text(server.emails()[0])
    assert all(it.content.isascii() for it in server.received if isinstance(it.content, bytes))
    assert send(shop, at(server), later=10**7) == (0, 0)


def test_a_line_of_one_dot_does_not_end_a_message(
    shop: OpenShop, serve: Callable[..., Server]
) -> None:
    placed(shop)
    server = serve(Server())
    smtp.deliver(at(server), mail(shop)[0], letter("One\r\n.\r\n..two\r\n"))
    assert server.emails()[0].get_content() == "One\r\n.\r\n..two\r\n"


@pytest.mark.parametrize("stage", ["rcpt", "data"])
def test_what_is_refused_for_good_is_given_up_and_shown(
    shop: OpenShop, serve: Callable[..., Server], stage: str
) -> None:
    placed(shop)
    shop.sql("delete from outbox where kind = 'new-order'")
    server = serve(Server(**{stage: "550 No such mailbox\x1b here"}))  # type: ignore[arg-type]
    assert send(shop, at(server)) == (0, 1)
    assert states(shop) == [State.GIVEN_UP]
    assert "550 No such mailbox" in run(shop, "list")
    assert "\x1b" not in reason(shop)


def test_a_refused_recipient_holds_up_no_other(
    shop: OpenShop, serve: Callable[..., Server]
) -> None:
    placed(shop)
    server = serve(Server(rcpt="550 No such mailbox"))
    assert send(shop, at(server)) == (1, 1)
    assert states(shop) == [State.GIVEN_UP, State.SENT]
    assert [it.rcpt_tos for it in server.received] == [[KEEPER]]


@pytest.mark.parametrize("stage", ["rcpt", "data"])
def test_what_is_refused_for_now_is_sent_later(
    shop: OpenShop, serve: Callable[..., Server], stage: str
) -> None:
    placed(shop)
    shop.sql("delete from outbox where kind = 'new-order'")
    server = serve(Server(**{stage: "451 Greylisted"}))  # type: ignore[arg-type]
    assert send(shop, at(server)) == (0, 1)
    assert states(shop) == [State.WAITING]
    assert "451 Greylisted" in reason(shop)
    setattr(server, stage, OK)
    assert send(shop, at(server), later=PAUSES[0] - 1) == (0, 0)
    assert send(shop, at(server), later=PAUSES[0]) == (1, 0)
    assert states(shop) == [State.SENT]


@pytest.mark.parametrize(
    ("problem", "says"),
    [
        pytest.param({"mail": "550 Not your address"}, "550 Not your", id="the sender is refused"),
        pytest.param({"rcpt": "421 Closing"}, "421 Closing", id="it closes"),
        pytest.param({"rcpt": None}, "went away", id="it dies"),
    ],
)
def test_a_server_that_serves_nobody_costs_one_attempt(
    shop: OpenShop, serve: Callable[..., Server], problem: dict[str, Any], says: str
) -> None:
    placed(shop)
    server = serve(Server(**problem))
    assert send(shop, at(server)) == (0, 1)
    assert [it.attempts for it in mail(shop)] == [1, 0]
    assert states(shop) == [State.WAITING, State.WAITING]
    assert says in reason(shop)


def test_a_message_whose_acceptance_got_lost_is_sent_again_under_its_message_id(
    shop: OpenShop, serve: Callable[..., Server]
) -> None:
    placed(shop)
    shop.sql("delete from outbox where kind = 'new-order'")
    server = serve(Server(data=None))
    assert send(shop, at(server)) == (0, 1)
    assert states(shop) == [State.WAITING]
    server.data = OK
    assert send(shop, at(server), later=PAUSES[0]) == (1, 0)
    first, second = server.emails()
    assert first["Message-ID"] == second["Message-ID"]


def test_what_follows_the_acceptance_changes_nothing(
    shop: OpenShop, serve: Callable[..., Server]
) -> None:
    placed(shop)
    assert send(shop, at(serve(Server(quits=False)))) == (2, 0)
    assert states(shop) == [State.SENT, State.SENT]


def test_a_slow_server_is_waited_for_only_so_long(shop: OpenShop) -> None:
    placed(shop)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts, and says nothing
        to = MailServer("127.0.0.1", silent.getsockname()[1])
        assert send(shop, to, patience=IMPATIENCE_SECONDS) == (0, 1)
    assert states(shop) == [State.WAITING, State.WAITING]
    assert "too long" in reason(shop)


def test_an_acceptance_that_comes_too_late_sends_a_message_twice_under_its_message_id(
    shop: OpenShop, serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    """ADR 17: the server has the message, and nobody can know."""
    monkeypatch.setattr(smtp, "PATIENCE_AT_END", 1)
    placed(shop)
    shop.sql("delete from outbox where kind = 'new-order'")
    server = serve(Server(seconds=3))
    assert send(shop, at(server), patience=1) == (0, 1)
    assert states(shop) == [State.WAITING]
    assert "too long" in reason(shop)
    server.seconds = 0
    assert send(shop, at(server), later=PAUSES[0]) == (1, 0)
    first, second = server.emails()
    assert first["Message-ID"] == second["Message-ID"]


def test_an_acceptance_that_is_slow_is_waited_for(
    shop: OpenShop, serve: Callable[..., Server]
) -> None:
    placed(shop)
    shop.sql("delete from outbox where kind = 'new-order'")
    server = serve(Server(seconds=1.5))
    assert send(shop, at(server), patience=1) == (1, 0)
    assert len(server.received) == 1


def test_an_answer_that_never_ends_does_not_outlast_the_claim(
    shop: OpenShop, serve: Callable[..., Server], tls: ssl.SSLContext
) -> None:
    assert LIMIT_SECONDS < LEASE_SECONDS
    placed(shop)
    for server, is_tls in ((Server(drips=True), False), (Server(drips=True), True)):
        serve(server, **({"ssl_context": tls} if is_tls else {}))
        with pytest.raises(Unavailable, match="took too long"):
            smtp.deliver(
                at(server, is_tls=is_tls),
                mail(shop)[0],
                letter(),
                patience_seconds=1,
                limit_seconds=2,
            )
        assert len(server.received) == 1


def test_a_greeting_that_never_ends_does_not_either(shop: OpenShop) -> None:
    placed(shop)
    given_up = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as dripping:

        def drip() -> None:
            connection, _ = dripping.accept()
            with connection, suppress(OSError):
                while not given_up.wait(DRIP_SECONDS):
                    connection.sendall(b"2")

        thread = threading.Thread(target=drip)
        thread.start()
        to = MailServer("127.0.0.1", dripping.getsockname()[1])
        assert send(shop, to, patience=PATIENCE_SECONDS, limit=1) == (0, 1)
        given_up.set()
        thread.join()
    assert "too long" in reason(shop)


def test_a_server_that_does_not_listen_is_tried_again_later(shop: OpenShop) -> None:
    placed(shop)
    assert send(shop, MailServer("127.0.0.1", free_port())) == (0, 1)
    assert [it.attempts for it in mail(shop)] == [1, 0]
    assert "refused" in reason(shop)


@pytest.mark.parametrize("is_tls", [False, True], ids=["STARTTLS", "TLS"])
@pytest.mark.parametrize(("password", "outcome"), [(PASSWORD, (2, 0)), ("wrong word", (0, 1))])
def test_a_password_goes_over_tls_and_is_never_shown(
    shop: OpenShop,
    serve: Callable[..., Server],
    tls: ssl.SSLContext,
    caplog: pytest.LogCaptureFixture,
    is_tls: bool,
    password: str,
    outcome: tuple[int, int],
) -> None:
    placed(shop)
    server = Server()
    options = {"ssl_context": tls, "auth_require_tls": False} if is_tls else {"tls_context": tls}
    serve(server, authenticator=server.authenticate, **options)
    assert send(shop, at(server, USER, password, is_tls=is_tls)) == outcome
    assert (USER.encode(), password.encode()) in server.signed_in
    shown = run(shop, "list") + run(shop, "list", "--json") + caplog.text
    assert password not in shown
    assert ("refused the user or the password" in reason(shop)) == bool(outcome[1])


def test_a_password_is_not_sent_without_encryption(
    shop: OpenShop, serve: Callable[..., Server]
) -> None:
    placed(shop)
    server = Server()
    serve(server, authenticator=server.authenticate, auth_require_tls=False)
    assert send(shop, at(server, USER, PASSWORD)) == (0, 1)
    assert server.signed_in == []
    assert "STARTTLS" in reason(shop)


@pytest.mark.parametrize("user", ["", USER], ids=["without a password", "with a password"])
def test_a_stranger_s_certificate_is_enough_only_where_there_is_no_password(
    shop: OpenShop, serve: Callable[..., Server], user: str
) -> None:
    placed(shop)
    server = Server()
    serve(server, authenticator=server.authenticate, tls_context=_context(trustme.CA()))
    assert send(shop, at(server, user, PASSWORD)) == ((0, 1) if user else (2, 0))
    assert server.signed_in == []
    assert all(it.ssl is not None for it in server.sessions)
    assert ("certificate" in reason(shop)) == bool(user)


def test_the_command_hands_mail_to_the_server_of_the_setting(
    shop: OpenShop, serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    placed(shop)
    server = serve(Server())
    monkeypatch.setenv("SHOP_MAIL", f"smtp://127.0.0.1:{server.port}")
    assert "2 messages handed to the mail server." in run(shop, "send")
    assert len(server.received) == 2
    assert not (shop.folder / "mail").exists()


def test_a_wrong_address_of_the_server_is_refused_at_the_start_without_its_password(
    open_shop: Opener,
) -> None:
    with pytest.raises(SettingsError, match="SHOP_MAIL") as refusal:
        open_shop(SHOP_MAIL=f"smtp://{USER}:/{PASSWORD}@mail.example")
    assert PASSWORD not in str(refusal.value)
