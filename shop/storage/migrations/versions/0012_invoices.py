"""Invoices, numbered without gaps."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "invoices",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column(
            "order_number",
            sa.Integer,
            sa.ForeignKey("orders.number"),
            nullable=False,
            unique=True,
        ),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("invoices")
