"""What the engines of the tests share hides no statement that one of their databases refuses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from sqlalchemy import Connection, Integer, create_engine, select
from sqlalchemy.exc import CompileError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from tests.compiled_statements import CompiledStatements
from tests.databases import PostgresqlServer


class Answer(FunctionElement[int]):
    """SQL that only SQLite is told how to write."""

    name = "answer"
    inherit_cache = True
    type = Integer()


written: list[str] = []


@compiles(Answer, "sqlite")
def _on_sqlite(_: Answer, compiler: object, **__: object) -> str:
    written.append("sqlite")
    return "42"


@contextmanager
def connected(*urls: str) -> Iterator[list[Connection]]:
    """A connection to each of these databases, by engines that share a new cache."""
    options = {"compiled_cache": CompiledStatements()}
    with ExitStack() as open_ones:
        connections = []
        for url in urls:
            engine = create_engine(url, execution_options=options)
            open_ones.callback(engine.dispose)
            connections.append(open_ones.enter_context(engine.connect()))
        yield connections


def test_two_engines_of_a_kind_compile_a_statement_once() -> None:
    written.clear()
    with connected("sqlite://", "sqlite://") as (one, other):
        assert [it.scalar(select(Answer())) for it in (one, other)] == [42, 42]
    assert written == ["sqlite"]


@pytest.mark.postgresql
def test_what_fails_on_postgresql_fails_though_sqlite_has_compiled_it(
    server: PostgresqlServer,
) -> None:
    with connected("sqlite://", server.url) as (sqlite, postgresql):
        assert sqlite.scalar(select(Answer())) == 42
        for _ in range(2):
            with pytest.raises(CompileError):
                postgresql.scalar(select(Answer()))
