"""`shop keeper add`, `list`, `password`, `totp-off` and `remove`: who may use the admin."""

from __future__ import annotations

import sys
import time

import click

from shop.commands.own_shop import migrated_database, settings_of_environment
from shop.commands.terminal import Sentence
from shop.storage.keepers import accounts, codes, passwords
from shop.web.checkout import mail


@click.group("keeper")
def keeper_commands() -> None:
    """Manage who may use the admin."""


@keeper_commands.command()
@click.argument("email")
def add(email: str) -> None:
    """Add a keeper; the password is asked for, or read from standard input."""
    engine = migrated_database(settings_of_environment())
    try:
        email = mail.normal(email, accepts_test_domains=True)
    except ValueError as problem:
        raise Sentence(f"{email}: {problem}") from None
    accounts.add(engine, email, _password(), now=int(time.time()))
    click.echo(f"{email} can sign in at /admin now.")


@keeper_commands.command("list")
def list_() -> None:
    """List the keepers."""
    engine = migrated_database(settings_of_environment())
    keepers, asked = accounts.everybody(engine), codes.everybody(engine)
    for keeper in keepers:
        click.echo(keeper.email + (", asked for codes" if keeper.number in asked else ""))
    if not keepers:
        click.echo("There are no keepers yet: `shop keeper add EMAIL` adds one.")


@keeper_commands.command()
@click.argument("email")
def password(email: str) -> None:
    """Change a keeper's password, which ends all their sessions."""
    accounts.change_password(migrated_database(settings_of_environment()), email, _password())
    click.echo(f"{email} has a new password, and is signed out everywhere.")


@keeper_commands.command("totp-off")
@click.argument("email")
def totp_off(email: str) -> None:
    """Ask a keeper for no code any more, who has lost their phone."""
    codes.turn_off(migrated_database(settings_of_environment()), email)
    click.echo(
        f"{email} signs in with the password alone now, and is signed out everywhere. They can "
        "turn codes on again at /admin/your-sign-in."
    )


@keeper_commands.command()
@click.argument("email")
def remove(email: str) -> None:
    """Remove a keeper, which ends all their sessions."""
    accounts.remove(migrated_database(settings_of_environment()), email)
    click.echo(f"{email} is no keeper any more, and is signed out everywhere.")


def _password() -> str:
    # Never an argument: those stand in the shell's history and in the list of processes.
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    asked = f"Password, of {passwords.LEAST_CHARACTERS} characters or more"
    return str(click.prompt(asked, hide_input=True, confirmation_prompt="The same again"))
