"""Coupons in the database: found for quotes, kept by keepers, used by orders."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from shop.core.coupons import Coupon, Kind
from shop.core.errors import CouponRefused, CouponUsedUp
from shop.core.money import Money
from shop.storage.models import CouponRow

NEVER_ENDS = 2**62


def by_number(connection: Connection, number: int) -> Coupon | None:
    """The coupon that a cart means."""
    return _one(connection, CouponRow.number == number)


def by_code(connection: Connection, code: str) -> Coupon | None:
    """The coupon that a shopper means; `code` is as `coupons.code_of` gives it."""
    return _one(connection, CouponRow.code == code)


def everything(connection: Connection) -> tuple[Coupon, ...]:
    """All coupons, ended ones too, in the order in which they were made."""
    return tuple(map(_coupon, connection.execute(_SELECT.order_by(CouponRow.number))))


def last_end(connection: Connection) -> int:
    """When the last coupon ends, in Unix seconds; 0 when there is none. A shop asks for no code
    after that."""
    latest = func.max(func.coalesce(CouponRow.ends_at, NEVER_ENDS))
    return connection.execute(select(func.coalesce(latest, 0))).scalar_one()


def add(connection: Connection, coupon: Coupon) -> Coupon:
    """Stores a coupon under a new number, and returns it with that. Raises CouponRefused when there
    is one with its code, even an ended one: an old order may name it."""
    try:
        number = connection.execute(
            insert(CouponRow)
            .values(
                code=coupon.code,
                kind=coupon.kind.value,
                basis_points=coupon.basis_points,
                amount_minor=coupon.amount.minor,
                from_minor=coupon.from_subtotal.minor,
                currency=coupon.amount.currency,
                ends_at=coupon.ends_at,
                most_uses=coupon.most_uses,
                uses=0,
            )
            .returning(CouponRow.number)
        ).scalar_one()
    except IntegrityError:
        raise CouponRefused(
            f"There is a coupon {coupon.code} already. Nothing was changed: choose another code."
        ) from None
    added = by_number(connection, number)
    assert added is not None
    return added


def end(connection: Connection, code: str, *, now: int) -> Coupon:
    """Ends a coupon now, and returns it. Raises CouponRefused when none of this code lasts."""
    coupon = by_code(connection, code)
    if coupon is None:
        raise CouponRefused(f"There is no coupon {code}. Nothing was changed.")
    if coupon.ends_at is not None and coupon.ends_at <= now:
        raise CouponRefused(f"The coupon {code} has ended already. Nothing was changed.")
    connection.execute(
        update(CouponRow).where(CouponRow.number == coupon.number).values(ends_at=now)
    )
    ended = by_number(connection, coupon.number)
    assert ended is not None
    return ended


def use(connection: Connection, code: str, *, now: int) -> None:
    """Counts one more order with this coupon, in the order's transaction. Raises CouponUsedUp when
    it has ended or others were quicker; the transaction must then be rolled back."""
    used = connection.execute(
        update(CouponRow)
        .where(
            CouponRow.code == code,
            or_(CouponRow.ends_at.is_(None), CouponRow.ends_at > now),
            or_(CouponRow.most_uses.is_(None), CouponRow.uses < CouponRow.most_uses),
        )
        .values(uses=CouponRow.uses + 1)
    )
    if used.rowcount != 1:
        raise CouponUsedUp(code)


def give_back(connection: Connection, code: str) -> None:
    """Counts one order less, for one that is cancelled."""
    connection.execute(
        update(CouponRow)
        .where(CouponRow.code == code, CouponRow.uses > 0)
        .values(uses=CouponRow.uses - 1)
    )


_SELECT = select(CouponRow.__table__)


def _one(connection: Connection, condition: Any) -> Coupon | None:
    row = connection.execute(_SELECT.where(condition)).one_or_none()
    return None if row is None else _coupon(row)


def _coupon(row: Any) -> Coupon:
    return Coupon(
        number=row.number,
        code=row.code,
        kind=Kind(row.kind),
        basis_points=row.basis_points,
        amount=Money(row.amount_minor, row.currency),
        from_subtotal=Money(row.from_minor, row.currency),
        ends_at=row.ends_at,
        most_uses=row.most_uses,
        uses=row.uses,
    )
