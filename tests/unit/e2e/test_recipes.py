"""Each recipe says when to use it, and the page about testing explains it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from e2e.support.server import PROJECT

RECIPES = sorted((PROJECT / "e2e" / "recipes").glob("test_*.py"))
PAGE = PROJECT / "docs" / "testing.md"
FILES = re.findall(r"\]\(([^)#:]+)(?:#[a-z-]*)?\)", PAGE.read_text("utf-8"))


@pytest.mark.parametrize("recipe", [pytest.param(path, id=path.stem) for path in RECIPES])
def test_a_recipe_says_when_to_use_it_and_is_explained(recipe: Path) -> None:
    essay = ast.get_docstring(ast.parse(recipe.read_text("utf-8"))) or ""
    assert essay.startswith("Use it ")
    assert f"../e2e/recipes/{recipe.name}" in FILES


@pytest.mark.parametrize("file", sorted(set(FILES)))
def test_a_link_of_the_page_leads_to_a_file(file: str) -> None:
    assert (PAGE.parent / file).exists()
