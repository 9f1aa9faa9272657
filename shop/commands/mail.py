"""`shop mail send`, `list` and `resend`: the mail about orders."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from functools import partial

import click

from shop.commands.own_shop import migrated_database, settings_of_environment
from shop.commands.terminal import Sentence, counted
from shop.config import Settings
from shop.factory import create_app
from shop.mail import files
from shop.mail.composing import Sender, compose
from shop.mail.sending import send_due
from shop.storage.engine import reading, writing
from shop.storage.orders import outbox

FOLDER = "mail"


@click.group("mail")
def mail_commands() -> None:
    """Send and see the mail about orders."""


@mail_commands.command()
def send() -> None:
    """Write the mail that is due to files in the folder `mail` of the instance folder."""
    settings = settings_of_environment()
    engine = migrated_database(settings)
    deliver = partial(files.deliver, settings.instance / FOLDER)
    composed = partial(compose, create_app(settings), sender(settings))
    sent, failed = send_due(engine, composed, deliver, now=int(time.time()))
    click.echo(f"{counted(sent, 'message')} written to {settings.instance / FOLDER}.")
    if failed:
        raise Sentence(f"{counted(failed, 'message')} failed: see `shop mail list`.")


@mail_commands.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def list_(as_json: bool) -> None:
    """List the messages, newest first, and what became of them."""
    now = int(time.time())
    with reading(migrated_database(settings_of_environment())) as connection:
        messages = outbox.listing(connection)
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
        click.echo("There is no mail yet.")


@mail_commands.command()
@click.argument("number", type=int)
def resend(number: int) -> None:
    """Have message NUMBER of `shop mail list` sent again, by the next `shop mail send`."""
    with writing(migrated_database(settings_of_environment())) as connection:
        message = outbox.resend(connection, number, now=int(time.time()))
    click.echo(f"Message {number} about order {message.reference} is waiting to be sent again.")


def sender(settings: Settings) -> Sender:
    """Where the shop's mail comes from."""
    scheme = "https" if settings.trusted_proxies else "http"
    host = settings.canonical_host or f"{settings.trusted_hosts[0]}:{settings.port}"
    own = settings.mail_from
    return Sender(settings.url or f"{scheme}://{host}", own, settings.mail_keeper or own)
