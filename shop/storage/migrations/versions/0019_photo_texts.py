"""What a photo of a product shows, in words."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("photos", sa.Column("text", sa.String(200), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("photos", "text")
