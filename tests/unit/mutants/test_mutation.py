"""Mutation testing of core: what is asked of mutmut, what is read from it, and the verdict."""

from __future__ import annotations

import json
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest
from click.testing import CliRunner

from mutants import core, mutation
from mutants.mutation import Score, Survivor, UnmeasuredError, kept_scores, percent, settings
from mutants.report import scores_table, survivors_table
from mutants.survivors import REASONS

PROJECT = Path(__file__).parents[3]
DIFF = """# shop.core.text.x_tidy__mutmut_3: survived
--- shop/core/text.py
+++ shop/core/text.py
@@ -1,3 +1,3 @@
 def tidy(text):
-    return text.strip() or ""
+    return text.strip() and ""
"""
TIDY = Survivor("text", "tidy", 'return text.strip() or ""', 'return text.strip() and ""')
ADD = Survivor("cart", "Cart.add", "a | b", "a & b")


def keep(folder: Path, module: str, codes: dict[str, int | None]) -> None:
    """Writes what mutmut keeps about a module."""
    path = folder / f"mutants/shop/core/{module}.py.meta"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"exit_code_by_key": codes}), "utf-8")


@pytest.mark.parametrize(
    ("only", "path", "is_mutated"),
    [
        pytest.param("", "shop/core/text.py", True, id="everything"),
        pytest.param("", "shop/core/packing/texts.py", True, id="everything, a room within"),
        pytest.param("", "shop/storage/search.py", False, id="nothing outside core"),
        pytest.param("packing", "shop/core/packing/texts.py", True, id="chosen"),
        pytest.param("packing", "shop/core/text.py", False, id="not chosen"),
    ],
)
def test_only_modules_of_core_are_mutated(only: str, path: str, is_mutated: bool) -> None:
    (pattern,) = tomllib.loads(settings(only))["tool"]["mutmut"]["only_mutate"]
    assert fnmatch(path, pattern) is is_mutated


def test_each_module_has_its_mutants_and_survivors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mutation, "_diff", lambda _folder, _name: DIFF)
    failed, ended_by_a_signal, timeout, passed, no_tests, not_called = 1, -11, 24, 0, 5, 33
    codes = [failed, ended_by_a_signal, timeout, passed, no_tests, not_called]
    keep(tmp_path, "text", {f"text.x_tidy__mutmut_{at}": code for at, code in enumerate(codes)})
    keep(tmp_path, "packing/texts", {"texts.x_packed__mutmut_1": failed})
    keep(tmp_path, "__init__", {})
    scores = kept_scores(tmp_path)
    assert scores == [Score("packing/texts", 1, ()), Score("text", 6, (TIDY, TIDY, TIDY))]
    assert [score.killed for score in scores] == [1, 3]
    assert percent(scores) == pytest.approx(400 / 7)


def test_a_mutant_without_a_verdict_is_no_measurement(tmp_path: Path) -> None:
    keep(tmp_path, "text", {"text.x_tidy__mutmut_1": 1, "text.x_tidy__mutmut_2": None})
    with pytest.raises(UnmeasuredError, match="text: not every mutant was tested"):
        kept_scores(tmp_path)


@pytest.mark.parametrize(
    ("name", "function"),
    [
        pytest.param("shop.core.text.x_tidy__mutmut_3", "tidy", id="a function"),
        pytest.param("shop.core.text.x__kept__mutmut_12", "_kept", id="a private one"),
        pytest.param("shop.core.cart.xǁCartǁadd__mutmut_1", "Cart.add", id="a method"),
        pytest.param("m.xǁ_Linesǁ__missing____mutmut_4", "_Lines.__missing__", id="a special one"),
    ],
)
def test_a_survivor_names_its_function(name: str, function: str) -> None:
    assert mutation.survivor("m", name, DIFF).function == function


def test_tables_show_the_figures_and_the_reasons() -> None:
    scores = [Score("cart", 4, (ADD,)), Score("text", 4, (TIDY, TIDY))]
    assert scores_table(scores).splitlines()[2:] == [
        "| cart | 4 | 3 | 75.0 |",
        "| text | 4 | 2 | 50.0 |",
        "| **all** | 8 | 5 | 62.5 |",
    ]
    assert survivors_table([ADD, TIDY], {ADD: "The same."}).splitlines()[2:] == [
        r"| cart: `Cart.add` | `a \| b` | `a & b` | The same. |",
        f"| text: `tidy` | `{TIDY.old}` | `{TIDY.new}` | **none yet** |",
    ]


@pytest.mark.parametrize(
    ("killed", "reasons", "exit_code", "said"),
    [
        pytest.param(95, {ADD: "The same."}, 0, "95.0 % were killed", id="enough"),
        pytest.param(94, {ADD: "The same."}, 1, "94.0 % were killed", id="too few"),
        pytest.param(95, {}, 1, "SURVIVED, without a reason: cart: Cart.add", id="no reason"),
    ],
)
def test_the_verdict(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    killed: int,
    reasons: dict[Survivor, str],
    exit_code: int,
    said: str,
) -> None:
    scores = [Score("cart", 100, (ADD,) * (100 - killed))]
    monkeypatch.setattr(core, "measure", lambda *_, **__: scores)
    monkeypatch.setattr(core, "REASONS", reasons)
    monkeypatch.setattr(core, "PROJECT", tmp_path)
    monkeypatch.setattr(core, "RESULT", tmp_path / "mutants-core.md")
    result = CliRunner().invoke(core.main)
    assert result.exit_code == exit_code
    assert said in result.output
    assert "| cart | 100 |" in (tmp_path / "mutants-core.md").read_text("utf-8")


@pytest.mark.parametrize(
    "survivor", [pytest.param(each, id=f"{each.function}: {each.new}") for each in REASONS]
)
def test_a_reason_is_for_code_that_is_still_there(survivor: Survivor) -> None:
    text = (PROJECT / f"shop/core/{survivor.module}.py").read_text("utf-8")
    stripped = {row.strip() for row in text.splitlines()}
    assert set(survivor.old.splitlines()) <= stripped
    assert f"def {survivor.function.rpartition('.')[2]}(" in text
