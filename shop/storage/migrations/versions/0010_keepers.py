"""Keepers, who may use the admin, and their sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "keepers",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("email", sa.String(254), nullable=False, unique=True),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("added_at", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "keeper_sessions",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column(
            "keeper_number",
            sa.Integer,
            sa.ForeignKey("keepers.number", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
    )
    op.create_index("keeper_sessions_by_keeper", "keeper_sessions", ["keeper_number"])


def downgrade() -> None:
    op.drop_table("keeper_sessions")
    op.drop_table("keepers")
