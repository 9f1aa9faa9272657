"""Codes of an app, which a keeper may have to enter after the password."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def _keeper(*, is_key: bool) -> sa.Column[int]:
    owner = sa.ForeignKey("keepers.number", ondelete="CASCADE")
    return sa.Column(
        "keeper_number", sa.Integer, owner, nullable=False, primary_key=is_key, autoincrement=False
    )


def upgrade() -> None:
    op.create_table(
        "keeper_codes",
        _keeper(is_key=True),
        sa.Column("sealed_secret", sa.Text, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("last_step", sa.BigInteger, nullable=False),
        sa.Column("refused", sa.Integer, nullable=False, server_default="0"),
    )
    op.create_table(
        "keeper_recovery_codes",
        _keeper(is_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("code_hash", sa.Text, nullable=False),
    )
    op.create_table(
        "keeper_sign_ins",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        _keeper(is_key=False),
        sa.Column("begun_at", sa.BigInteger, nullable=False),
    )
    op.create_index("keeper_sign_ins_by_keeper", "keeper_sign_ins", ["keeper_number"])


def downgrade() -> None:
    op.drop_table("keeper_sign_ins")
    op.drop_table("keeper_recovery_codes")
    op.drop_table("keeper_codes")
