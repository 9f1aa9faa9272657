"""A keeper's way in: the password, then a code if they are asked for one, then the session.

Between the two there is a row of its own, which opens nothing but the page that asks for the code.
Times are Unix seconds of the shop's clock.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, delete, insert, select, update

from shop.storage.engine import reading, writing
from shop.storage.keepers import accounts, codes, passwords, sessions
from shop.storage.keepers.accounts import Keeper
from shop.storage.keepers.codes import Answer
from shop.storage.models import KeeperRow, KeeperSignInRow

LIFE_SECONDS = 10 * 60
"""How long a code may take to come after the password."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A right password: whose, and whether a code is to come before there is a session."""

    keeper: Keeper
    needs_code: bool


def begin(engine: Engine, email: str, password: str, *, token: str, now: int) -> Begun | None:
    """Begins a session for whoever has this password, or the wait for their code; None when nobody
    has it. `token` stands for either.

    What ended is removed, and a hash with outdated parameters is made anew.
    """
    found = accounts.by_password(engine, email, password)
    if found is None:
        return None
    keeper, compared = found
    anew = passwords.hashed(password) if passwords.is_outdated(compared) else compared
    with writing(engine) as connection:
        # Somebody may have changed the password while it was compared.
        unchanged = connection.execute(
            update(KeeperRow)
            .where(KeeperRow.number == keeper.number, KeeperRow.password_hash == compared)
            .values(password_hash=anew)
        )
        if unchanged.rowcount != 1:
            return None
        row = KeeperSignInRow
        connection.execute(delete(row).where(row.begun_at <= now - LIFE_SECONDS))
        needs_code = codes.is_asked(connection, keeper.number)
        if needs_code:
            connection.execute(
                insert(row).values(
                    token_hash=sessions.hashed(token), keeper_number=keeper.number, begun_at=now
                )
            )
        else:
            sessions.start(connection, keeper.number, token=token, now=now)
    return Begun(keeper, needs_code)


def waiting(engine: Engine, token: str, *, now: int) -> Keeper | None:
    """The keeper whose code is to come; None when the token is nobody's or too old."""
    row = KeeperSignInRow
    query = (
        select(KeeperRow.number, KeeperRow.email, KeeperRow.added_at)
        .join_from(row, KeeperRow, row.keeper_number == KeeperRow.number)
        .where(row.token_hash == sessions.hashed(token), row.begun_at > now - LIFE_SECONDS)
    )
    with reading(engine) as connection:
        found = connection.execute(query).one_or_none()
    return None if found is None else Keeper(*found)


def finish(
    engine: Engine,
    keeper: Keeper,
    typed: str,
    *,
    waiting_token: str,
    token: str,
    keys: tuple[str, ...],
    is_known: bool,
    now: int,
) -> tuple[Answer, int] | None:
    """Begins the session of the keeper who was waited for, under a new token, if the code counts.

    Returns what `codes.take` says, or None when the wait has ended meanwhile, as with another
    password.
    """
    found = codes.match(engine, keeper.number, typed, keys=keys, now=now)
    row = KeeperSignInRow
    mine = delete(row).where(row.token_hash == sessions.hashed(waiting_token))
    with writing(engine) as connection:
        answer, refused = codes.take(connection, keeper.number, found, is_known=is_known)
        if answer is Answer.RIGHT:
            if connection.execute(mine).rowcount != 1:
                return None
            sessions.start(connection, keeper.number, token=token, now=now)
    return answer, refused
