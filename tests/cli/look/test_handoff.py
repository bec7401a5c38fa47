"""What people and programs see of hand-offs."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_cli import ask
from tests.repositories import Repository
from tracemill.cli.app import call

LEFT = """I wrote the parser.

## Next steps
- [ ] wire it in `src/bill.py`
- [x] name the fields

`/bills:wire-parser 3`
"""
NOTES = "# Bills\n\nAll is well.\n\n## Next steps\n\n- teach it discounts\n"


def log(folder: Path, session: str, hour: int, asked: str, *said: Any) -> None:
    """Write a session of a person's words and the agent's, each a text or a call."""
    lines: list[dict[str, Any]] = [{"role": "user", "content": asked}]
    for number, each in enumerate(said):
        if isinstance(each, str):
            lines.append({"role": "assistant", "content": [{"type": "text", "text": each}]})
            continue
        name = f"{session}-{number}"
        use = {"type": "tool_use", "id": name, **each}
        result = {"type": "tool_result", "tool_use_id": name, "content": "ok"}
        lines.append({"role": "assistant", "content": [use]})
        lines.append({"role": "user", "content": [result]})
    folder.mkdir(exist_ok=True)
    with (folder / f"{session}.jsonl").open("w") as file:
        for number, message in enumerate(lines):
            record = {
                "type": message["role"], "sessionId": session, "cwd": str(folder.parent / "app"),
                "version": "2.1.63", "gitBranch": "main", "uuid": f"{session}-u{number}",
                "parentUuid": f"{session}-u{number - 1}" if number else None,
                "timestamp": f"2026-03-02T{hour:02}:00:{number:02}.000Z", "message": message,
            }  # fmt: skip
            file.write(json.dumps(record) + "\n")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("handoff")
    repository = Repository(root / "app")
    repository.path.mkdir()
    repository.git("init", "-q", "-b", "main")
    (repository.path / "docs" / "plans").mkdir(parents=True)
    repository.commit("Plan bills", **{"docs/plans/bills__md": NOTES})
    looks = {"name": "Glob", "input": {"pattern": "**/bill*"}}
    opens = {"name": "Read", "input": {"file_path": str(repository.path / "docs/plans/bills.md")}}
    log(root / "in", "s-first", 10, "write a parser", LEFT)
    log(root / "in", "s-next", 12, "/bills:wire-parser 3", looks, opens, "It is wired.")
    log(root / "in", "s-last", 14, "paint the shed", "Painted.")
    sources = [str(root / "in"), str(repository.path)]
    assert call(["run", *sources, "--workspace", str(root / "workspace"), "--quiet"]) == 0
    return root


def test_hand_offs_are_listed_with_the_session_that_went_on(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    document = ask(capsys, place, "handoff", "list", "--json").document
    rows = {row["kind"]: row for row in document["rows"]}

    assert document["schema"] == "tracemill.handoffs/1"
    assert (document["total"], document["kinds"]) == (2, {"document": 1, "next_steps": 1})
    assert (rows["next_steps"]["method"], rows["next_steps"]["sure"]) == ("given_text", 0.9)
    assert rows["next_steps"]["items"] == 2
    assert rows["document"]["source"] == "docs/plans/bills.md"
    shown = ask(capsys, place, "handoff", "list", "--kind", "next_steps")
    assert "given text" in shown.out
    assert len(ask(capsys, place, "handoff", "list", "--jsonl").out.splitlines()) == 2


def test_what_nobody_is_known_to_have_taken_up_says_why(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    found = ask(capsys, place, "handoff", "list", "--unknown", "--json").document["rows"]

    assert [(row["next_session"], row["why_unknown"]) for row in found] == [
        (None, "no_later_session")
    ]
    shown = ask(capsys, place, "handoff", "show", found[0]["id"])
    assert "Taken up     unknown: no session is known that came after it there" in shown.out


def test_a_hand_off_shows_what_is_left_and_its_own_words(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    (row,) = ask(capsys, place, "handoff", "list", "--kind", "next_steps", "--json").document[
        "rows"
    ]
    shown = ask(capsys, place, "handoff", "show", row["id"]).out
    document = ask(capsys, place, "handoff", "show", row["id"], "--json").document

    assert "Left         wire it in `src/bill.py`" in shown
    assert "Done         name the fields" in shown
    assert "File         src/bill.py" in shown
    assert "its first request holds these words" in shown
    assert document["taken_up"]["trajectory_id"] == row["next_session"]
    assert ask(capsys, place, "handoff", "show", "nobody").code == 3


def test_what_the_next_session_looks_for_was_asked_for_again(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    found = ask(capsys, place, "handoff", "check", "--json").document
    shown = ask(capsys, place, "handoff", "check").out

    assert (found["n_handoffs"], found["n_known"], found["asked_again"]) == (2, 1, 1.0)
    assert found["facts"]["file"] == {"used": 0, "asked_again": 1, "untouched": 0}
    assert "looked for src/bill.py; told by handoff_" in shown
    assert "100.0% of the files and commands that were used or asked for, 1 in all" in shown


def test_without_hand_offs_there_is_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log(tmp_path / "in", "s-only", 10, "paint the shed", "Painted.")
    assert call(["run", str(tmp_path / "in"), "--workspace", str(tmp_path / "workspace")]) == 0
    capsys.readouterr()

    listed = ask(capsys, tmp_path, "handoff", "list")
    assert (listed.code, listed.out) == (3, "")
    checked = ask(capsys, tmp_path, "handoff", "check")
    assert checked.code == 3
    assert "Asked again  unknown" in checked.out
