"""Orders keep the parts of an address; older orders keep theirs as the one text it was."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

PARTS = ("address_line_1", "address_line_2", "town", "region", "postcode")


def upgrade() -> None:
    for name in PARTS:
        op.add_column("orders", sa.Column(name, sa.Text, nullable=False, server_default=""))
    op.add_column("orders", sa.Column("country", sa.String(2), nullable=False, server_default=""))


def downgrade() -> None:
    orders = sa.table("orders", *map(sa.column, ("address", *PARTS, "country")))
    text: sa.ColumnElement[str] = orders.c.country
    for name in reversed(PARTS):
        text = orders.c[name] + "\n" + text
    op.execute(orders.update().where(orders.c.country != "").values(address=text))
    for name in (*PARTS, "country"):
        op.drop_column("orders", name)
