"""Alembic's entry point: it runs on the connection that `shop.storage.schema` hands on."""

from alembic import context

from shop.storage.models import Table

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Table.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
