"""The slugs that products had before."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "former_slugs",
        sa.Column("slug", sa.String(250), primary_key=True),
        sa.Column(
            "product_number",
            sa.Integer,
            sa.ForeignKey("products.number", ondelete="CASCADE"),
            nullable=False,
        ),
    )
    op.create_index("former_slugs_by_product", "former_slugs", ["product_number"])


def downgrade() -> None:
    op.drop_table("former_slugs")
