"""Photos of products, whose files are in the instance folder."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "photos",
        sa.Column(
            "product_number",
            sa.Integer,
            sa.ForeignKey("products.number", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("widths", sa.Text, nullable=False),
        sa.Column("formats", sa.Text, nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
    )
    op.create_index("photos_by_source", "photos", ["source"])


def downgrade() -> None:
    op.drop_table("photos")
