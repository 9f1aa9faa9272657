"""Groups of products that are variants of each other."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "product_groups",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("slug", sa.String(250), nullable=False, unique=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("options", sa.Text, nullable=False),
    )
    # No foreign key: SQLite cannot add one to a table that exists, and to make the table anew would
    # forget which numbers have been given.
    op.add_column("products", sa.Column("group_number", sa.Integer))
    op.add_column("products", sa.Column("options", sa.Text, nullable=False, server_default=""))
    op.create_index("products_by_group", "products", ["group_number"])
    # With the group, this index alone counts what a list shows.
    op.drop_index("products_by_category", "products")
    op.create_index(
        "products_by_category", "products", ["category_number", "is_active", "group_number"]
    )


def downgrade() -> None:
    op.drop_index("products_by_category", "products")
    op.create_index("products_by_category", "products", ["category_number", "is_active"])
    op.drop_index("products_by_group", "products")
    op.drop_column("products", "options")
    op.drop_column("products", "group_number")
    op.drop_table("product_groups")
