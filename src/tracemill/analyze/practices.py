"""Ways of working, and how much work is achieved with and without them.

| practice | is kept where | is left out where |
|---|---|---|
| `test_first_development` | tests ran before the first edit | they ran after it only |
| `red_green_refactor` | a test failed, passed after an edit, and ran after more | it is not so |
| `reproduced_first` | of a fix, something failed before the first edit | nothing did |
| `edits_checked` | a check follows every other edit, before the next | it follows fewer |
| `tests_run_repeatedly` | tests ran at three steps or more | tests ran less often, or never |
| `small_incremental_commits` | it has two commits or more, of 200 lines at most | one is larger |
| `plan_first` | the agent proposed a plan | it proposed none |
| `todo_list_kept` | it changed its todo list twice or more | it did not |
| `small_scope` | it edited three files at most | it edited more |
| `failures_looked_into` | no failure was tried three times with nothing changed | one was |

Each looks at what was done, never at how it ended, since outcomes rest on the last checks. What
cannot be told of a piece of work, as of commits where none is known, is not there. That work with
a practice is achieved more often does not say that the practice is why.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from tracemill.analyze.cases import Case
from tracemill.analyze.habits import incremental_checking
from tracemill.analyze.process import Process
from tracemill.records.events.commits import Commit, lines_in
from tracemill.records.refs import Ref
from tracemill.records.sessions.activity import Activity
from tracemill.records.sessions.recoveries import Recovery

KEPT: Final = "kept"
LEFT_OUT: Final = "left out"
SAYS: Final[Mapping[str, str]] = {
    "test_first_development": "tests ran before the first edit",
    "red_green_refactor": "a failing test, an edit that mends it, one more edit, tests again",
    "reproduced_first": "what is to be fixed was seen to fail before it was edited",
    "edits_checked": "edits were checked before the next one",
    "tests_run_repeatedly": "tests ran again and again",
    "small_incremental_commits": "small commits, one after another",
    "plan_first": "a plan before the work",
    "todo_list_kept": "a todo list that was kept",
    "small_scope": "few files",
    "failures_looked_into": "nothing was tried again and again unchanged",
}
"""Every practice in a few words."""
_OFTEN: Final = 3
_HALF: Final = 0.5
_LARGEST_COMMIT: Final = 200
"""Lines added and deleted up to which a commit is small."""
_FEW_FILES: Final = 3


def practices_of(
    activities: Sequence[Activity], commits: Sequence[Commit], *, is_fix: bool = False
) -> dict[str, bool]:
    """Return whether each practice was kept in a piece of work; what is unknown is not there.

    `activities` are those of its sessions that people led, `commits` those that are its work;
    `is_fix` says that it was to mend something.
    """
    if not any(each.n_edits or each.files_edited for each in activities):
        return {}
    found = {
        "test_first_development": _tested_first(activities),
        "red_green_refactor": _in_cycles(activities),
        "reproduced_first": _reproduced(activities) if is_fix else None,
        "edits_checked": _checked(activities),
        "tests_run_repeatedly": len(set(_tests(activities))) >= _OFTEN,
        "small_incremental_commits": _small(commits),
        "plan_first": any(each.plans for each in activities),
        "todo_list_kept": sum(each.n_todo_changes for each in activities) > 1,
        "small_scope": len({path for a in activities for path in a.files_edited}) <= _FEW_FILES,
        "failures_looked_into": _looked_into(activities),
    }
    return {name: kept for name, kept in found.items() if kept is not None}


def practices_kept(process: Process) -> Iterator[Case]:
    """Yield each practice of each piece of work of which it is known whether it was kept."""
    for episode, facts in process.episodes:
        ref = Ref(kind="episode", id=episode.id)
        for practice, kept in episode.practices.items():
            said = {**facts, "practice": practice}
            yield Case(said, float(kept), ref, episode.started, None, not kept, episode.id)


def practice_cases(process: Process) -> Iterator[Case]:
    """Yield each practice of each piece of work of known outcome, and whether it was achieved.

    All that one piece of work kept or left out has its one outcome, so they are one cluster.
    """
    for episode, facts in process.episodes:
        if episode.outcome == "unknown":
            continue
        achieved = episode.outcome == "achieved"
        ref = Ref(kind="episode", id=episode.id)
        for practice, kept in episode.practices.items():
            said = {**facts, "practice": practice, "held": KEPT if kept else LEFT_OUT}
            yield Case(
                said, float(achieved), ref, episode.started, None, achieved, cluster=episode.id
            )


def _tests(activities: Iterable[Activity]) -> Iterator[tuple[str, int]]:
    for each in activities:
        yield from ((each.trajectory_id, run.step) for run in each.checks if run.check == "test")


def _tested_first(activities: Iterable[Activity]) -> bool | None:
    """Tell whether tests ran before any edit; None where no test ran, or a moment is unknown."""
    tested = [run.at for each in activities for run in each.checks if run.check == "test"]
    edited = [at for each in activities for file in each.edits for at in file.at]
    known = [at for at in tested if at is not None]
    if not edited or not tested or len(known) < len(tested):
        return None
    return min(known) < min(edited)


def _in_cycles(activities: Iterable[Activity]) -> bool | None:
    """Tell whether a test failed, passed once files were edited, and tests ran after more edits."""
    tested = [each for each in activities if any(_tests([each]))]
    if not tested:
        return None
    return any(_is_cycle(each, recovery) for each in tested for recovery in each.recoveries)


def _is_cycle(activity: Activity, recovery: Recovery) -> bool:
    green, edited = recovery.resolved_step, activity.last_code_edit_step
    if recovery.kind != "test" or not recovery.edits or green is None or edited is None:
        return False
    return green < edited < max(step for _, step in _tests([activity]))


def _reproduced(activities: Iterable[Activity]) -> bool | None:
    """Tell whether anything failed before the first edit; None where a moment is unknown."""
    held = list(activities)
    edited = [at for each in held for file in each.edits for at in file.at]
    failed = [recovery.at for each in held for recovery in each.recoveries]
    failed += [run.at for each in held for run in each.checks if run.passed is False]
    known = [at for at in failed if at is not None]
    if not edited or len(known) < len(failed):
        return None
    return bool(known) and min(known) < min(edited)


def _checked(activities: Iterable[Activity]) -> bool | None:
    share = incremental_checking(activities).share
    return None if share is None else share >= _HALF


def _small(commits: Sequence[Commit]) -> bool | None:
    """Tell whether all commits are small; None where fewer than two are known by their lines."""
    sizes = [size for commit in commits if (size := _lines(commit)) is not None]
    if max(sizes, default=0) > _LARGEST_COMMIT:
        return False
    return True if len(sizes) == len(commits) > 1 else None


def _lines(commit: Commit) -> int | None:
    files = commit.files or ()
    added, deleted = lines_in(files, "added"), lines_in(files, "deleted")
    if commit.files is None or added is None or deleted is None:
        return None
    return added + deleted


def _looked_into(activities: Iterable[Activity]) -> bool | None:
    """Tell whether something changed between failing attempts; None where nothing failed twice."""
    tried = [each for activity in activities for each in activity.recoveries]
    again = [each for each in tried if len(each.attempts) > 1]
    if not again:
        return None
    return all(len(each.attempts) < _OFTEN or each.edits for each in again)
