"""What is copied to PostgreSQL comes back as it was, or is named before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    String,
    Table,
    Text,
    create_engine,
    insert,
    select,
)
from sqlalchemy.exc import DBAPIError

from shop.storage.database_copy import fitting
from shop.storage.database_copy.digests import Digest
from tests.databases import PostgresqlServer

pytestmark = pytest.mark.postgresql
PROBE = Table(
    "probe",
    MetaData(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("large", BigInteger),
    Column("small", Integer),
    Column("short", String(3)),
    Column("long", Text),
    Column("octets", LargeBinary),
    Column("is_so", Boolean),
    prefixes=["TEMPORARY"],
)


def _integers(bits: int) -> st.SearchStrategy[int]:
    edges = st.sampled_from([-(2**bits) - 1, -(2**bits), 2**bits - 1, 2**bits])
    return edges | st.integers(-(2 ** (bits + 1)), 2 ** (bits + 1))


TEXTS = st.text(max_size=5)
ROWS = st.fixed_dictionaries(
    {
        "large": st.none() | _integers(63),
        "small": st.none() | _integers(31),
        "short": st.none() | TEXTS,
        "long": st.none() | TEXTS,
        "octets": st.none() | st.binary(max_size=5),
        "is_so": st.none() | st.booleans(),
    }
)


@pytest.fixture(scope="module")
def engine(server: PostgresqlServer) -> Iterator[Engine]:
    engine = create_engine(server.url)
    yield engine
    engine.dispose()


@given(ROWS)
def test_what_fits_comes_back_and_nothing_else_is_named(
    engine: Engine, values: dict[str, Any]
) -> None:
    row = cast("Row[Any]", _Drawn({"number": 1} | values))
    said = list(fitting.problems(PROBE, [row]))
    with engine.connect() as connection:
        PROBE.create(connection)
        try:
            connection.execute(insert(PROBE), [dict(row._mapping)])
        except DBAPIError:
            assert said
            return
        (back,) = connection.execute(select(PROBE)).all()
    assert said == []
    digests = [Digest(), Digest()]
    for digest, each in zip(digests, (row, back), strict=True):
        digest.add([tuple(each)])
    assert str(digests[0]) == str(digests[1])


class _Drawn(tuple[Any, ...]):
    _mapping: dict[str, Any]

    def __new__(cls, values: dict[str, Any]) -> _Drawn:
        made = super().__new__(cls, [values[column.name] for column in PROBE.columns])
        made._mapping = values
        return made
