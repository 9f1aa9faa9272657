"""`shop mail send`, `list` and `resend`: the mail about orders."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path

import click
from sqlalchemy import Engine

from shop.commands.own_shop import migrated_database, settings_of_environment
from shop.commands.terminal import Sentence, counted
from shop.config import Settings
from shop.factory import create_app, mail_sender, payments
from shop.mail import files, smtp
from shop.mail.composing import compose
from shop.mail.sending import Deliver, send_due
from shop.mail.watching import Ending, watch
from shop.storage.engine import reading, writing
from shop.storage.orders import outbox
from shop.storage.payments import unpaid

PAGE_SIZE = 50
SWEEP_SECONDS = 60


@click.group("mail")
def mail_commands() -> None:
    """Send and see the mail about orders."""


@mail_commands.command()
def send() -> None:
    """Send the mail that is due: to the mail server of SHOP_MAIL, or to files."""
    settings = settings_of_environment()
    engine = migrated_database(settings)
    sent, failed = round_of(settings, engine)()
    where = "handed to the mail server" if settings.mail else f"written to {folder_of(settings)}"
    click.echo(f"{counted(sent, 'message')} {where}.")
    if failed:
        raise Sentence(f"{counted(failed, 'message')} failed: see `shop mail list`.")


@mail_commands.command("keep-sending", hidden=True)
def keep_sending() -> None:
    """Send mail as it falls due, and cancel what nobody pays, until standard input ends: what
    `shop serve` runs beside it."""
    ending = Ending(sys.stdin.buffer)
    settings = settings_of_environment()
    engine = migrated_database(settings)
    send_mail = round_of(settings, engine, ending.has_come)
    cancel_unpaid = Sweep(settings, engine, now=lambda: int(time.time()))

    def work() -> None:
        send_mail()
        cancel_unpaid()

    watch(work, ending.has_come)


@mail_commands.command("list")
@click.argument("reference", default="")
@click.option("--unsent", is_flag=True, help="Only messages that are not sent.")
@click.option("--all", "shows_all", is_flag=True, help=f"All of them, not the newest {PAGE_SIZE}.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def list_(reference: str, unsent: bool, shows_all: bool, as_json: bool) -> None:
    """List the messages, newest first, and what became of them: those about the order with this
    REFERENCE, or about any."""
    now = int(time.time())
    with reading(migrated_database(settings_of_environment())) as connection:
        messages = outbox.listing(
            connection,
            reference=reference,
            only_unsent=unsent,
            limit=None if shows_all else PAGE_SIZE,
        )
    if as_json:
        rows = [
            asdict(it)
            | {"kind": it.kind.value, "recipient": it.recipient.value}
            | {"state": it.state(now).value}
            for it in messages
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for it in messages:
        to = it.sent_to or (it.email if it.recipient is outbox.Recipient.SHOPPER else "keeper")
        error = f"  {it.last_error}" if it.last_error else ""
        state = it.state(now).value
        click.echo(f"{it.number:>5}  {it.reference}  {it.kind.value:<12}  {state:<8}  {to}{error}")
    if not messages:
        click.echo(
            "No messages were found." if reference or unsent else "There are no messages yet."
        )
    elif len(messages) == PAGE_SIZE and not shows_all:
        click.echo(f"These are the newest {PAGE_SIZE}. --all shows all.")


@mail_commands.command()
@click.argument("number", type=click.IntRange(1, outbox.LARGEST_NUMBER))
def resend(number: int) -> None:
    """Have message NUMBER of `shop mail list` sent again, by the next `shop mail send`."""
    with writing(migrated_database(settings_of_environment())) as connection:
        message = outbox.resend(connection, number, now=int(time.time()))
    click.echo(f"Message {number} about order {message.reference} is waiting to be sent again.")


class Sweep:
    """Cancels orders whose payment never came, once a minute however often it is called."""

    def __init__(self, settings: Settings, engine: Engine, now: Callable[[], int]) -> None:
        self._codes = payments(settings).hosted_codes
        self._unpaid_seconds = settings.unpaid_seconds
        self._engine = engine
        self._now = now
        self._next_at = 0

    def __call__(self) -> None:
        now = self._now()
        if self._codes and now >= self._next_at:
            self._next_at = now + SWEEP_SECONDS
            unpaid.cancel(self._engine, self._codes, before=now - self._unpaid_seconds, at=now)


def round_of(
    settings: Settings, engine: Engine, is_over: Callable[[], bool] = lambda: False
) -> Callable[[], tuple[int, int]]:
    """What sends all that is due, or as much as is sent before `is_over`; see `send_due`. Raises
    SettingsError."""
    composed = partial(compose, create_app(settings), mail_sender(settings))
    deliver: Deliver = (
        partial(smtp.deliver, smtp.mail_server(settings.mail))
        if settings.mail
        else partial(files.deliver, folder_of(settings))
    )
    return partial(
        send_due, engine, composed, deliver, now=lambda: int(time.time()), is_over=is_over
    )


def folder_of(settings: Settings) -> Path:
    """Where mail is written to when there is no mail server."""
    return settings.instance / "mail"
