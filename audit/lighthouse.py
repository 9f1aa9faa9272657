"""Lighthouse's scores for the shop on a phone: the median of three runs per page."""

from __future__ import annotations

import os
import statistics
from collections import defaultdict
from pathlib import Path
from typing import Any

from tqdm import tqdm

from audit import node
from audit.report import Figure, Group, at_least, is_zero
from e2e.support.server import RunningShop
from e2e.support.subjects import MEASURED, Numbers, Subject
from shop.core import cookie

RUNS = 3
ASKED = {"performance": 99, "accessibility": 100, "best-practices": 100, "seo": 100}

# A shopper's own pages say `noindex` on purpose, which this audit takes for a mistake.
SKIPPED = {"cart-20": ["is-crawlable"], "checkout-20": ["is-crawlable"]}


def measure(
    shop: RunningShop, numbers: Numbers, subjects: list[Subject], executable: Path
) -> Group:
    """The four scores and the layout shift of each page."""
    subjects = [subject for subject in subjects if subject.name in MEASURED]
    question = {
        "chromePath": str(executable),
        "chromeFlags": ["--headless=new", *(["--no-sandbox"] if _is_root() else [])],
        "runs": RUNS,
        "jobs": [_job(shop, numbers, subject) for subject in subjects],
    }
    runs: dict[str, list[dict[str, Any]]] = defaultdict(list)
    progress = tqdm(total=RUNS * len(subjects), desc="lighthouse", disable=None, leave=False)
    with progress:
        for answer in node.answers("lighthouse.mjs", question):
            runs[answer["name"]].append(answer)
            progress.update()
    return Group(
        f"Lighthouse, phone, median of {RUNS} runs",
        [figure for each in subjects for figure in figures_of(each.name, runs[each.name])],
        {each.name: findings_of(each.name, runs[each.name]) for each in subjects},
    )


def _job(shop: RunningShop, numbers: Numbers, subject: Subject) -> dict[str, Any]:
    held = f"{cookie.NAME}={subject.cookie(numbers)}" if subject.cookie else ""
    return {
        "name": subject.name,
        "url": shop.url + subject.path,
        "shows": subject.shows,
        "cookie": held,
        "skipAudits": SKIPPED.get(subject.name, []),
    }


def figures_of(name: str, runs: list[dict[str, Any]]) -> list[Figure]:
    """The scores of a page, and whether every run loaded it at all."""
    marks = [
        at_least(f"{name}, {category}", _median(runs, category), asked)
        for category, asked in ASKED.items()
    ]
    shift = max(1.0 if run["shift"] is None else run["shift"] for run in runs)
    return [
        is_zero(f"{name}, runs that saw another page", sum(not run["isShown"] for run in runs)),
        *marks,
        is_zero(f"{name}, layout shift", round(shift, 4)),
    ]


def findings_of(name: str, runs: list[dict[str, Any]]) -> list[str]:
    """What Lighthouse reports about a page, and which audits cost it a required score."""
    findings = [f"{audit} left out: the page is noindex" for audit in SKIPPED.get(name, [])]
    findings += sorted({said for run in runs for said in [run["error"], *run["warnings"]] if said})
    if repeats := sum(run["repeats"] for run in runs):
        findings.append(f"runs without the beginning of the page load, repeated: {repeats}")
    if _median(runs, "performance") < ASKED["performance"]:
        speeds = _listed([run["machine"] for run in runs])
        findings.append(f"this machine's speed meanwhile: {speeds} (busy or slow below 1,000)")
    for category, asked in ASKED.items():
        marks = [run["marks"][category] for run in runs]
        if _median(runs, category) < asked:
            findings.append(f"{category} {_listed(marks)}")
            findings += sorted({audit for run in runs for audit in run["short"][category]})
    return findings


def _median(runs: list[dict[str, Any]], category: str) -> float:
    return float(statistics.median(run["marks"][category] for run in runs))


def _listed(figures: list[float]) -> str:
    return ", ".join(f"{figure:,g}" for figure in figures)


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
