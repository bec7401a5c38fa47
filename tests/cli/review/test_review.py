"""Reviewing from a terminal, a script and a pipe."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.test_cli import ask
from tests.flows.sessions import write_session
from tracemill.capture import emit
from tracemill.cli.app import call
from tracemill.cli.review.screen import judge, show_machine
from tracemill.flows.reviews.desk import Desk
from tracemill.records.events.reviews import MachineVerdict
from tracemill.store.workspace import Workspace


class Script:
    """Answers that were written down; it refuses a key that is not allowed."""

    def __init__(self, *said: str) -> None:
        self._said = list(said)

    def key(self, allowed: Sequence[str]) -> str:
        found = self._said.pop(0)
        assert found == "" or found in allowed
        return found

    def line(self, said: str) -> str:
        assert said
        return self._said.pop(0)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("s1", "s2"):
        write_session(tmp_path / "in", name, 2, word=name)
        emit("escalation", {"reason": "stuck"}, session=name, workspace=tmp_path / "workspace")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert call(["run", str(tmp_path / "in"), "--workspace", str(tmp_path / "workspace")]) == 0
    return tmp_path


def test_a_pipe_prints_the_item_and_files_the_review(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    first = ask(capsys, place, "review", "next", "--json").document
    name = first["item"]["id"]
    said = ["--outcome", "partial", "--rating", "4", "--answer", "edge_cases=partially"]
    filed = ask(capsys, place, "review", "submit", name, *said, "--json").document

    assert first["schema"] == "tracemill.review-item/1"
    assert first["waiting"] == 2
    assert [question["name"] for question in first["checklist"]["questions"]][:2] == [
        "matches_requirements",
        "edge_cases",
    ]
    assert filed["review"]["outcome"] == "partial"
    assert filed["review"]["checklist"] == {"edge_cases": "partially"}
    assert filed["machine"]["outcome"] == "achieved"
    assert filed["following"]["id"] != name
    assert ask(capsys, place, "review", "list", "--jsonl").out.count("\n") == 1
    assert ask(capsys, place, "review", "undo").code == 0
    assert ask(capsys, place, "review", "list").code == 3


def test_without_a_terminal_the_item_is_shown_and_nothing_is_asked(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    shown = ask(capsys, place, "review", "next", "--no-input")

    assert shown.code == 0
    assert "Asked for" in shown.out
    assert "review submit ep_" in shown.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["ep_0000", "--rating", "3"], 3, "no episode answers"),
        (["nobody", "--rating", "3"], 3, "found none that answers to 'nobody'"),
        (["ep_", "--rating", "3"], 3, "may mean any of"),
        (["{id}"], 2, "found an empty review"),
        (["{id}", "--answer", "edge_cases"], 2, "expected QUESTION=ANSWER"),
        (["{id}", "--rating", "6"], 2, ""),
        (["{id}", "--outcome", "great"], 2, ""),
    ],
)
def test_what_cannot_be_filed_says_why(
    arguments: list[str], code: int, said: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    name = ask(capsys, place, "review", "next", "--json").document["item"]["id"]
    found = ask(capsys, place, "review", "submit", *(each.format(id=name) for each in arguments))

    assert found.code == code
    assert said in found.err


def test_keys_file_skip_undo_and_end(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    checks = ["c", "1", "3", *[""] * 9]
    script = Script(
        "v", "a", "4", *checks, "t", "well done", "",  # the first is filed
        "z",  # and taken back
        "f", "1", "",  # and filed again
        "s",  # the second is skipped, and nothing more waits
    )  # fmt: skip
    with Desk(Workspace(place / "workspace"), "ada") as desk:
        n_filed = judge(desk, script)
        (row,) = desk.reviews()
        waiting = desk.next_item().waiting
    said = capsys.readouterr().out

    assert (n_filed, waiting) == (1, 1)
    assert (row.outcome, row.overall_rating, row.checklist) == ("failed", 1, {})
    before_it_was_filed = said[: said.index("filed")]
    assert "The rules say" not in before_it_was_filed
    assert "Thinking" in before_it_was_filed
    assert "last tests passed" not in before_it_was_filed
    assert "It waited for escalation" in said
    assert "taken back" in said


@pytest.mark.parametrize(
    ("machine", "said"),
    [
        (MachineVerdict(outcome="achieved", quality=0.5), "The rules score it 0.50: the share of"),
        (MachineVerdict(quality=0.5), "The team's process scored it 0.50\n"),
    ],
    ids=["episode", "event"],
)
def test_a_score_says_what_it_counts(
    machine: MachineVerdict, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    show_machine(machine, ())

    assert said in capsys.readouterr().out


def test_an_item_that_nothing_is_said_of_is_skipped(place: Path) -> None:
    with Desk(Workspace(place / "workspace"), "ada") as desk:
        assert judge(desk, Script("", "", "", "q")) == 0
        assert desk.reviews() == []
