"""Sessions of keepers: a row for each, so that ending one is final, whatever a browser keeps.

A browser keeps a token, and the database its hash: who reads the database cannot take a session
over. Times are Unix seconds of the shop's clock.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, Engine, delete, insert, or_, select, update

from shop.storage.engine import reading, writing
from shop.storage.keepers.accounts import Keeper
from shop.storage.models import KeeperRow, KeeperSessionRow

IDLE_SECONDS = 30 * 60
LIFE_SECONDS = 12 * 3600
"""A session ends half an hour after its last request, and twelve hours after its first (NIST SP
800-63B, revision 3, 4.2.3)."""
NOTED_SECONDS = 60
"""A request is noted as the last one only this long after the one before, to write seldom."""


def start(connection: Connection, number: int, *, token: str, now: int) -> None:
    """Begins a session of the keeper with this number, in the caller's transaction. Sessions that
    ended are removed."""
    row = KeeperSessionRow
    is_over = or_(row.seen_at <= now - IDLE_SECONDS, row.started_at <= now - LIFE_SECONDS)
    connection.execute(delete(row).where(is_over))
    connection.execute(
        insert(row).values(
            token_hash=hashed(token), keeper_number=number, started_at=now, seen_at=now
        )
    )


def keeper_of(engine: Engine, token: str, *, now: int) -> Keeper | None:
    """The keeper whose session a token is of, which goes on; None when it is nobody's or over."""
    row = KeeperSessionRow
    query = (
        select(KeeperRow.number, KeeperRow.email, KeeperRow.added_at, row.seen_at)
        .join_from(row, KeeperRow, row.keeper_number == KeeperRow.number)
        .where(row.token_hash == hashed(token))
        .where(row.seen_at > now - IDLE_SECONDS, row.started_at > now - LIFE_SECONDS)
    )
    with reading(engine) as connection:
        found = connection.execute(query).one_or_none()
    if found is None:
        return None
    if now - found.seen_at >= NOTED_SECONDS:
        with writing(engine) as connection:
            connection.execute(
                update(row).where(row.token_hash == hashed(token)).values(seen_at=now)
            )
    return Keeper(found.number, found.email, found.added_at)


def end(engine: Engine, token: str) -> None:
    """Ends a session, if there is one."""
    with writing(engine) as connection:
        connection.execute(
            delete(KeeperSessionRow).where(KeeperSessionRow.token_hash == hashed(token))
        )


def hashed(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
