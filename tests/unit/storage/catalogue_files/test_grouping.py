"""The columns of a variant: its group, and a name and a value for each option."""

from __future__ import annotations

import pytest

from shop.core.errors import FileRefused
from shop.storage.catalogue_files.grouping import Membership, common_name
from shop.storage.catalogue_files.rows import ABSENT
from tests.unit.storage.catalogue_files.files import read_text

HEAD = "sku,name,price,currency"
COLUMNS = f"{HEAD},group,group_name,option1_name,option1_value,option2_name,option2_value"


def problems(*rows: str, columns: str = COLUMNS) -> list[str]:
    with pytest.raises(FileRefused) as refused:
        read_text("\n".join([columns, *rows]), "crumb")
    return refused.value.problems


def test_a_variant_is_read() -> None:
    [row] = read_text(f"{COLUMNS}\nA,Tee,1,GBP,tee,Plain tee, Size ,M,Colour,Blue", "crumb").rows
    assert row.membership == Membership("tee", "Plain tee", (("Size", "M"), ("Colour", "Blue")))


def test_a_product_with_an_empty_group_has_none_and_without_the_column_keeps_it() -> None:
    [row] = read_text(f"{HEAD},group\nA,Tee,1,GBP,", "crumb").rows
    assert row.membership is None
    [row] = read_text(f"{HEAD}\nA,Tee,1,GBP", "crumb").rows
    assert row.membership is ABSENT


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        pytest.param(
            "Tee,,Size,M,,",
            "group: a group is lower-case letters, digits and single hyphens, such as linen-apron"
            " (found “Tee”).",
            id="no slug",
        ),
        pytest.param(
            "tee,,,,,",
            "option1_name: a variant has an option, such as Size (nothing found).",
            id="no option",
        ),
        pytest.param(
            ",,Size,M,,",
            "option1_name: only a variant has this: name its group (found “Size”).",
            id="an option without a group",
        ),
        pytest.param(
            ",Tees,,,,",
            "group_name: only a variant has this: name its group (found “Tees”).",
            id="the name of no group",
        ),
        pytest.param(
            "tee,,Size,,,",
            "option1_value: an option has a name and a value (nothing found).",
            id="no value",
        ),
        pytest.param(
            "tee,,Size,M,,Blue",
            "option2_name: an option has a name and a value (nothing found).",
            id="no name",
        ),
        pytest.param(
            "tee,,Size,M,size,L",
            "option1_name: a group has each option once (found “Size”).",
            id="an option twice",
        ),
        pytest.param(
            f"tee,,Size,{'M' * 41},,",
            "option1_value: a name or value of an option has at most 40 characters"
            f" (found “{'M' * 40}…”).",
            id="a long value",
        ),
        pytest.param(
            f"tee,{'T' * 201},Size,M,,",
            f"group_name: the name of a group has at most 200 characters (found “{'T' * 40}…”).",
            id="a long name",
        ),
    ],
)
def test_a_cell_that_makes_no_variant_is_refused(cells: str, problem: str) -> None:
    assert problems(f"A,Tee,1,GBP,{cells}") == [f"Line 2, column {problem}"]


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        pytest.param(
            "tee,,Colour,Red,,",
            "option1_name: the group tee has the options “Size” in line 2 (found “Colour”).",
            id="another option",
        ),
        pytest.param(
            "tee,Shirt,Size,L,,",
            "group_name: the group tee is called “Tee” in line 2.",
            id="another name",
        ),
        pytest.param(
            "tee,,Size,m,,",
            "option1_value: the group tee has “m” in line 2 already.",
            id="the same variant",
        ),
    ],
)
def test_rows_of_a_group_that_contradict_each_other_are_refused(cells: str, problem: str) -> None:
    rows = ("A,Tee,1,GBP,tee,Tee,Size,M,,", f"B,Tee,1,GBP,{cells}")
    assert problems(*rows) == [f"Line 3, column {problem}"]


@pytest.mark.parametrize(
    ("names", "common"),
    [
        (["Plain tee, M, Blue", "Plain tee, L, Blue"], "Plain tee"),
        (["Work shirt - Red", "Work shirt - Green"], "Work shirt"),
        (["Cup (small)", "Cup (large)"], "Cup"),
        (["Bread knife", "Breadboard"], ""),
        (["Mug"], "Mug"),
        ([], ""),
    ],
)
def test_names_have_whole_words_in_common(names: list[str], common: str) -> None:
    assert common_name(names) == common
