"""The options that several commands of the audit have."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from audit import options
from e2e.support.subjects import SUBJECTS, Subject


@click.command()
@options.subject
def shown(subjects: list[Subject]) -> None:
    click.echo(" ".join(subject.name for subject in subjects))


@pytest.mark.parametrize(
    ("words", "names"),
    [
        pytest.param([], [subject.name for subject in SUBJECTS], id="all"),
        pytest.param(["--subject", "list-no*"], ["list-nothing"], id="a pattern"),
        pytest.param(["--subject", "share", "--subject", "home"], ["home", "share"], id="two"),
        pytest.param(["--subject", "nonsense", "--subject", "home"], ["home"], id="one is unknown"),
    ],
)
def test_subjects_are_chosen_by_name(words: list[str], names: list[str]) -> None:
    assert CliRunner().invoke(shown, words).output.split() == names


def test_a_name_that_no_subject_has_is_refused() -> None:
    refused = CliRunner().invoke(shown, ["--subject", "nonsense"])
    assert refused.exit_code == 2
    assert "'--subject': no subject has such a name" in refused.output
