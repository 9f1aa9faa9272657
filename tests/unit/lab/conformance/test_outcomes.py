"""What a browser did, from the Cookie header that was expected and the one that came."""

from __future__ import annotations

import pytest

from shop.lab.conformance.outcomes import Outcome, deviation


@pytest.mark.parametrize(
    ("expected", "received", "outcome"),
    [
        pytest.param(["a=1"], "", Outcome.DROPPED, id="nothing came"),
        pytest.param(["a=1; b=2"], "a=1", Outcome.DROPPED, id="one of two came"),
        pytest.param(["a=1; a=1"], "a=1", Outcome.DROPPED, id="one of two alike came"),
        pytest.param([""], "a=1", Outcome.ADDED, id="something came"),
        pytest.param(["b=2"], "a=1; b=2", Outcome.ADDED, id="one too many came"),
        pytest.param(["foo"], "foo=", Outcome.CHANGED, id="another name"),
        pytest.param(["bar"], "foo=; bar=", Outcome.CHANGED, id="two in place of one"),
        pytest.param(["a=1; b=2"], "b=2; a=1", Outcome.REORDERED, id="another order"),
        pytest.param(["", "a=1"], "a=2", Outcome.ADDED, id="nearer to no cookie"),
        pytest.param(["", "a=1"], "a=1; b=2", Outcome.ADDED, id="nearer to the second"),
        pytest.param(["a=1", "a=1; b=2"], "b=2; a=1", Outcome.REORDERED, id="only the order"),
    ],
)
def test_how_a_header_deviates(expected: list[str], received: str, outcome: Outcome) -> None:
    assert deviation(tuple(expected), received) is outcome


def test_all_outcomes_but_two_are_deviations() -> None:
    others = [outcome for outcome in Outcome if not outcome.deviates]
    assert others == [Outcome.AS_REQUIRED, Outcome.UNTESTED]
    assert len({outcome.key for outcome in Outcome}) == len(Outcome)
