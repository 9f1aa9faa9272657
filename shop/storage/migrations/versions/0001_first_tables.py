"""First tables: catalogue with price history, and orders."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "categories",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("slug", sa.String(100), nullable=False, unique=True),
        sa.Column("name", sa.String(80), nullable=False, unique=True),
    )
    op.create_table(
        "products",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("sku", sa.String(40), nullable=False, unique=True),
        sa.Column("slug", sa.String(250), nullable=False, unique=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column(
            "category_number", sa.Integer, sa.ForeignKey("categories.number"), nullable=False
        ),
        sa.Column("price_minor", sa.Integer, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("vat_basis_points", sa.Integer, nullable=False),
        sa.Column("stock", sa.Integer),
        sa.Column("image", sa.String(100)),
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.Column("search_text", sa.Text, nullable=False),
        sa.CheckConstraint("stock >= 0", name="stock_is_never_below_zero"),
        sa.CheckConstraint("price_minor >= 0", name="price_is_not_negative"),
        sqlite_autoincrement=True,
    )
    op.create_index("products_by_category", "products", ["category_number", "is_active"])
    op.create_table(
        "prices",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column(
            "product_number",
            sa.Integer,
            sa.ForeignKey("products.number", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("price_minor", sa.Integer, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
    )
    op.create_index("prices_by_product", "prices", ["product_number", "since"])
    op.create_table(
        "orders",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("token", sa.String(64), nullable=False, unique=True),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("once_key", sa.String(64), nullable=False, unique=True),
        sa.Column("placed_at", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("payment", sa.String(40), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("subtotal_minor", sa.BigInteger, nullable=False),
        sa.Column("shipping_minor", sa.BigInteger, nullable=False),
        sa.Column("total_minor", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "order_lines",
        sa.Column(
            "order_number",
            sa.Integer,
            sa.ForeignKey("orders.number", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("product_number", sa.Integer, nullable=False),
        sa.Column("sku", sa.String(40), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("quantity", sa.Integer, nullable=False),
        sa.Column("unit_price_minor", sa.Integer, nullable=False),
        sa.Column("vat_basis_points", sa.Integer, nullable=False),
        sa.Column("total_minor", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "order_vat",
        sa.Column(
            "order_number",
            sa.Integer,
            sa.ForeignKey("orders.number", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("basis_points", sa.Integer, primary_key=True),
        sa.Column("amount_minor", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    for table in ("order_vat", "order_lines", "orders", "prices", "products", "categories"):
        op.drop_table(table)
