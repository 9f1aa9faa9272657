"""An index that says when any price last changed."""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_index("prices_by_time", "prices", ["since"])


def downgrade() -> None:
    op.drop_index("prices_by_time", "prices")
