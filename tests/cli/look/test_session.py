"""A session, as a person looks at it."""

from pathlib import Path

import pytest

from tests.flows.sessions import go_back, write_session
from tracemill.cli.app import call
from tracemill.cli.shared.exits import EXIT_NOTHING


def test_a_session_is_shown_with_what_is_known_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = ["--workspace", str(tmp_path / "workspace")]
    write_session(tmp_path / "in", "s1", 2)
    assert call(["run", str(tmp_path / "in"), *workspace]) == 0
    capsys.readouterr()

    assert call(["session", "show", "s1", *workspace]) == 0

    _, _, *facts = capsys.readouterr().out.partition("\n\n")[0].split("\n")
    assert facts[:2] == [
        "work 0, please",
        "2026-03-01 10:00 to 2026-03-01 10:00 · branch main · /srv/app",
    ]
    assert facts[2].startswith("6 steps · 2 prompts · 2 calls, 0 failed · ")


def test_steps_that_a_person_went_back_before_are_marked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = ["--workspace", str(tmp_path / "workspace")]
    go_back(write_session(tmp_path / "in", "s1", 2), prompt=1)
    assert call(["run", str(tmp_path / "in"), *workspace]) == 0
    capsys.readouterr()

    assert call(["session", "show", "s1", *workspace]) == 0

    marked = [line for line in capsys.readouterr().out.split("\n") if line.endswith("(undone)")]
    assert [line.split("]")[0] for line in marked] == ["[3", "[4", "[5"]
    assert call(["session", "flow", "s1", *workspace]) == EXIT_NOTHING
    assert "3 undone steps left out" in capsys.readouterr().err
