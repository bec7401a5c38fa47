"""Practices as templates to work by, and common failures as a checklist, each a file of its own.

What is quoted of the work stands in code spans, in which nothing is obeyed; the rules are ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from tracemill.records.process.best_practices import BestPractices, Precaution, Prevention
from tracemill.records.process.practices import Practice
from tracemill.records.work.learning import LearningEpisode, Words
from tracemill.report.marks import code_span, named, share

STEPS: Final[Mapping[str, tuple[str, ...]]] = {
    "test_first_development": (
        "Find or write the test that says what is wanted.",
        "Run it before anything is edited, and read why it fails.",
        "Edit until it passes.",
        "Run all tests.",
    ),
    "red_green_refactor": (
        "Write a test that fails.",
        "Make the smallest edit that lets it pass, and run it.",
        "Tidy what was edited.",
        "Run the tests again.",
    ),
    "reproduced_first": (
        "Do what is said to go wrong, before anything is edited, and see it fail.",
        "Say what the failure comes from.",
        "Mend that.",
        "Do the same again, and see it work.",
    ),
    "edits_checked": (
        "Make one edit.",
        "Run the check that would notice if it were wrong.",
        "Go on with the next edit only where it passes.",
    ),
    "tests_run_repeatedly": (
        "Run the tests before you begin.",
        "Run them behind each change.",
        "Run all of them at the end.",
    ),
    "small_incremental_commits": (
        "Cut the work into parts that make sense by themselves.",
        "Commit each part as soon as its checks pass, with the reason in the message.",
        "Keep a commit to 200 changed lines.",
    ),
    "plan_first": (
        "Read what the work touches.",
        "Write down the steps, the files, and how each step is checked.",
        "Have the plan looked at.",
        "Carry it out step by step.",
    ),
    "todo_list_kept": (
        "List what is to be done.",
        "Mark one entry as begun.",
        "Mark it as done as soon as it is, and not all at the end.",
    ),
    "small_scope": (
        "Say which files the work touches; take three at most.",
        "Leave what else you notice for work of its own, and write it down.",
    ),
    "failures_looked_into": (
        "Read what failed.",
        "Change something before it is tried again, and say what.",
        "Where it fails for the second time, look for the cause instead of trying.",
    ),
}
"""What each practice asks for, step by step."""
_PARTS: Final = ("What is wanted", "What is wrong, and why", "How it is checked", "What came of it")
_MOST_EXAMPLES: Final = 3
_MOST_STEPS: Final = 6
_WIDEST: Final = 300


def template_name(practice: Practice) -> str:
    """Return what the file of a practice is called."""
    return f"templates/{practice.name}.md"


def template(practice: Practice, examples: Sequence[LearningEpisode]) -> str:
    """Return a practice as a file to work by: steps, blanks to fill in, evidence, examples."""
    return "\n".join(_template(practice, examples)) + "\n"


def _template(practice: Practice, examples: Sequence[LearningEpisode]) -> Iterator[str]:
    title = practice.name.replace("_", " ").capitalize()
    yield from ("---", f"name: {practice.name.replace('_', '-')}")
    yield from (f'description: "{title}: {practice.says}."', "---", "", f"# {title}", "")
    yield from (f"{practice.says[:1].upper()}{practice.says[1:]}.", "", "## Steps", "")
    steps = STEPS.get(practice.name, ())
    yield from (f"{number}. {step}" for number, step in enumerate(steps, 1))
    yield from ("", "## To fill in", "")
    yield from (f"- {part}: …" for part in _PARTS)
    yield from ("", "## What shows it", "", _evidence(practice))
    for episode in examples[:_MOST_EXAMPLES]:
        yield from ("", f"## Example `{episode.episode_id}`", "")
        yield from _example(episode)


def _evidence(practice: Practice) -> str:
    sure = {
        "high": "More than chance.",
        "low": "Less than without it, by more than chance: think twice.",
        None: "Not shown to be more than chance.",
    }[practice.effectiveness]
    return f"Achieved with it: {share(practice.kept)}; without: {share(practice.left_out)}. {sure}"


def _example(episode: LearningEpisode) -> Iterator[str]:
    yield f"- Wanted: {_joined(episode.problem)}"
    if episode.solution_approach:
        yield f"- Done: {_joined(episode.solution_approach)}"
    for words in episode.implementation_steps[:_MOST_STEPS]:
        yield f"  - {code_span(words.text, _WIDEST)}"
    if len(episode.implementation_steps) > _MOST_STEPS:
        yield f"  - and {len(episode.implementation_steps) - _MOST_STEPS:,} more"
    if episode.validation:
        yield f"- Checked: {_joined(episode.validation)}"
    yield f"- Came to: {episode.outcome}"


def _joined(words: Iterable[Words]) -> str:
    return code_span(" ".join(each.text for each in words), _WIDEST)


def checklist(report: BestPractices) -> str:
    """Return common failures, and what reports would prevent, as a list to tick off."""
    return "\n".join(_checklist(report.precautions, report.preventions)) + "\n"


def _checklist(
    precautions: Sequence[Precaution], preventions: Sequence[Prevention]
) -> Iterator[str]:
    yield from ("# Checklist", "")
    yield "What failed again and again, and what to do about it before it does."
    yield ""
    for each in precautions:
        ways = ", ".join(f"{name} {n}" for name, n in each.by.items())
        overcome = f"{each.n_overcome:,} overcome" + (f" ({ways})" if ways else "")
        yield f"- [ ] {code_span(each.failed, _WIDEST)}: {each.text}"
        shown = named(each.examples)
        yield f"  Failed {each.n:,} times in {each.n_work:,} places, {overcome}: {shown}"
    for told in preventions:
        mark = "x" if told.is_in_place else " "
        yield f"- [{mark}] {code_span(told.text, _WIDEST)}"
        yield f"  Proposed by a report: `{told.of.name}`"
