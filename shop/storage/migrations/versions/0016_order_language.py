"""The language that an order was placed in."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("orders", sa.Column("language", sa.String(35), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("orders", "language")
