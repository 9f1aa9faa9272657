"""Findings of Wapiti above informational that are no fault of the shop, each with its reason.

A finding that is not listed here fails the audit, and so does a reason that explains nothing any
more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

INFORMATIONAL = 0
"""The level of a finding, as Wapiti gives it: 0 is informational, 4 critical."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What Wapiti reports: its module, where, and what it says."""

    module: str
    method: str
    path: str
    level: int
    parameter: str
    info: str

    def __str__(self) -> str:
        about = f" ({self.parameter})" if self.parameter else ""
        return f"{self.module}, level {self.level}, {self.method} {self.path}{about}: {self.info}"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why findings of a module are no faults, whose path and text these patterns match in full."""

    module: str
    path: str
    info: str
    why: str

    def explains(self, finding: Finding) -> bool:
        return (
            finding.module == self.module
            and re.fullmatch(self.path, finding.path) is not None
            and re.fullmatch(self.info, finding.info, re.DOTALL) is not None
        )


REASONS = (
    Reason(
        "http_headers",
        "/(admin)?",
        "X-Frame-Options is not set",
        "The Content-Security-Policy says frame-ancestors 'none', which every browser since 2018 "
        "reads, and which takes precedence (CSP Level 2, 7.7.1)",
    ),
)


def unexplained(
    findings: Iterable[Finding], reasons: Iterable[Reason] = REASONS
) -> tuple[list[Finding], dict[Reason, int]]:
    """Findings above informational without a reason, and how many each reason explains."""
    counts = dict.fromkeys(reasons, 0)
    left = []
    for finding in findings:
        reason = next((reason for reason in counts if reason.explains(finding)), None)
        if reason:
            counts[reason] += 1
        elif finding.level > INFORMATIONAL:
            left.append(finding)
    return left, counts
