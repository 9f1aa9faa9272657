"""An index of what is not sent, which every page of the admin counts."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    is_unsent = sa.text("sent_at IS NULL")
    op.create_index(
        "outbox_unsent",
        "outbox",
        ["number"],
        sqlite_where=is_unsent,
        postgresql_where=is_unsent,
    )


def downgrade() -> None:
    op.drop_index("outbox_unsent", "outbox")
