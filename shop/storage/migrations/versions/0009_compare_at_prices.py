"""The price that a product had before a reduction."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("products", sa.Column("compare_at_minor", sa.Integer))


def downgrade() -> None:
    op.drop_column("products", "compare_at_minor")
