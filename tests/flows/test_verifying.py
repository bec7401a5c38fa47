"""Anybody's file goes up the ladder, in whatever form it is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.sources.reading import FOREIGN
from tests.synth.verification.rows import agent, call, told, user
from tracemill.base.errors import NotFoundError, UsageError
from tracemill.flows.synthesis.verifying import verify_files
from tracemill.records.datasets.examples import Message
from tracemill.records.synth.verification import Rung, VerificationReport

TOOL = {"type": "function", "function": {"name": "bash", "parameters": {"type": "object"}}}


def write(path: Path, *rows: Any) -> Path:
    path.write_text("".join(json.dumps(each) + "\n" for each in rows))
    return path


def failing(report: VerificationReport, rung: Rung) -> dict[str, int]:
    found = next(each for each in report.rungs if each.rung == rung)
    return {check.name: check.n_failing for check in found.checks if check.verdict == "fail"}


def asked(text: str, answer: str) -> dict[str, Any]:
    return {"messages": [user(text), agent(answer)]}


def test_a_row_that_was_run_and_seen_is_verified(tmp_path: Path) -> None:
    messages = [
        user("Print the name of notes.txt, please."),
        agent("", call("bash", command="echo notes.txt")),
        told("notes.txt"),
        agent("The file is called notes.txt."),
    ]
    report = verify_files([write(tmp_path / "a.jsonl", {"messages": messages, "tools": [TOOL]})])

    assert report.standings == {"verified": 1, "unproved": 0, "rejected": 0}


def test_what_nobody_ran_is_never_verified(tmp_path: Path) -> None:
    messages = [
        user("Show me the log of notes.txt."),
        agent("", call("bash", command="git log notes.txt")),
        told("one commit of notes.txt"),
        agent("There is one commit of notes.txt."),
    ]
    place = write(tmp_path / "a.jsonl", {"messages": messages, "tools": [TOOL]})
    report = verify_files([place], with_rows=True)

    assert report.standings["unproved"] == 1
    assert report.rows[0].rungs["execution"] == "unknown"


def test_lines_that_are_no_rows_are_rejected_and_counted(tmp_path: Path) -> None:
    place = tmp_path / "a.jsonl"
    place.write_text('{"messages": []}\nnot json\n' + json.dumps(asked("What?", "A" * 30)) + "\n")
    report = verify_files([place], with_rows=True)

    assert (report.n_rows, report.standings["rejected"]) == (3, 2)
    assert [(row.line, row.rungs.get("format")) for row in report.rows] == [
        (3, "pass"), (1, "fail"), (2, "fail"),
    ]  # fmt: skip


def test_what_rows_show_is_counted_part_by_part(tmp_path: Path) -> None:
    at_once = {
        "messages": [
            user("Show a.py and b.py, please."),
            agent("", call("Read", path="a.py"), call("Read", path="b.py")),
            told("a = 1"),
            agent("Both are shown; I used the debugging skill."),
        ],
        "tools": [TOOL],
    }
    skilled = asked("It fails. Why?", "Let me use the systematic-debugging skill to find out why.")
    place = write(tmp_path / "a.jsonl", at_once, skilled, skilled, {"messages": [user("Alone.")]})
    report = verify_files([place])
    shown = [(each.category, each.part, each.n_rows, each.n_unique) for each in report.shows]

    assert shown == [("tool-use", "parallel-calls", 1, 1), ("superpowers", "debugging", 2, 1)]
    assert (report.n_parallel, report.n_naming_skills) == (1, 3)
    assert all(each.n_standing <= each.n_unique for each in report.shows)


@pytest.mark.foreign
def test_calls_at_once_and_skills_of_a_real_set_are_counted() -> None:
    path = FOREIGN / "seeds" / "synthia" / "datasets" / "dataset.jsonl"
    if not path.exists():
        pytest.skip(f"no set at {path}; set TRACEMILL_SHARED_DATA")
    report = verify_files([path])

    assert (report.n_parallel, report.n_naming_skills) == (150, 126)
    assert sum(each.n_rows for each in report.shows) == report.n_rows == 2472


def test_copies_of_real_rows_are_rejected(tmp_path: Path) -> None:
    pytest.importorskip("rensa")
    said = asked("How is the build of the shop started?", "Run make build in the folder of it.")
    real = write(tmp_path / "real.jsonl", {**said, "id": "another"})
    made = write(tmp_path / "made.jsonl", said)

    assert failing(verify_files([made]), "diversity") == {}
    assert failing(verify_files([made], [real]), "diversity") == {"near_copies": 1}


def test_sessions_of_agents_are_rows_too(tmp_path: Path) -> None:
    place = write(
        tmp_path / "set.jsonl",
        {
            "id": "one",
            "content": [
                {"class_": "text_observation", "content": "Where am I?", "source": "user"},
                {"class_": "code_action", "language": "bash", "content": "echo here"},
                {"class_": "text_observation", "content": "there", "source": "environment"},
                {"class_": "message_action", "content": "You are where the files are kept."},
            ],
        },
    )
    report = verify_files([place], with_rows=True)

    assert (report.n_rows, report.standings["rejected"]) == (1, 1)
    assert [each.detail for each in report.rows[0].judgements if each.verdict == "fail"] == [
        "a result that is not what its command prints"
    ]


def test_what_holds_no_row_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="expected files to verify"):
        verify_files([])
    with pytest.raises(NotFoundError, match="no row to verify"):
        verify_files([write(tmp_path / "empty.jsonl")])


SYNTHIA = FOREIGN / "seeds" / "synthia" / "datasets"
PUNIE = FOREIGN / "seeds" / "punie"


@pytest.mark.foreign
@pytest.mark.parametrize(
    ("place", "rung", "check", "n_failing"),
    [
        (SYNTHIA / "dataset.jsonl", "diversity", "exact_duplicates", 767),
        (SYNTHIA / "dataset.jsonl", "diversity", "templates", 1_183),
        (SYNTHIA / "dataset.jsonl", "execution", "true_results", 173),
        (SYNTHIA / "dataset.jsonl", "outcome", "shown_claims", 120),
        (SYNTHIA / "dataset.jsonl", "semantic", "short_answers", 233),
        (SYNTHIA / "failure_recovery.jsonl", "diversity", "exact_duplicates", 290),
        (SYNTHIA / "failure_recovery.jsonl", "execution", "true_results", 30),
        (PUNIE / "regenerated_phase275", "diversity", "exact_duplicates", 67),
        (PUNIE / "regenerated_phase275", "diversity", "templates", 312),
        (PUNIE / "regenerated_phase275", "execution", "code_parses", 300),
        (PUNIE / "regenerated_phase275", "execution", "sound_commands", 3),
        (PUNIE / "datasets" / "phase27_augmented", "execution", "true_results", 197),
        (PUNIE / "datasets" / "phase27_merged", "diversity", "exact_duplicates", 115),
        (PUNIE / "datasets" / "phase27_merged", "diversity", "leaked_rows", 13),
    ],
)
def test_what_is_wrong_with_other_peoples_rows_is_found(
    place: Path, rung: Rung, check: str, n_failing: int
) -> None:
    if not place.exists():
        pytest.skip(f"no dataset at {place}; set TRACEMILL_SHARED_DATA")
    report = verify_files([place])

    assert failing(report, rung)[check] == n_failing
    assert report.standings["verified"] == 0


@pytest.mark.foreign
def test_results_of_real_sessions_are_not_called_invented() -> None:
    sessions = FOREIGN / "formats" / "claude_code"
    if not sessions.exists():
        pytest.skip(f"no sessions at {sessions}; set TRACEMILL_SHARED_DATA")
    places = [path for path in sorted(sessions.rglob("*.jsonl")) if path.stat().st_size < 2**20]
    report = verify_files(places)
    rung = next(each for each in report.rungs if each.rung == "execution")

    assert rung.n_unknown > 10
    assert [check.n_failing for check in rung.checks if check.name == "true_results"] == [0]


def judged(answer: str | None, place: Path) -> tuple[str, str]:
    seen: list[str] = []

    def ask(messages: Sequence[Message], _schema: Mapping[str, Any]) -> str | None:
        seen.append(messages[-1].content)
        return answer

    (row,) = verify_files([place], ask=ask, with_rows=True).rows
    assert ["How is it built?" in each for each in seen] == [True]
    return row.standing, row.rungs["semantic"]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ('{"verdict": "good"}', ("verified", "pass")),
        ('So: {"verdict": "bad"}', ("rejected", "fail")),
        ('{"verdict": "unsure"}', ("unproved", "unknown")),
        ('{"verdict": "splendid"}', ("unproved", "unknown")),
        ("[]", ("unproved", "unknown")),
        ("{", ("unproved", "unknown")),
        (None, ("unproved", "unknown")),
    ],
)
def test_a_judge_decides_where_no_rule_can(
    answer: str | None, expected: tuple[str, str], tmp_path: Path
) -> None:
    place = write(tmp_path / "a.jsonl", asked("How is it built?", "By make, in the top folder."))

    assert judged(answer, place) == expected


def test_a_judge_is_not_asked_about_what_is_refused_anyway(tmp_path: Path) -> None:
    row = asked("How is it built?", "By make, in the top folder.")
    n_asked = 0

    def ask(_messages: Sequence[Message], _schema: Mapping[str, Any]) -> str | None:
        nonlocal n_asked
        n_asked += 1
        return '{"verdict": "good"}'

    report = verify_files([write(tmp_path / "a.jsonl", row, asked("And so?", "Yes."))], ask=ask)

    assert (n_asked, report.standings) == (1, {"verified": 1, "unproved": 0, "rejected": 1})
