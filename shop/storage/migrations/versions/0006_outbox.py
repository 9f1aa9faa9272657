"""The outbox of order mail. Orders from before get none: their shoppers expect no mail now."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column(
            "order_number",
            sa.Integer,
            sa.ForeignKey("orders.number", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("recipient", sa.String(20), nullable=False),
        sa.Column("written_at", sa.BigInteger, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("resends", sa.Integer, nullable=False, server_default="0"),
        sa.Column("next_attempt_at", sa.BigInteger),
        sa.Column("claimed_until", sa.BigInteger),
        sa.Column("sent_at", sa.BigInteger),
        sa.Column("sent_to", sa.Text, nullable=False, server_default=""),
        sa.Column("last_error", sa.Text, nullable=False, server_default=""),
    )
    of_an_order = ["order_number", "kind", "recipient"]
    op.create_index("outbox_of_an_order", "outbox", of_an_order, unique=True)
    op.create_index("outbox_by_attempt", "outbox", ["next_attempt_at"])


def downgrade() -> None:
    op.drop_table("outbox")
