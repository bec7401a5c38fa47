"""A funnel tells what was left behind each stage that left something out."""

import pytest

from tracemill.cli.shared.funnel import show_funnel
from tracemill.records.datasets.versions import FunnelStage


def stage(name: str, n_in: int, n_out: int) -> FunnelStage:
    left_out = {"some_reason": n_in - n_out} if n_in > n_out else {}
    return FunnelStage(name=name, n_in=n_in, n_out=n_out, left_out=left_out)


def test_a_stage_that_is_no_state_is_said_to_be_passed(capsys: pytest.CaptureFixture[str]) -> None:
    show_funnel(
        [stage("made", 641, 131), stage("unique", 131, 115), stage("split", 115, 115),
         stage("cut_answers", 115, 114)]
    )  # fmt: skip

    assert capsys.readouterr().out == (
        "Funnel       641 trajectories → 131 examples → 115 unique → 114 past cut_answers\n"
        "             → 114 accepted\n"
    )


def test_no_funnel_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    show_funnel([])

    assert capsys.readouterr().out == ""
