"""The threat model names tests and modules that there are."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
DOCUMENT = (PROJECT / "docs" / "security.md").read_text("utf-8")
TESTS = sorted(set(re.findall(r"`((?:tests|e2e)/[\w/]+\.py::\w+)`", DOCUMENT)))
FILES = sorted(set(re.findall(r"`((?:shop|deploy)/[\w./-]*)`", DOCUMENT)))
ROW = re.compile(r"^\| (?!what |---)(.+?) \| (.+) \| (.+) \|$", re.MULTILINE)


@cache
def _functions(file: str) -> set[str]:
    tree = ast.parse((PROJECT / file).read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("node", TESTS)
def test_a_test_that_is_named_exists(node: str) -> None:
    file, _, function = node.partition("::")
    assert function in _functions(file)


@pytest.mark.parametrize("file", FILES)
def test_a_file_that_is_named_exists(file: str) -> None:
    assert (PROJECT / file).exists()


def test_every_threat_names_what_meets_it_and_a_test() -> None:
    rows = ROW.findall(DOCUMENT)
    assert len(rows) > 40
    for threat, how, tests in rows:
        assert re.search(r"`(?:shop|deploy)/", how), threat
        assert re.fullmatch(r"`[^`]+::\w+`(?:, `[^`]+::\w+`)*", tests), threat
        assert set(re.findall(r"`([^`]+)`", tests)) <= set(TESTS), threat


def test_items_of_the_standard_are_numbered_as_in_version_5() -> None:
    assert "Verification Standard **5.0**" in " ".join(DOCUMENT.split())
    for items in re.findall(r"\[(\d[\d., ]+)\]", DOCUMENT):
        assert re.fullmatch(r"\d+\.\d+(?:\.\d+)?(?:, \d+\.\d+\.\d+)*", items), items
