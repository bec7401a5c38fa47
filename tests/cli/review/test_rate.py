"""Rating turns: in one key, within some seconds, or from a script."""

from __future__ import annotations

import json
import os
from pathlib import Path
from threading import Timer

import pytest

from tests.flows.sessions import write_session
from tracemill.base.errors import NotFoundError, UsageError
from tracemill.cli.app import call
from tracemill.cli.review.rate import ask
from tracemill.cli.review.screen import Keys
from tracemill.flows.held.lookup import list_rows
from tracemill.flows.held.review_rows import ReviewRow
from tracemill.flows.results import SessionRow
from tracemill.flows.reviews.turns import RatedTurn, turn_to_rate
from tracemill.records.refs import Ref
from tracemill.store.settings import read_settings
from tracemill.store.workspace import Workspace


class Pressed:
    """A person who presses a key, or none."""

    def __init__(self, key: str, line: str = "") -> None:
        self._key, self._line = key, line
        self.waited: list[float] = []

    def key_within(self, allowed: str, seconds: float) -> str:
        assert not self._key or self._key in allowed
        self.waited.append(seconds)
        return self._key

    def line(self, said: str) -> str:
        assert said.startswith("What went wrong?")
        return self._line


TURN = RatedTurn(2, "fix it", ("Bash", "Read", "Bash"), Ref(kind="trajectory", id="traj_1", step=5))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    write_session(tmp_path / "in", "s1", 2, word="fix")
    place = ["--workspace", str(tmp_path / "ws"), "--quiet"]
    assert call(["run", str(tmp_path / "in"), *place]) == 0
    return Workspace(tmp_path / "ws")


def reviews(workspace: Workspace) -> list[ReviewRow]:
    return list_rows(workspace, "review", ReviewRow, limit=0).rows


def session(workspace: Workspace) -> str:
    (row,) = list_rows(workspace, "session", SessionRow, limit=0).rows
    return row.id


@pytest.mark.parametrize(
    ("pressed", "expected"),
    [
        (Pressed("+"), (True, None)),
        (Pressed("-", "the wrong file"), (False, "the wrong file")),
        (Pressed("-"), (False, None)),
        (Pressed("s"), (None, None)),
        (Pressed(""), (None, None)),
    ],
    ids=["right", "wrong, and why", "wrong", "skipped", "nothing in time"],
)
def test_a_key_says_whether_a_turn_was_right_and_none_says_nothing(
    pressed: Pressed, expected: object, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(TURN, pressed, 3) == expected
    assert pressed.waited == [3]
    assert "fix it\n  → Bash, Read\n" in capsys.readouterr().out


def test_nobody_waits_longer_than_was_said(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = os.openpty()
    with os.fdopen(theirs, "r") as terminal:
        monkeypatch.setattr("sys.stdin", terminal)
        assert Keys().key_within("+-", 0.05) == ""
        Timer(0.2, os.write, (ours, b"x-")).start()
        assert Keys().key_within("+-", 5) == "-"
    os.close(ours)


def test_how_long_is_waited_can_be_set(workspace: Workspace) -> None:
    assert read_settings(workspace).ui.rating_timeout == 3
    (workspace.root / "tracemill.toml").write_text("[ui]\nrating_timeout = 10\n")
    assert read_settings(workspace).ui.rating_timeout == 10
    (workspace.root / "tracemill.toml").write_text("[ui]\nrating_timeout = 0\n")
    with pytest.raises(UsageError, match=r"ui\.rating_timeout"):
        read_settings(workspace)


def test_the_last_turn_that_called_tools_is_rated_unless_another_is_named(
    workspace: Workspace,
) -> None:
    last, first = turn_to_rate(workspace, None, None), turn_to_rate(workspace, None, 1)

    assert (last.number, last.tools) == (2, ("Bash",))
    assert (first.number, first.request) == (1, "fix 0, please")
    assert first.step == Ref(kind="trajectory", id=session(workspace), step=1)
    with pytest.raises(NotFoundError, match="there is no turn 3"):
        turn_to_rate(workspace, None, 3)


def test_a_script_rates_a_turn_and_says_what_went_wrong(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    said = ["--turn", "1", "--wrong", "--because", "the wrong file", "--by", "ada"]
    place = ["--workspace", str(workspace.root)]
    capsys.readouterr()

    assert call(["review", "rate", session(workspace), *said, *place, "--json"]) == 0
    filed = json.loads(capsys.readouterr().out)["review"]
    (row,) = reviews(workspace)
    assert (row.is_right, row.comments, row.step) == (False, "the wrong file", 1)
    assert filed["id"] == row.id


def test_where_nobody_can_be_asked_that_is_said(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(["review", "rate", "--workspace", str(workspace.root)]) == 2
    assert "--right or --wrong" in capsys.readouterr().err
    assert reviews(workspace) == []


def test_a_turn_in_words_alone_is_not_rated(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    turn = {
        "turn_number": 1,
        "user_message": "why?",
        "model_response": {"response_text": "Because of that."},
    }
    (tmp_path / "in" / "s.jsonl").write_text(
        json.dumps({"session_id": "a", "turns": [turn]}) + "\n"
    )
    place = ["--workspace", str(tmp_path / "ws")]
    assert call(["run", str(tmp_path / "in"), *place, "--quiet"]) == 0

    assert call(["review", "rate", "--right", *place]) == 3
    assert call(["review", "rate", "--turn", "1", "--right", *place]) == 2
