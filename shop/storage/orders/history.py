"""The steps of an order, stored one after another."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, insert

from shop.core.orders import Status, Step
from shop.storage.models import OrderEventRow


def keep(connection: Connection, order_number: int, position: int, step: Step) -> None:
    """Stores a step; positions are counted from 0."""
    connection.execute(
        insert(OrderEventRow).values(
            order_number=order_number,
            position=position,
            status=step.status.value,
            at=step.at,
            made_by=step.by,
            note=step.note,
            tracking=step.tracking,
        )
    )


def step_of(row: Row[Any]) -> Step:
    """The step that a row of the table holds."""
    return Step(Status(row.status), row.at, row.made_by, row.note, row.tracking)
