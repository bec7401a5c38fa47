"""Progress of what goes step by step, where stderr is no terminal."""

from __future__ import annotations

import pytest

from tracemill.cli.shared.options import Common
from tracemill.cli.shared.steps import StepLine


def test_the_end_is_told_at_once_and_once(capsys: pytest.CaptureFixture[str]) -> None:
    with StepLine(Common()) as line:
        for done in (1, 2, 3, 3, 3):
            line.tell("synth", done, 3)
        line.tell("verify", 3, 3)

    assert capsys.readouterr().err == "synth: 3 of 3\nverify: 3 of 3\n"


def test_nothing_is_told_where_quiet_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    with StepLine(Common(quiet=True)) as line:
        line.tell("synth", 3, 3)

    assert not capsys.readouterr().err
