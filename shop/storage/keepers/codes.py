"""Codes that a keeper enters after the password: those of an app (TOTP, RFC 6238), and ten recovery
codes for the day on which the app is lost.

A code of the app has six digits, and is that of a step of 30 seconds. The step before and the one
after count too, since clocks differ; no step counts twice, and none before one that has counted.
A recovery code has 16 digits, of which the first is its position among the ten.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

import pyotp
from pyotp.utils import strings_equal
from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from shop.core.errors import KeeperRefused
from shop.storage.engine import reading, writing
from shop.storage.keepers import accounts, passwords, sealing, sessions
from shop.storage.models import KeeperCodeRow, KeeperRecoveryCodeRow, KeeperRow

STEP_SECONDS = 30
DRIFT_STEPS = 1
APP_DIGITS = 6
RECOVERY_DIGITS = 16
RECOVERY_CODES = 10
MOST_REFUSED = 100
"""After so many codes in a row that did not count, none from an unknown browser does (NIST SP
800-63B, revision 3, 5.2.2). Three codes of a million are right at any moment, so that guessing
succeeds in three cases of 10,000."""


class Answer(Enum):
    """What becomes of a code: it counts, or why it does not."""

    RIGHT = auto()
    WRONG = auto()
    USED = auto()
    TOO_MANY = auto()
    UNREADABLE = auto()
    """The secret was encrypted with a key that the shop has no more; recovery codes still count."""


@dataclass(frozen=True, slots=True)
class Setup:
    """The codes of a keeper who has them: since when, and how many recovery codes are left."""

    since: int
    recovery_left: int


@dataclass(frozen=True, slots=True)
class Match:
    """What a typed code is: that of a step, or a recovery code's hash, or neither."""

    step: int | None = None
    recovery_hash: str | None = None
    is_unreadable: bool = False


def setup_of(engine: Engine, number: int) -> Setup | None:
    """How the keeper of this number has codes; None when the password alone is asked."""
    left = select(func.count()).where(KeeperRecoveryCodeRow.keeper_number == number)
    query = select(KeeperCodeRow.since, left.scalar_subquery())
    with reading(engine) as connection:
        row = connection.execute(query.where(KeeperCodeRow.keeper_number == number)).one_or_none()
    return None if row is None else Setup(*row)


def everybody(engine: Engine) -> frozenset[int]:
    """The numbers of the keepers who have codes."""
    with reading(engine) as connection:
        return frozenset(connection.execute(select(KeeperCodeRow.keeper_number)).scalars())


def is_asked(connection: Connection, number: int) -> bool:
    """Whether the keeper of this number is asked for a code."""
    query = select(KeeperCodeRow.keeper_number).where(KeeperCodeRow.keeper_number == number)
    return connection.execute(query).one_or_none() is not None


def recovery_code(position: int, random_number: int) -> str:
    """The recovery code of a position from 0 to 9; the number gives its other 15 digits."""
    return f"{position}{random_number % 10 ** (RECOVERY_DIGITS - 1):0{RECOVERY_DIGITS - 1}}"


def turn_on(
    engine: Engine,
    number: int,
    *,
    secret: str,
    typed: str,
    recovery_codes: tuple[str, ...],
    keys: tuple[str, ...],
    spared_token: str,
    now: int,
) -> bool:
    """Has the keeper asked for codes from now on, and ends all their sessions but the spared one;
    False when the typed code is not one of the secret's. The code that proves the app counts for
    nothing else.

    `secret` is in Base32. Raises KeeperRefused when they are asked for codes already.
    """
    step = _step(secret, digits_of(typed), now)
    if step is None:
        return False
    hashes = [passwords.hashed(code) for code in recovery_codes]
    with writing(engine) as connection:
        _lock(connection, number)
        if is_asked(connection, number):
            raise KeeperRefused("Codes are turned on already. Nothing was changed.")
        connection.execute(
            insert(KeeperCodeRow).values(
                keeper_number=number,
                sealed_secret=sealing.sealed(secret, keys),
                since=now,
                last_step=step,
            )
        )
        connection.execute(
            insert(KeeperRecoveryCodeRow),
            [
                {"keeper_number": number, "position": position, "code_hash": code_hash}
                for position, code_hash in enumerate(hashes)
            ],
        )
        accounts.end_sessions(connection, number, spared_hash=sessions.hashed(spared_token))
    return True


def turn_off(engine: Engine, email: str) -> None:
    """Has a keeper sign in with the password alone, and ends all their sessions. Raises
    KeeperRefused when there is no such keeper, or when they have no codes."""
    with writing(engine) as connection:
        number = accounts.number_of(connection, email)
        if not _forget(connection, number):
            raise KeeperRefused(f"{email} is not asked for codes. Nothing was changed.")
        accounts.end_sessions(connection, number)


def turn_off_with(
    engine: Engine, number: int, typed: str, *, keys: tuple[str, ...], is_known: bool, now: int
) -> Answer:
    """Has the keeper of this number sign in with the password alone, if the typed code counts."""
    found = match(engine, number, typed, keys=keys, now=now)
    with writing(engine) as connection:
        answer, _ = take(connection, number, found, is_known=is_known)
        if answer is Answer.RIGHT:
            _forget(connection, number)
    return answer


def match(engine: Engine, number: int, typed: str, *, keys: tuple[str, ...], now: int) -> Match:
    """What a keeper has typed, compared with what is kept. Nothing counts before `take`."""
    digits = digits_of(typed)
    if len(digits) == RECOVERY_DIGITS:
        return Match(recovery_hash=_recovery_hash(engine, number, digits))
    query = select(KeeperCodeRow.sealed_secret).where(KeeperCodeRow.keeper_number == number)
    with reading(engine) as connection:
        kept = connection.execute(query).scalar_one_or_none()
    secret = kept and sealing.opened(kept, keys)
    if not secret:
        return Match(is_unreadable=kept is not None)
    return Match(step=_step(secret, digits, now))


def take(
    connection: Connection, number: int, found: Match, *, is_known: bool
) -> tuple[Answer, int]:
    """Has a code count once, in the caller's transaction, which is to be committed whatever the
    answer is. Returns it with the number of codes that were refused since the last one that
    counted. `is_known` is whether it comes from a browser in which the keeper has signed in before.
    """
    row = KeeperCodeRow
    mine = update(row).where(row.keeper_number == number)
    # Counted as refused first: of attempts at the same time, none is for nothing.
    within = mine if is_known else mine.where(row.refused < MOST_REFUSED)
    if connection.execute(within.values(refused=row.refused + 1)).rowcount != 1:
        return Answer.TOO_MANY, 0
    query = select(row.refused).where(row.keeper_number == number)
    refused_before = connection.execute(query).scalar_one() - 1
    answer = _spent(connection, number, found)
    if answer is Answer.RIGHT:
        connection.execute(mine.values(refused=0))
    return answer, refused_before


def seal_anew(engine: Engine, keys: tuple[str, ...]) -> list[str]:
    """Encrypts every secret with the first of the keys, so that the others can be removed. Returns
    the email addresses of the keepers whose secret none of them opens."""
    row, unreadable = KeeperCodeRow, []
    query = select(KeeperRow.number, KeeperRow.email, row.sealed_secret).join_from(
        row, KeeperRow, row.keeper_number == KeeperRow.number
    )
    with reading(engine) as connection:
        kept = connection.execute(query.order_by(KeeperRow.email)).all()
    for number, email, sealed_secret in kept:
        secret = sealing.opened(sealed_secret, keys)
        if secret is None:
            unreadable.append(email)
        elif sealing.opened(sealed_secret, keys[:1]) is None:
            _replace(engine, number, sealed_secret, sealing.sealed(secret, keys))
    return unreadable


def digits_of(typed: str) -> str:
    """The digits of what was typed, whatever stands between them and in whichever script."""
    return "".join(str(int(character)) for character in typed[:100] if character.isdecimal())


def _forget(connection: Connection, number: int) -> bool:
    recovery = KeeperRecoveryCodeRow
    connection.execute(delete(recovery).where(recovery.keeper_number == number))
    forgotten = connection.execute(
        delete(KeeperCodeRow).where(KeeperCodeRow.keeper_number == number)
    )
    return bool(forgotten.rowcount)


def _replace(engine: Engine, number: int, old: str, new: str) -> None:
    row = KeeperCodeRow
    with writing(engine) as connection:
        connection.execute(
            update(row)
            .where(row.keeper_number == number, row.sealed_secret == old)
            .values(sealed_secret=new)
        )


def _step(secret: str, digits: str, now: int) -> int | None:
    if len(digits) != APP_DIGITS:
        return None
    app, present = pyotp.TOTP(secret, digits=APP_DIGITS, interval=STEP_SECONDS), now // STEP_SECONDS
    near = range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1)
    return next((step for step in near if strings_equal(app.generate_otp(step), digits)), None)


def _recovery_hash(engine: Engine, number: int, digits: str) -> str | None:
    row = KeeperRecoveryCodeRow
    query = select(row.code_hash).where(row.keeper_number == number, row.position == int(digits[0]))
    with reading(engine) as connection:
        kept = connection.execute(query).scalar_one_or_none()
    return kept if passwords.matches(kept, digits) else None


def _spent(connection: Connection, number: int, found: Match) -> Answer:
    recovery, row = KeeperRecoveryCodeRow, KeeperCodeRow
    if found.recovery_hash is not None:
        gone = delete(recovery).where(
            recovery.keeper_number == number, recovery.code_hash == found.recovery_hash
        )
        return Answer.RIGHT if connection.execute(gone).rowcount == 1 else Answer.USED
    if found.step is None:
        return Answer.UNREADABLE if found.is_unreadable else Answer.WRONG
    later = update(row).where(row.keeper_number == number, row.last_step < found.step)
    counted = connection.execute(later.values(last_step=found.step)).rowcount == 1
    return Answer.RIGHT if counted else Answer.USED


def _lock(connection: Connection, number: int) -> None:
    # A sign-in that has just compared the password holds this row too (PostgreSQL): it comes
    # before, and its session ends, or after, and is asked for a code.
    connection.execute(select(KeeperRow.number).where(KeeperRow.number == number).with_for_update())
