"""What can be learned as rows of one skill each, of which both sides stand in the record."""

from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from tests.export.test_learning import learned
from tests.repositories import Repository
from tracemill.base.git.hunks import hunks_between
from tracemill.export.teams.learning_views import ViewRow, view_rows
from tracemill.records.refs import Ref
from tracemill.records.work.changes import ChangedLines, ChangedText, StepChanges
from tracemill.records.work.learning import LearningEpisode, Words, WordsOrigin

PROBLEM = "The totals of empty orders are wrong since the sum begins at nothing."
COMMIT = Ref(kind="event", id="commit_1")
RUN = Ref(kind="trajectory", id="traj_1", step=4)


def said(text: str, origin: WordsOrigin = "said", source: Ref = RUN) -> Words:
    return Words(text=text, origin=origin, source=source)


def ran(command: str, told: str) -> Words:
    return structs.replace(said(f"{command}: {told}", "printed"), command=command)


WHOLE: dict[str, Any] = {
    "problem": (said(PROBLEM),),
    "context": (said("From total.py"),),
    "solution_approach": (said("Began at zero."),),
    "implementation_steps": tuple(said(f"Step {n}", "todo") for n in range(3)),
    "validation": (
        ran("pytest -q", "3 passed in 0.1s"),
        ran("pytest -q", "1 failed"),
        ran("ruff check", "passed"),
        ran("git commit -m 'fix: x'", "passed"),
        said("All 12 tests pass.", "commit", COMMIT),
        said("great: it works", "asked", Ref(kind="event", id="event_1")),
    ),
}


def changed(before: str = "sum = None\n", after: str = "sum = 0\n", **more: Any) -> StepChanges:
    hunk = ChangedLines(old_start=7, new_start=7, before=before, after=after)
    given: dict[str, Any] = {
        "path": "total.py", "old_path": None, "status": "M", "old_object_id": None,
        "object_id": None, "step": None, "hunks": (hunk,), "lack": None, **more,
    }  # fmt: skip
    return StepChanges(
        episode_id="ep_1", steps=(1,), commit="a" * 40, files=(ChangedText(**given),)
    )


def episode(**more: Any) -> LearningEpisode:
    return structs.replace(learned(), **{**WHOLE, **more})


def rows(found: LearningEpisode, *changes: StepChanges) -> dict[str, ViewRow]:
    made = view_rows(found, changes, "train")
    return {row.view: row for row in made if isinstance(row, ViewRow)}


def test_a_fix_with_its_lines_shows_every_skill() -> None:
    found = rows(episode(), changed())
    sides = {view: [m.content for m in found[view].messages] for view in found}

    assert set(found) == {"problem", "design", "implementation", "validation"}
    shown = "`total.py`, from line 7:\n```\nsum = None\n```"
    assert sides["problem"] == [f"{shown}\n\nWhat is wrong here?", PROBLEM]
    assert sides["design"][0].startswith(f"Problem: {PROBLEM}\nContext: From total.py\n\n")
    assert sides["design"][1] == "1. Step 0\n2. Step 1\n3. Step 2"
    assert shown in sides["implementation"][0]
    assert sides["implementation"][1] == (
        "--- a/total.py\n+++ b/total.py\n@@ -7,1 +7,1 @@\n-sum = None\n+sum = 0\n"
    )
    assert "Done: Began at zero." in sides["validation"][0]
    assert sides["validation"][1] == "pytest -q\nruff check"
    assert {row.split for row in found.values()} == {"train"}


def test_a_command_is_told_whole_whatever_stands_in_it() -> None:
    command = "pytest -k 'total: empty'"
    shown = rows(episode(validation=(ran(command, "1 passed"),)))["validation"]

    assert shown.messages[1].content == command


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\x0cb\n", "a\x0cc\n"),
        ("a = '\u2028'\nb\n", "a = '\u2028'\nc\n"),
        ("a\r\n\x85b\n", "a\r\n\x85c\n"),
        ("a\nb", "a\nc"),
        ("a\nb", "a\nb\n"),
        ("", "a\n"),
    ],
)
def test_git_applies_the_diff_and_has_the_lines_after(
    before: str, after: str, tmp_path: Path
) -> None:
    file = tmp_path / "total.py"
    file.write_bytes(before.encode())
    (hunk,) = hunks_between(before, after)
    lines = ChangedLines(**hunk._asdict())
    shown = rows(episode(kind="feature"), changed(hunks=(lines,)))["implementation"]
    repo = Repository(tmp_path)
    repo.git("init", "-q")

    repo.git("apply", "-", stdin=shown.messages[1].content.encode())

    assert file.read_bytes() == after.encode()


def test_what_is_learned_never_stands_in_what_is_asked() -> None:
    for row in rows(episode(), changed()).values():
        asked, answer = (message.content for message in row.messages)
        assert answer not in asked


@pytest.mark.parametrize(
    ("more", "changes", "reasons"),
    [
        ({"outcome": "failed"}, (changed(),), ["not_achieved"]),
        ({"problem": (said("do that"),)}, (changed(),), ["short_problem"]),
        ({}, (), ["no_lines", "no_lines"]),
        ({}, (changed("x" * 7_000, "y" * 7_000),), ["long_change", "long_change"]),
        ({}, (changed(hunks=(), lack="binary"),), ["no_lines", "no_lines"]),
        ({}, (changed(), changed("sum = 0\n", "sum = 1\n")), ["changed_twice", "changed_twice"]),
        ({}, (changed("", status="A"),), ["no_lines"]),
        ({"implementation_steps": ()}, (changed(),), ["no_steps"]),
        ({"implementation_steps": (said("Edit a.py", "record"),) * 3}, (changed(),), ["no_steps"]),
        ({"validation": WHOLE["validation"][3:]}, (changed(),), ["no_check"]),
    ],
)
def test_work_without_a_side_gives_no_row_and_says_why(
    more: dict[str, Any], changes: tuple[StepChanges, ...], reasons: list[str]
) -> None:
    found = [made for made in view_rows(episode(**more), changes, "train") if isinstance(made, str)]

    assert found == reasons


def test_only_a_fix_says_what_is_wrong() -> None:
    assert "problem" not in rows(episode(kind="feature"), changed())


def test_entries_of_one_message_are_a_plan_and_subjects_of_commits_are_none() -> None:
    entries = tuple(said(f"Entry {n}", "commit", COMMIT) for n in range(3))
    subjects = tuple(
        said(f"feat: {n}", "commit", Ref(kind="event", id=f"commit_{n}")) for n in range(3)
    )

    assert "design" in rows(episode(implementation_steps=entries))
    assert "design" not in rows(episode(implementation_steps=subjects))
