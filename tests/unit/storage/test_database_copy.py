"""The digest of a table depends on its values, and on nothing else."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy import Boolean, Integer, LargeBinary, String, Table

from shop.storage.database_copy import rows
from shop.storage.database_copy.digests import Digest, canonical

VALUES: tuple[object, ...] = (
    None, True, False, 0, 1, -1, 2**63, 0.0, 1.0, "", "n", "1", "i1", "1:n", b"", b"1", b"s1", [],
    {}, "\0", "é", "e\u0301",
)  # fmt: skip


def digest_of(*found: tuple[object, ...]) -> str:
    digest = Digest()
    digest.add(found)
    return str(digest)


def test_different_values_have_different_octets() -> None:
    several = itertools.chain(
        ((value,) for value in VALUES), itertools.product(VALUES, repeat=2), [()]
    )
    made = [canonical(row) for row in several]
    assert len(made) == 1 + len(VALUES) + len(VALUES) ** 2
    assert len(set(made)) == len(made)


def test_the_canonical_form_stays_as_it_is() -> None:
    assert canonical([1, "é", None, True, b"\x00"]) == b"2:i13:s\xc3\xa91:n2:t12:b\x00"


def test_keys_of_json_have_no_order() -> None:
    assert canonical([{"a": 1, "b": [2]}]) == canonical([{"b": [2], "a": 1}])


def test_the_order_of_rows_does_not_matter_but_each_row_does() -> None:
    found = [(1, "a"), (2, "b"), (3, "c")]
    assert {digest_of(*each) for each in itertools.permutations(found)} == {digest_of(*found)}
    assert digest_of(*found) != digest_of(*found[:2])
    assert digest_of(*found, found[0], found[0]) != digest_of(*found)
    assert digest_of((1, "b"), (2, "a")) != digest_of((1, "a"), (2, "b"))


def test_a_digest_does_not_depend_on_batches() -> None:
    digest = Digest()
    digest.add([(1,), (2,)])
    digest.add([(3,)])
    assert str(digest) == digest_of((1,), (2,), (3,))
    assert len(str(digest)) == 64


def test_no_rows_have_a_digest_too() -> None:
    assert digest_of() == "0" * 64


def test_a_value_of_a_new_type_is_refused() -> None:
    with pytest.raises(TypeError, match="complex"):
        canonical([1j])


@pytest.mark.parametrize("table", [pytest.param(each, id=each.name) for each in rows.tables()])
def test_the_types_of_all_columns_are_known(table: Table) -> None:
    """A type that a migration brings needs a canonical form, and a rule of what fits."""
    for column in table.columns:
        assert isinstance(column.type, Boolean | Integer | String | LargeBinary), column
