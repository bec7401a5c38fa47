"""Checks against what is named object to what they must; where nothing is named they say so."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from tracemill.base.registry import Registry
from tracemill.curate.checks import Checked, limits, run_checks
from tracemill.records.datasets.audits import CheckResult, TrainingRow, Verdict
from tracemill.records.datasets.recipes import Limits
from tracemill.sources.building.training_rows import read_training_row

WORDS = " ".join(f"word{n}" for n in range(40))


def rows(
    *given: Sequence[dict[str, Any]], file: str = "train.jsonl", **more: Any
) -> list[TrainingRow]:
    return [
        read_training_row({"messages": list(messages), **more}, file, number)
        for number, messages in enumerate(given, 1)
    ]


def said(text: str, answer: str = "It does what it says.") -> list[dict[str, Any]]:
    return [{"role": "user", "content": text}, {"role": "assistant", "content": answer}]


def writing(path: str, content: str) -> list[dict[str, Any]]:
    call = {"name": "Write", "arguments": json.dumps({"file_path": path, "content": content})}
    calls = [{"id": "c1", "type": "function", "function": call}]
    return [
        {"role": "user", "content": "write it"},
        {"role": "assistant", "content": "", "tool_calls": calls},
    ]


def result(name: str, checked: Checked) -> CheckResult:
    (found,) = (check for check in run_checks(checked) if check.name == name)
    return found


@pytest.mark.parametrize(
    ("path", "content", "is_broken"),
    [
        ("a/b.py", "x = (1,", True),
        ("a/b.py", "x = (1,)\n", False),
        ("a.json", '{"a": 1,}', True),
        ("a.json", '{"a": 1}', False),
        ("tsconfig.json", '{"a": 1,} // said', False),
        ("a.jsonl", '{"a": 1}\n{"b": 2}\n', False),
        ("a.jsonl", '{"a": 1}\n{"b": \n', True),
        ("pyproject.toml", "a = ", True),
        ("icon.svg", "<svg><path/></svg>", False),
        ("icon.svg", "<svg><path></svg>", True),
        ("C:\\x\\b.py", "def f(:", True),
    ],
)
def test_files_that_calls_write_must_parse(path: str, content: str, is_broken: object) -> None:
    found = result("files_parse", Checked(rows(writing(path, content))))

    assert found.verdict == (
        "fail" if is_broken else "pass" if path != "tsconfig.json" else "unknown"
    )


@pytest.mark.parametrize(
    ("answer", "is_cut"),
    [
        ("```python\nx = 1\n```", False),
        ("```python\nx = 1\n", True),
        ("````md\n```python\nx = 1\n```\n````", False),
        ("Use ``` to open one.", False),
        ("~~~\ncode\n```\n~~~", False),
    ],
)
def test_an_answer_that_stops_within_code_was_cut_off(answer: str, is_cut: object) -> None:
    found = result("cut_answers", Checked(rows(said("show me", answer))))

    assert found.verdict == ("fail" if is_cut else "pass")


def test_what_is_too_long_is_named_with_its_length() -> None:
    given = rows(said("short"), said("x" * 200))

    found = result("length", Checked(given, limits=Limits(max_chars=100)))

    assert [(row.line, row.detail) for row in found.failing] == [(2, "221 characters")]
    assert result("length", Checked(given)).verdict == "unknown"


def test_other_languages_are_told_by_prose_alone() -> None:
    pytest.importorskip("py3langid", reason="needs tracemill[datasets]")
    english = "Please find out why the parser stops at the first empty line, and mend it."
    german = "Der Parser soll sagen, warum er bei einer leeren Zeile aufgibt und nichts mehr liest."
    given = rows(said(english), said(german), said("run `pytest -q` in /srv/app"))

    found = result("language", Checked(given, limits=Limits(languages=("en",))))

    assert (found.n_rows, [row.detail for row in found.failing]) == (2, ["speaks 'de'"])


def test_code_under_other_licences_than_those_named_is_found() -> None:
    notice = "// SPDX-License-Identifier: "
    given = rows(said(notice + "MIT"), said(notice + "Apache-2.0"), said(notice + "GPL-3.0-only"))

    found = result("licences", Checked(given, limits=Limits(licences=("MIT", "Apache-*"))))

    assert [row.detail for row in found.failing] == ["quotes code under GPL-3.0-only"]


def test_a_judge_that_is_installed_says_what_hurts(monkeypatch: pytest.MonkeyPatch) -> None:
    judges = Registry[Any](kind="toxicity judge", builtin={"words": f"{__name__}:Words"})
    monkeypatch.setattr(limits, "TOXICITY_JUDGES", judges)
    given = rows(said("you are a rude word"), said("well done"))

    found = result("toxicity", Checked(given, limits=Limits(toxicity_judge="words")))

    assert [row.line for row in found.failing] == [1]
    assert result("toxicity", Checked(given)).verdict == "unknown"


class Words:
    """A judge that knows one word."""

    def scores(self, texts: Sequence[str]) -> list[float]:
        return [1.0 if "rude" in text else 0.0 for text in texts]


def test_thirteen_words_of_an_evaluation_set_are_found() -> None:
    pytest.importorskip("numpy", reason="needs tracemill[datasets]")
    from tracemill.curate.copies.word_runs import EvaluationRuns

    words = WORDS.split()
    evaluated = EvaluationRuns([WORDS, "never said"])
    given = rows(
        said("Quote: " + " ".join(words[5:18]).upper()),
        said("Quote: " + " ".join(words[5:17])),
        said("word1 word2 word3"),
    )

    found = result("contamination", Checked(given, evaluated=evaluated))

    assert [row.line for row in found.failing] == [1]
    assert found.failing[0].detail.startswith("shares 1 runs")
    assert result("contamination", Checked(given)).verdict == "unknown"


def pair(text: str) -> TrainingRow:
    said_so = {"prompt": "Which way?", "chosen": "The short way.", "rejected": text}
    return read_training_row(said_so, "train.jsonl", 1)


def test_text_of_the_worse_side_of_a_pair_is_looked_at() -> None:
    pytest.importorskip("numpy", reason="needs tracemill[datasets]")
    from tracemill.curate.copies.word_runs import EvaluationRuns

    evaluated = EvaluationRuns([WORDS])
    notice = pair("# SPDX-License-Identifier: GPL-3.0-only")

    assert result("contamination", Checked([pair(WORDS)], evaluated=evaluated)).n_failing == 1
    assert result("copyleft_notices", Checked([notice])).n_failing == 1
    assert result("licences", Checked([notice], limits=Limits(licences=("MIT",)))).n_failing == 1


def test_a_notice_far_behind_others_is_found_in_its_row() -> None:
    long = [rows(said(f"{n} " + "words " * 50_000))[0] for n in range(5)]
    quoting = rows(said("# SPDX-License-Identifier: MPL-2.0"))[0]

    found = result("copyleft_notices", Checked([*long, quoting, *long]))

    assert (found.n_rows, found.n_failing) == (11, 1)
    assert found.failing[0].detail == "quotes the notice of MPL-2.0"


def test_rows_of_one_piece_of_work_belong_to_one_split() -> None:
    trained = [*rows(said("a"), episode_id="ep_1"), *rows(said("b"), episode_id="ep_2")]
    held = [
        *rows(said("c"), file="valid.jsonl", episode_id="ep_2"),
        *rows(said("d"), file="valid.jsonl", episode_id="ep_3"),
        *rows(said("e"), file="valid.jsonl"),
    ]

    found = result("leaked_groups", Checked([*trained, *held]))

    assert (found.n_rows, found.n_failing) == (2, 1)


@pytest.mark.parametrize(
    ("tags", "verdict"),
    [
        (["builder:session", "outcome:achieved"], "pass"),
        (["builder:session", "outcome:unknown"], "fail"),
        (["builder:recovery", "outcome:failed"], "unknown"),
        ([], "unknown"),
    ],
)
def test_whole_work_must_be_known_to_have_been_achieved(tags: list[str], verdict: str) -> None:
    assert result("proved_outcomes", Checked(rows(said("a"), tags=tags))).verdict == verdict


@pytest.mark.parametrize(
    ("schema", "arguments", "says"),
    [
        ({"line": {"type": "integer"}}, {"line": "3"}, "forbids, by 'type'"),
        ({"line": {"type": "integer", "minimum": 1}}, {"line": 0}, "forbids, by 'minimum'"),
        ({"mode": {"enum": ["a", "b"]}}, {"mode": "c"}, "forbids, by 'enum'"),
    ],
)
def test_arguments_are_held_to_the_schema_of_the_tool(
    schema: dict[str, Any], arguments: dict[str, Any], says: str
) -> None:
    pytest.importorskip("jsonschema_rs", reason="needs tracemill[datasets]")
    function = {"name": "open", "parameters": {"type": "object", "properties": schema}}
    made = {"name": "open", "arguments": json.dumps(arguments)}
    calls = [{"id": "c1", "type": "function", "function": made}]
    row = [*said("do")[:1], {"role": "assistant", "content": "", "tool_calls": calls}]
    tools = [{"type": "function", "function": function}]

    found = result("declared_calls", Checked(rows(row, tools=tools)))

    assert says in found.failing[0].detail


def test_a_schema_that_stands_elsewhere_is_not_looked_up() -> None:
    function = {"name": "open", "parameters": {"$ref": "https://host.test/schema.json"}}
    made = {"name": "open", "arguments": "{}"}
    calls = [{"id": "c1", "type": "function", "function": made}]
    row = [*said("do")[:1], {"role": "assistant", "content": "", "tool_calls": calls}]

    assert (
        result("declared_calls", Checked(rows(row, tools=[{"function": function}]))).verdict
        == "pass"
    )


@pytest.mark.parametrize(
    ("code", "is_broken"),
    [
        ("   import a\n   a.b()", False),
        ("%pip install a\nimport a", False),
        ("!ls\nx = 1", False),
        ("def f(self, ...):\n    pass", False),
        ("elif x:\n    pass", False),
        ("def f(:\n    pass", True),
    ],
)
def test_blocks_in_prose_may_be_parts_of_programs(code: str, is_broken: object) -> None:
    found = result("code_parses", Checked(rows(said("show", f"So:\n```python\n{code}\n```"))))

    assert (found.verdict == "fail") == bool(is_broken)


def test_rows_that_share_what_came_before_differ_by_what_they_teach() -> None:
    pytest.importorskip("rensa", reason="needs tracemill[datasets]")
    before = [*said(WORDS, WORDS.replace("word", "reply"))]
    given = [
        row
        for kind in ("red", "blue")
        for row in rows(
            [*before, *said("and now?", " ".join(f"{kind}{n}" for n in range(30)))],
            trained=[False, False, False, True],
        )
    ]

    assert result("near_duplicates", Checked(given)).n_failing == 0


def test_parameters_in_a_source_file_are_no_empty_fields() -> None:
    source = "def open(path, mode=None, limit=None):\n    return read(path, mode=None)\n"
    told = "Found(path='a.py', line=None)"

    def read(text: str) -> list[TrainingRow]:
        answer = [{"role": "tool", "tool_call_id": "c1", "content": text}]
        return rows(*[[*writing("a.txt", "x"), *answer] for _ in range(8)])

    assert result("empty_result_fields", Checked(read(source))).verdict == "pass"
    assert result("empty_result_fields", Checked(read(told))).says.endswith("line")


def test_a_row_that_stands_in_a_longer_one_is_found_within_a_split_and_across() -> None:
    pytest.importorskip("rensa", reason="needs tracemill[datasets]")
    long = " ".join(f"word{n}" for n in range(300))
    short = " ".join(f"word{n}" for n in range(100, 160))
    trained = rows(said("a", long), said("b", short))
    held = rows(said("c", short), file="valid.jsonl")

    assert result("contained_rows", Checked(trained)).n_failing == 1
    assert result("contained_leaks", Checked([*trained[:1], *held])).n_failing == 1
    assert result("contained_leaks", Checked(trained)).verdict == "unknown"


@pytest.mark.parametrize(
    ("verdict", "measured", "threshold", "bound"),
    [
        ("fail", 0.15, 0.25, "at least"),
        ("pass", 0.35, 0.25, "at least"),
        ("fail", 0.35, 0.25, "at most"),
        ("pass", 0.0, 0.25, "at most"),
        ("pass", 0.25, 0.25, None),
        ("unknown", 0.1, 0.25, None),
        ("pass", 0.1, None, None),
        ("unknown", None, 0.25, None),
    ],
)
def test_a_check_says_on_which_side_of_its_limit_it_holds(
    verdict: Verdict, measured: float | None, threshold: float | None, bound: str | None
) -> None:
    found = CheckResult(
        name="x", verdict=verdict, measured=measured, threshold=threshold, n_rows=9, says="so"
    )
    assert found.bound == bound
