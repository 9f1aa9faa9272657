"""Full-text search, and names sorted as a dictionary sorts them."""

import sqlalchemy as sa
from alembic import op

from shop.storage.search import all_words, name_words, sort_key

revision = "0004"
down_revision = "0003"

_WORD_COLUMNS = ("name_words", "all_words")
_OLD = ", ".join(f"old.{name}" for name in _WORD_COLUMNS)
_NEW = ", ".join(f"new.{name}" for name in _WORD_COLUMNS)
_NAMES = ", ".join(_WORD_COLUMNS)
_REMOVE = (
    f"INSERT INTO product_words(product_words, rowid, {_NAMES}) "  # noqa: S608  # constants
    f"VALUES ('delete', old.number, {_OLD});"
)
_ADD = f"INSERT INTO product_words(rowid, {_NAMES}) VALUES (new.number, {_NEW});"  # noqa: S608
# The index of FTS5 keeps no copy of the words: https://www.sqlite.org/fts5.html, "External Content
# Tables". Its tokenizer splits at spaces only: the words come as they are to be compared.
_SQLITE = (
    f"CREATE VIRTUAL TABLE product_words USING fts5({_NAMES}, content='products', "
    "content_rowid='number', tokenize='ascii', detail='column')",
    f"CREATE TRIGGER product_words_added AFTER INSERT ON products BEGIN {_ADD} END",
    f"CREATE TRIGGER product_words_removed AFTER DELETE ON products BEGIN {_REMOVE} END",
    f"CREATE TRIGGER product_words_changed AFTER UPDATE OF number, {_NAMES} ON products "
    f"WHEN ({_OLD}) IS NOT ({_NEW}) OR old.number <> new.number BEGIN {_REMOVE} {_ADD} END",
)


def upgrade() -> None:
    for name in _WORD_COLUMNS:
        op.add_column("products", sa.Column(name, sa.Text, nullable=False, server_default=""))
    op.add_column(
        "products",
        sa.Column("name_sort_key", sa.LargeBinary, nullable=False, server_default=sa.text("''")),
    )
    _fill(op.get_bind())
    # Not in a batch: that would make the table anew, and forget which numbers have been given.
    op.drop_column("products", "search_text")
    op.create_index("products_by_name", "products", ["name_sort_key"])
    if op.get_bind().dialect.name == "sqlite":
        for statement in _SQLITE:
            op.execute(statement)
        op.execute("INSERT INTO product_words(product_words) VALUES ('rebuild')")
    else:
        for name in _WORD_COLUMNS:
            op.execute(
                f"CREATE INDEX products_by_{name} ON products "
                f"USING gin (array_to_tsvector(string_to_array({name}, ' ')))"
            )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for trigger in ("added", "removed", "changed"):
            op.execute(f"DROP TRIGGER product_words_{trigger}")
        op.execute("DROP TABLE product_words")
    else:
        for name in _WORD_COLUMNS:
            op.drop_index(f"products_by_{name}", "products")
    op.drop_index("products_by_name", "products")
    op.add_column("products", sa.Column("search_text", sa.Text, nullable=False, server_default=""))
    op.execute("UPDATE products SET search_text = all_words")
    for name in (*_WORD_COLUMNS, "name_sort_key"):
        op.drop_column("products", name)


def _fill(connection: sa.Connection) -> None:
    names = ("number", "sku", "name", "description", *_WORD_COLUMNS)
    products = sa.table(
        "products", *map(sa.column, names), sa.column("name_sort_key", sa.LargeBinary)
    )
    wanted = sa.select(products.c.number, products.c.sku, products.c.name, products.c.description)
    values = [
        {
            "at": row.number,
            "new_name_words": name_words(row.name),
            "new_all_words": all_words(row.name, row.description, row.sku),
            "new_name_sort_key": sort_key(row.name),
        }
        for row in connection.execute(wanted)
    ]
    if values:
        connection.execute(
            products.update()
            .where(products.c.number == sa.bindparam("at"))
            .values(
                name_words=sa.bindparam("new_name_words"),
                all_words=sa.bindparam("new_all_words"),
                name_sort_key=sa.bindparam("new_name_sort_key"),
            ),
            values,
        )
