"""A database that is lent again is as a new one."""

from __future__ import annotations

import pytest

from tests.conftest import fill
from tests.databases import PostgresqlDatabase, PostgresqlServer

SEQUENCES = "select sequencename, last_value from pg_sequences order by 1"
CHANGES = {
    "nothing": (),
    "a price": ("update products set price_minor = 1, name = 'Renamed'",),
    "rows": ("delete from prices", "insert into categories (slug, name) values ('a', 'A')"),
}


def state(database: PostgresqlDatabase) -> list[object]:
    return [*database.dump(), *database.sql(SEQUENCES)]


@pytest.mark.parametrize("statements", CHANGES.values(), ids=CHANGES)
def test_rows_are_put_back(server: PostgresqlServer, statements: tuple[str, ...]) -> None:
    with server.stocked(fill) as database:
        before = state(database)
        for statement in statements:
            database.sql(statement)
        assert (state(database) == before) is not bool(statements)
    with server.stocked(fill) as again:
        assert again.url == database.url
        assert state(again) == before


@pytest.mark.parametrize(
    "statement",
    [
        "alter table products rename column name to other",
        "alter table products add column other text",
        "drop table prices cascade",
        "create table other (id integer)",
        "create trigger other before update on products for each row "
        "execute function suppress_redundant_updates_trigger()",
    ],
)
def test_a_database_with_other_tables_is_not_lent_again(
    server: PostgresqlServer, statement: str
) -> None:
    with server.stocked(fill) as database:
        database.sql(statement)
    with server.stocked(fill) as another:
        assert another.url != database.url
