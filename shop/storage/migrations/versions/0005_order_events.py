"""The history of orders; orders that were placed before begin with their placing."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    events = op.create_table(
        "order_events",
        sa.Column(
            "order_number",
            sa.Integer,
            sa.ForeignKey("orders.number", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False, server_default=""),
        sa.Column("tracking", sa.Text, nullable=False, server_default=""),
    )
    orders = sa.table("orders", sa.column("number"), sa.column("placed_at"))
    placed = sa.select(
        orders.c.number, sa.literal(0), sa.literal("placed"), orders.c.placed_at,
        sa.literal("shopper"),
    )  # fmt: skip
    names = ["order_number", "position", "status", "at", "made_by"]
    op.execute(events.insert().from_select(names, placed))
    op.create_index("orders_by_reference", "orders", ["reference"])
    op.create_index("orders_by_status", "orders", ["status", "number"])
    op.create_index("order_lines_by_sku", "order_lines", ["sku", "order_number"])


def downgrade() -> None:
    op.drop_index("order_lines_by_sku", "order_lines")
    op.drop_index("orders_by_status", "orders")
    op.drop_index("orders_by_reference", "orders")
    op.drop_table("order_events")
