"""The accounts of keepers: added, listed, removed and given another password by commands."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from shop.core.errors import KeeperRefused
from shop.core.text import tidy
from shop.storage.engine import reading, writing
from shop.storage.keepers import passwords
from shop.storage.models import KeeperCodeRow, KeeperRow, KeeperSessionRow, KeeperSignInRow


@dataclass(frozen=True, slots=True)
class Keeper:
    """Somebody who may use the admin. `added_at` is Unix time in seconds."""

    number: int
    email: str
    added_at: int


def add(engine: Engine, email: str, password: str, *, now: int) -> None:
    """Adds a keeper. Raises KeeperRefused when there is one, or when the password is too weak."""
    kept = _hashed(password, email)
    try:
        with writing(engine) as connection:
            connection.execute(
                insert(KeeperRow).values(email=key(email), password_hash=kept, added_at=now)
            )
    except IntegrityError:
        raise KeeperRefused(f"{email} is a keeper already. Nothing was changed.") from None


def everybody(engine: Engine) -> list[Keeper]:
    """All keepers, by email address."""
    query = select(KeeperRow.number, KeeperRow.email, KeeperRow.added_at)
    with reading(engine) as connection:
        return [Keeper(*row) for row in connection.execute(query.order_by(KeeperRow.email))]


def remove(engine: Engine, email: str) -> None:
    """Removes a keeper, with all their sessions; the history of orders keeps their name. Raises
    KeeperRefused when there is no such keeper."""
    with writing(engine) as connection:
        end_sessions(connection, number_of(connection, email))
        connection.execute(delete(KeeperRow).where(KeeperRow.email == key(email)))


def change_password(engine: Engine, email: str, password: str) -> None:
    """Gives a keeper another password and ends all their sessions. Codes stay as they are, and are
    accepted from any browser again. Raises KeeperRefused."""
    kept = _hashed(password, email)
    with writing(engine) as connection:
        number = number_of(connection, email)
        connection.execute(
            update(KeeperRow).where(KeeperRow.number == number).values(password_hash=kept)
        )
        codes = update(KeeperCodeRow).where(KeeperCodeRow.keeper_number == number)
        connection.execute(codes.values(refused=0))  # whoever tried them does not know this one
        end_sessions(connection, number)


def end_sessions(connection: Connection, number: int, *, spared_hash: str = "") -> None:
    """Ends all sessions of the keeper with this number but the spared one, and all sign-ins that
    wait for a code, in the caller's transaction."""
    # In this order: a code that comes at the same time either finds no wait, or its session ends.
    connection.execute(delete(KeeperSignInRow).where(KeeperSignInRow.keeper_number == number))
    row = KeeperSessionRow
    connection.execute(
        delete(row).where(row.keeper_number == number, row.token_hash != spared_hash)
    )


def by_password(engine: Engine, email: str, password: str) -> tuple[Keeper, str] | None:
    """The keeper with this email address and password, with the hash it was compared with. It
    takes as long when there is no such keeper as when the password is wrong."""
    with reading(engine) as connection:
        row = connection.execute(
            select(KeeperRow.__table__).where(KeeperRow.email == key(email))
        ).one_or_none()
    is_right = passwords.matches(None if row is None else row.password_hash, password)
    if row is None or not is_right:
        return None
    return Keeper(row.number, row.email, row.added_at), row.password_hash


def number_of(connection: Connection, email: str) -> int:
    """The number of a keeper. Raises KeeperRefused when there is none."""
    query = select(KeeperRow.number).where(KeeperRow.email == key(email))
    number = connection.execute(query).scalar_one_or_none()
    if number is None:
        raise KeeperRefused(f"{email} is not a keeper. Nothing was changed.")
    return number


def _hashed(password: str, email: str) -> str:
    problem = passwords.problem_with(password, email)
    if problem:
        raise KeeperRefused(problem)
    return passwords.hashed(password)


def key(email: str) -> str:
    """An email address as accounts are told apart by it. PostgreSQL accepts no NUL in a query."""
    return tidy(email).casefold()
