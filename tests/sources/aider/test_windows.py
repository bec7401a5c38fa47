"""Histories of Windows, where the model writes folders with slashes and the program does not."""

from __future__ import annotations

from tests.sources.aider.test_history import BLOCK, HEADER, prompt, read_history, said
from tests.trajectories import trajectory

from tracemill.label.activity.observe import observe

OTHER = BLOCK.replace("src/a.py", "src/b.py")
APPLIED = said("Applied edit to src\\a.py", "Applied edit to src\\b.py", "Commit 1234abc fix: it")
CHAT = HEADER + prompt("Fix it") + f"So:\n\n{BLOCK}\n{OTHER}\n" + APPLIED


def test_a_file_is_one_however_its_folders_are_written() -> None:
    step = read_history(CHAT).steps[1]

    assert [call.arguments["path"] for call in step.calls] == ["src/a.py", "src/b.py"]
    assert [result.status for result in step.results] == ["ok", "ok"]


def test_a_commit_that_is_undone_takes_back_all_of_its_edits() -> None:
    found = read_history(CHAT + prompt("/undo") + said("Removed: 1234abc fix: it"))
    about = observe(trajectory(), found.steps, found.events)

    assert (about.n_edits, about.taken_back_steps) == (2, (1, 1))
