"""Steps of orders that a payment provider took bear its name, no longer the shopper's choice."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

NAMES = (
    ("stripe", "By card or wallet", "Stripe"),
    ("pretend-bank", "At the pretend bank", "the pretend bank"),
)
"""The code of a provider, with which the note of its steps begins; what they said; and its name."""


def upgrade() -> None:
    for code, label, name in NAMES:
        _rename(code, label, name)


def downgrade() -> None:
    for code, label, name in NAMES:
        _rename(code, name, label)


def _rename(code: str, before: str, after: str) -> None:
    events = sa.table("order_events", sa.column("made_by"), sa.column("note"))
    is_theirs = (events.c.made_by == before) & events.c.note.startswith(f"{code} ")
    op.execute(events.update().where(is_theirs).values(made_by=after))
