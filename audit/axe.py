"""Violations that axe-core finds on every subject, narrow and wide, light and dark."""

from __future__ import annotations

from collections import Counter

from tqdm import tqdm

from audit.node import PACKAGES
from audit.report import Figure, Findings, Group, is_zero
from e2e.support.demo_shop import Failed, Look, Stage
from e2e.support.scripts import script
from e2e.support.subjects import Subject

LOOKS = [Look(width, scheme) for width in (360, 1280) for scheme in ("light", "dark")]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def measure(stage: Stage, subjects: list[Subject]) -> Group:
    """How many violations each subject has, over all its looks.

    What axe-core cannot decide by itself is listed, but not counted.
    """
    source = (PACKAGES / "axe-core" / "axe.min.js").read_text("utf-8")
    figures: list[Figure] = []
    findings: Findings = {}
    for subject in tqdm(subjects, desc="axe", disable=None, leave=False):
        found, unsure = [], []
        for look in LOOKS:
            violations, doubts = _look(stage, subject, look, source)
            found += [f"{look}: {violation}" for violation in violations]
            unsure += [doubt.partition(" at ")[0] for doubt in doubts]
        figures.append(is_zero(subject.name, len(found)))
        findings[subject.name] = found + [
            f"to be looked at, {rule} at {count} places" for rule, count in Counter(unsure).items()
        ]
    return Group("axe-core, violations at four looks each", figures, findings)


def _look(stage: Stage, subject: Subject, look: Look, source: str) -> tuple[list[str], list[str]]:
    with stage.page(look) as page:
        try:
            stage.arrange(page, subject)
        except Failed as failed:
            return [str(failed)], []
        page.evaluate(source)
        violations, doubts = page.evaluate(script("axe"), TAGS)
        return violations, doubts
