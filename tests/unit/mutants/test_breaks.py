"""The deliberate breaks still fit the code, and ask about tests that exist."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from mutants.breaks import BREAKS
from mutants.entry import Break, RottenError

PROJECT = Path(__file__).parents[3]
EACH = [pytest.param(broken, id=broken.name) for broken in BREAKS]


@pytest.mark.parametrize("broken", EACH)
def test_the_old_text_of_a_break_stands_in_its_file_once(broken: Break) -> None:
    text = (PROJECT / broken.file).read_text("utf-8")
    assert broken.broken(text) != text


@pytest.mark.parametrize("broken", EACH)
def test_a_break_asks_about_tests_that_exist(broken: Break) -> None:
    assert broken.asked
    for asked in broken.asked:
        file, _, test = asked.partition("::")
        assert re.search(rf"^def {test or 'test_'}", (PROJECT / file).read_text("utf-8"), re.M)


def test_each_break_has_a_name_of_its_own() -> None:
    names = Counter(broken.name for broken in BREAKS)
    assert names.most_common(1)[0][1] == 1
    assert not any("/" in name for name in names)  # each is the name of a folder too


@pytest.mark.parametrize("text", ["nothing of it", "one old text, another old text"])
def test_a_break_whose_text_is_not_there_once_is_refused(text: str) -> None:
    broken = Break("any", "Harm.", "shop/any.py", "old text", "new text", ("tests",))
    with pytest.raises(RottenError, match="any: its old text stands"):
        broken.broken(text)
