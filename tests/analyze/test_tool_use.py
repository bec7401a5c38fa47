"""What many sessions say of tools: how they fare, what follows what, which words lead to which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pytest

from tracemill.analyze.tools.use import ToolTally
from tracemill.flows.analysis.turns import person_of
from tracemill.records.process.tool_use import ToolUse
from tracemill.records.sessions.reactions import ReactionKind
from tracemill.records.sessions.turn_work import (
    FieldLog,
    SeenField,
    TurnCall,
    TurnsOfSession,
    TurnWork,
)
from tracemill.stats import wilson


def turn(
    *actions: str, request: str = "do it", wrong: Sequence[str] = (),
    reaction: ReactionKind | None = None, instead: str | None = None,
    accesses: tuple[FieldLog, ...] = (),
) -> TurnWork:  # fmt: skip
    calls = tuple(
        TurnCall(step=1, tool=each, action=each, status="error" if each in wrong else "ok",
                 is_wrong=each in wrong)
        for each in actions
    )  # fmt: skip
    return TurnWork(
        trajectory_id="t", step=0, request=request, calls=calls, reaction=reaction,
        instead=instead, accesses=accesses,
    )  # fmt: skip


def told(sessions: Iterable[Sequence[TurnWork]], seen: tuple[SeenField, ...] = ()) -> ToolUse:
    tally = ToolTally()
    for turns in sessions:
        tally.take(TurnsOfSession(trajectory_id="t", turns=tuple(turns), seen=seen))
    return tally.told()


def test_a_tool_tells_how_often_it_fails_and_how_its_turns_are_taken() -> None:
    found = told(
        [
            [turn("Bash", "Bash", "Read", wrong=("Bash",), reaction="correction")],
            [turn("Bash", reaction="acceptance")],
            [turn("Read", reaction="clarification")],
        ]
    )
    bash, read = found.tools

    assert (bash.action, bash.n_calls, bash.n_sessions, bash.n_failed) == ("Bash", 3, 2, 2)
    assert bash.low is not None
    assert bash.low < 2 / 3 < (bash.high or 0)
    assert (bash.n_turns, bash.n_against, bash.n_in_favour) == (2, 1, 1)
    assert (read.n_turns, read.n_against, read.n_in_favour) == (2, 1, 0)


def test_calls_and_turns_of_one_session_say_less_than_those_of_many() -> None:
    bad = turn("Bash", wrong=("Bash",), reaction="correction")
    good = turn("Bash", reaction="acceptance")
    one, many = told([[bad, bad, good, good]]), told([[bad], [bad], [good], [good]])

    assert set(one.between) == {"against", "failed", "in_favour"}
    assert set(one.between.values()) == {wilson(0.5, 1)}
    assert set(many.between.values()) == {wilson(2, 4)}
    assert (one.tools[0].low, one.tools[0].high) == wilson(0.5, 1)
    assert told([[turn("Bash")]]).between.keys() == {"failed"}


def test_a_call_without_an_end_says_nothing_of_failure() -> None:
    tally = ToolTally()
    tally.take(TurnsOfSession(trajectory_id="t", unasked=(TurnCall(step=0, tool="a", action="a"),)))

    (row,) = tally.told().tools
    assert (row.n_calls, row.n_known, row.low, row.high) == (1, 0, None, None)


def test_levels_and_versions_are_counted_as_far_as_they_are_known() -> None:
    calls = [
        TurnCall(step=0, tool="Bash", action="bun test", tool_level="fixed", tool_version="1.3.5"),
        TurnCall(step=1, tool="Bash", action="bun test", tool_level="fixed"),
        TurnCall(step=2, tool="Bash", action="bun test"),
        TurnCall(step=3, tool="Bash", action="python", tool_level="generated"),
    ]
    tally = ToolTally()
    tally.take(TurnsOfSession(trajectory_id="t", unasked=tuple(calls)))
    found = tally.told()
    bun, python = found.tools

    assert (bun.levels, bun.versions) == ({"fixed": 2}, {"1.3.5": 1})
    assert (python.levels, python.versions) == ({"generated": 1}, {})
    assert found.levels == {"fixed": 2, "generated": 1}


@pytest.mark.parametrize(
    "actions",
    [
        ("git diff", "Read"),
        ("ruff", "Edit", "pytest"),
        ("goto_definition", "Read", "ruff"),
        ("git status", "git diff"),
    ],
)
def test_common_sequences_are_mined(actions: tuple[str, ...]) -> None:
    noise = [[turn("Grep", "Write", "Glob")], [turn("Glob", "Grep")], [turn("Read")]]
    found = told([*([turn(*actions, actions[-1])] for _ in range(4)), *noise])

    first = found.sequences[0]
    assert (first.actions, first.n_sessions, first.n_turns) == (actions, 4, 4)
    assert first.support == pytest.approx(4 / 6)
    assert first.confidence == 1
    assert first.usual < 0.5


def test_confidence_is_of_what_could_have_come_next() -> None:
    found = told([[turn("a", "b"), turn("a", "c"), turn("b", "a")]] * 2)
    rows = {each.actions: each for each in found.sequences}

    assert rows["a", "b"].confidence == 0.5
    assert rows["b", "a"].confidence == 1


def test_words_lead_to_tools_by_more_than_chance() -> None:
    asked = {
        "what does `UserService` do?": "hover",
        "where is process_payment?": "goto_definition",
        "show the structure of src/app.py": "document_symbols",
    }
    found = told([[turn(tool, request=text) for text, tool in asked.items()]] * 8)
    sure = {each.words: each for each in found.phrases if each.q_value < 0.05}

    assert sure["what does X do"].action == "hover"
    assert sure["where is X"].action == "goto_definition"
    assert sure["the structure of X"].action == "document_symbols"
    assert "what does" not in sure


def test_words_that_lead_to_several_tools_say_so() -> None:
    found = told([[turn("hover", request="show me X1")]] * 3 + [[turn("Read", request="show me X1")]] * 2
                 + [[turn("Grep", request="find it")]] * 9)  # fmt: skip

    (row,) = [each for each in found.phrases if each.words == "show me X"]
    assert (row.action, row.n, row.n_words, row.others) == ("hover", 3, 5, {"Read": 2})


def test_confusions_count_what_came_in_place_of_what() -> None:
    wrong = turn("goto", request="show hover\nfor X", reaction="correction", instead="hover")

    (row,) = told([[wrong], [wrong]]).confusions

    assert (row.action, row.instead, row.n) == ("goto", "hover", 2)
    assert row.requests == ("show hover for X", "show hover for X")


def test_fields_tell_who_reads_them_and_how_often_they_are_empty() -> None:
    log = FieldLog(step=1, tool="git_log", fields_accessed=("author",), access_pattern="iterate",
                   iteration="limited", iteration_limit=5)  # fmt: skip
    other = FieldLog(step=1, tool="git_log", fields_accessed=("subject",), access_pattern="read")
    seen = (SeenField(action="git_log", field="author", n=4, n_empty=4),)

    found = told([[turn("run", accesses=(log, other))], [turn("run", accesses=(log,))]], seen)
    author, subject = found.fields
    (access,) = found.accesses

    assert (author.field, author.n_codes) == ("author", 2)
    assert author.share == pytest.approx(2 / 3)
    assert (author.n_seen, author.n_empty) == (8, 8)
    assert (subject.field, subject.n_seen) == ("subject", 0)
    assert (access.n_codes, access.patterns) == (3, {"iterate": 2, "read": 1})
    assert (access.iterations, access.limits) == ({"limited": 2}, (5,))


def test_a_field_of_results_that_no_code_reads_has_no_share() -> None:
    seen = (SeenField(action="git_log", field="author", n=4, n_empty=4),)

    (author,) = told([[turn("run")]], seen).fields

    assert (author.n_codes, author.share) == (0, None)


def test_sequences_tell_which_share_of_people_show_them() -> None:
    tally = ToolTally()
    own = [
        ("a", "Read", "Edit"),
        ("a", "Read", "Edit"),
        ("b", "Read", "Edit"),
        ("c", "Grep", "Edit"),
    ]
    for person, *actions in [*own, (None, "Read", "Edit")]:
        tally.take(
            TurnsOfSession(trajectory_id="t", person=person, turns=(turn(*filter(None, actions)),))
        )
    (found,) = tally.told().sequences

    assert (found.actions, found.n_sessions, found.n_people) == (("Read", "Edit"), 4, 2)
    assert found.people == pytest.approx(2 / 3)
    assert (found.n_asked, found.n_everybody) == (5, 3)
    assert told([[turn("Read", "Edit")]] * 2).sequences[0].people is None


@pytest.mark.parametrize(
    ("folder", "person"),
    [
        ("/home/dev-abc/src/app", "dev-abc"),
        ("/Users/dev-abc", "dev-abc"),
        ("C:\\Users\\dev-abc\\app", "dev-abc"),
        ("/srv/app", None),
        ("/home", None),
        (None, None),
    ],
)
def test_a_home_folder_tells_whose_session_it_is(folder: str | None, person: str | None) -> None:
    assert person_of(folder) == person
