"""What the audit makes of the packages that a shop is made of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from audit.supply.bill import compared
from audit.supply.known_holes import Answers, figure_of

CLEAN = {"name": "flask", "version": "3.1", "vulns": []}
HOLED = {"name": "jinja2", "version": "2.11.2", "vulns": [{"id": "CVE-2020-28493"}]}
SKIPPED = {"name": "click", "skip_reason": "Dependency not found on PyPI"}


def _answers(*packages: dict[str, Any]) -> Answers:
    return Answers.read({"dependencies": list(packages)})


@pytest.mark.parametrize(
    ("packages", "knows_holes", "verdict"),
    [
        pytest.param([CLEAN], True, "ok", id="no hole"),
        pytest.param([CLEAN, HOLED], True, "MISSED", id="a hole"),
        pytest.param([SKIPPED, HOLED], True, "MISSED", id="a hole beside a gap"),
        pytest.param([CLEAN, SKIPPED], True, "NOT CHECKED", id="a gap"),
        pytest.param([SKIPPED], False, "NOT CHECKED", id="nothing but gaps"),
        pytest.param([CLEAN], False, "NOT CHECKED", id="an index without advisories"),
        pytest.param([], True, "NOT CHECKED", id="no answer"),
    ],
)
def test_silence_is_not_taken_for_safety(
    packages: list[dict[str, Any]], knows_holes: bool, verdict: str
) -> None:
    assert figure_of("run", _answers(*packages), knows_holes).verdict == verdict


def test_a_bill_has_to_list_what_the_shop_needs_with_hashes(tmp_path: Path) -> None:
    hashed = {"type": "distribution", "hashes": [{"alg": "SHA-256", "content": "0" * 64}]}
    bill = {"components": [{"name": "Flask", "externalReferences": [hashed]}, {"name": "click"}]}
    file = tmp_path / "sbom.json"
    file.write_text(json.dumps(bill), "utf-8")
    figures, missing, unhashed = compared(file)
    assert not any(figure.is_met for figure in figures)
    assert "gunicorn" in missing
    assert "flask" not in missing
    assert unhashed == ["click"]
