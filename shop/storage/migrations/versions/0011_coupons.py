"""Coupons, and what an order had from one."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "coupons",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(20), nullable=False, unique=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("basis_points", sa.Integer, nullable=False),
        sa.Column("amount_minor", sa.BigInteger, nullable=False),
        sa.Column("from_minor", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("ends_at", sa.BigInteger),
        sa.Column("most_uses", sa.Integer),
        sa.Column("uses", sa.Integer, nullable=False),
        sqlite_autoincrement=True,
    )
    op.add_column(
        "orders", sa.Column("discount_minor", sa.BigInteger, nullable=False, server_default="0")
    )
    op.add_column("orders", sa.Column("coupon", sa.String(20), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("orders", "coupon")
    op.drop_column("orders", "discount_minor")
    op.drop_table("coupons")
