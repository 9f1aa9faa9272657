"""When the cases change, EDITION must be raised, so that old report links are not misread."""

from __future__ import annotations

from shop.lab.conformance import suite
from shop.lab.conformance.cases import families
from shop.lab.conformance.page import EDITION
from tests.model_browser import ModelBrowser
from tests.unit.lab.conformance.test_suite import run
from tests.unit.lab.fingerprint import ADVICE, fingerprint

FINGERPRINT = "6a6d00f6c6abec96"


def test_changed_cases_need_a_new_edition() -> None:
    cases = [
        [
            family.key,
            family.by_name,
            [
                [case.name, case.lines, case.expected, case.secure, case.at, case.needs]
                for case in family.cases
            ],
        ]
        for family in families()
    ]
    findings = [run(family, ModelBrowser(drops_tabs=True)) for family in families()]
    now = fingerprint([EDITION, sorted(suite.REASONS), cases, findings])
    where = "shop/lab/conformance/page.py"
    assert now == FINGERPRINT, ADVICE.format(what="cases", module=where, now=now)
