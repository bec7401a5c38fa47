"""Recorded decisions become cases, each looked at for what it shows."""

from typing import Any

import pytest

from tracemill.evaluate.building import HeldOut, build_cases, fit, make_case
from tracemill.evaluate.leaks import Trained, TrainedOn
from tracemill.evaluate.scorers import score
from tracemill.llm import Answer
from tracemill.records.datasets.examples import Message
from tracemill.records.models.evaluations import Case, CheckKind
from tracemill.records.sessions.edit_calls import PATH_ARGUMENTS
from tracemill.render.tool_names import is_text_search

TOOLS = [{"type": "function", "function": {"name": n, "parameters": {}}} for n in ("find", "read")]


def user(text: str) -> Message:
    return Message(role="user", content=text)


def says(text: str, *, trained: bool = True) -> Message:
    return Message(role="assistant", content=text, trained=trained)


def calls(name: str, **arguments: Any) -> Message:
    call = {
        "type": "function",
        "id": f"c_{name}",
        "function": {"name": name, "arguments": arguments},
    }
    return Message(role="assistant", tool_calls=(call,), trained=True)


def result(name: str, text: str) -> Message:
    return Message(role="tool", content=text, tool_call_id=f"c_{name}", name=name)


def cases_of(*messages: Message, tools: Any = TOOLS, max_chars: int = 10_000) -> list[Any]:
    return list(build_cases([HeldOut("example_1", "ep_1", messages, tools)], max_chars))


WORK = (
    user("Where is the ledger, and what does it hold?"),
    calls("find", pattern="ledger"),
    result("find", "src/books/ledger.py"),
    calls("read", path="src/books/ledger.py"),
    result("read", "Error: no such file"),
    calls("find", pattern="*.py"),
    result("find", "src/books/ledger_v2.py"),
    calls("run", code="r = load()\nprint(r.entries[0]['amount'])"),
    result("run", "12"),
    says("It holds one entry."),
)


@pytest.mark.parametrize(
    ("called", "offered", "is_looked_at"),
    [
        ("find_references", ["find_references", "Bash"], True),
        ("goto_definition", ["goto_definition", "grep_files"], True),
        ("find_references", ["find_references", "read"], False),
        ("grep", ["find_references", "grep"], False),
        ("set_preferences", ["set_preferences", "grep"], False),
    ],
)
def test_a_look_at_symbols_is_weighed_against_a_search_of_texts(
    called: str, offered: list[str], is_looked_at: bool
) -> None:
    tools = [{"type": "function", "function": {"name": name}} for name in offered]

    (case,) = cases_of(user("Who calls it?"), calls(called, symbol="total"), tools=tools)

    assert ("by_meaning" in case.checks) == is_looked_at


@pytest.mark.parametrize(
    ("command", "searches"),
    [
        (["bash", "-lc", "grep -rn total src"], True),
        (["grep", "-rn", "total"], True),
        ("cd src\nrg total", True),
        ("find . -name '*.py' | xargs -0 grep total", True),
        (["pytest", "-q"], False),
        ("echo grep", False),
    ],
)
def test_a_command_that_searches_texts_is_known_however_it_is_given(
    command: str | list[str], *, searches: bool
) -> None:
    assert is_text_search("shell", {"command": command, "timeout": 5}) is searches


def test_each_decision_is_looked_at_for_what_it_shows() -> None:
    made = cases_of(*WORK)

    assert [case.checks for case in made] == [
        ("decision", "tool", "arguments"),
        ("decision", "tool", "arguments", "order", "earlier_result"),
        ("decision", "tool", "arguments", "order", "recovery"),
        ("decision", "tool", "arguments", "order", "fields"),
        ("decision", "stop"),
    ]
    assert made[1].carried == ("path",)
    assert made[3].fields == ("amount", "entries")
    assert made[2].failed is not None
    assert made[2].failed.name == "read"


@pytest.mark.parametrize("name", PATH_ARGUMENTS)
def test_a_file_is_compared_as_a_place_whatever_the_argument_is_called(name: str) -> None:
    (case,) = cases_of(user("Read src/ledger.py."), calls("read", **{name: "src/ledger.py"}))

    assert score(case, Answer(message=calls("read", **{name: "./src/ledger.py"}))).passed
    assert not score(case, Answer(message=calls("read", **{name: "src/other.py"}))).passed


def test_what_was_recorded_passes_its_own_case() -> None:
    said = [message for message in WORK if message.role == "assistant"]

    for case, message in zip(cases_of(*WORK), said, strict=True):
        assert score(case, Answer(message=message)).passed


def test_the_same_example_makes_the_same_cases() -> None:
    assert [case.id for case in cases_of(*WORK)] == [case.id for case in cases_of(*WORK)]


@pytest.mark.parametrize(
    ("messages", "tools", "reason"),
    [
        ((user("hi"), says("Hello.")), [], "no_tools"),
        ((user("x" * 200), says("Yes.")), TOOLS, "too_long"),
        ((says("Hello."),), TOOLS, "no_request"),
        ((user("hi"), says(" ")), TOOLS, "said_nothing"),
    ],
)
def test_what_becomes_no_case_says_why(
    messages: tuple[Message, ...], tools: Any, reason: str
) -> None:
    assert cases_of(*messages, tools=tools, max_chars=100) == [reason]


def test_a_question_is_asked_once() -> None:
    again = [HeldOut(f"example_{i}", f"ep_{i}", WORK[:2], TOOLS) for i in range(2)]

    made = list(build_cases(again, 1_000))

    assert isinstance(made[0], Case)
    assert made[1] == "duplicate"


def test_messages_without_loss_are_no_decisions() -> None:
    assert cases_of(user("hi"), says("Hello.", trained=False)) == []


def test_a_long_prompt_keeps_its_setting_and_its_end() -> None:
    setting = Message(role="system", content="Be brief.")
    long = (
        setting,
        user("a" * 50),
        says("b" * 50),
        user("c" * 20),
        calls("find"),
        result("find", "d"),
    )

    assert fit(long, 1_000) is not None
    kept = fit(long, 80)
    assert kept is not None
    assert [message.role for message in kept] == ["system", "user", "assistant", "tool"]
    assert fit(long, 20) is None


LONG = "please find out why the nightly export of the ledger stops after four hundred rows"


@pytest.mark.parametrize(
    ("trained", "reason"),
    [
        (TrainedOn("example_1", "ep_9", ()), "same_example"),
        (TrainedOn("example_9", "ep_1", ()), "same_group"),
        (
            TrainedOn("e", "g", (user("Find the  ledger!"), calls("find", pattern="x"))),
            "same_request",
        ),
        (TrainedOn("e", "g", (user("Find the ledger"), calls("find", pattern="y"))), None),
        (TrainedOn("e", "g", (user(f"Hi, {LONG.upper()} today"),)), None),
    ],
)
def test_short_requests_leak_with_their_answers(trained: TrainedOn, reason: str | None) -> None:
    (case,) = cases_of(user("find the ledger"), calls("find", pattern="x"))

    leak = Trained.of([trained]).leak(case)

    assert (leak and leak.reason) == reason


def test_thirteen_words_in_a_row_are_a_leak_and_twelve_are_none() -> None:
    (case,) = cases_of(user(LONG), calls("find", pattern="x"))
    words = LONG.split()

    whole = TrainedOn("e", "g", (user("Today: " + " ".join(words[:13])),))
    less = TrainedOn("e", "g", (user("Today: " + " ".join(words[:12])),))

    leak = Trained.of([whole]).leak(case)
    assert leak is not None
    assert (leak.reason, leak.example_id) == ("shared_words", "e")
    assert Trained.of([less]).leak(case) is None


@pytest.mark.parametrize("check", ["choice", "hand_over"])
def test_a_question_of_ours_hides_no_request(check: CheckKind) -> None:
    asked = (user(LONG), user("Which of these is it?"))
    case = make_case(Case(id="", messages=asked, checks=(check,), group="g1", choice="A"))

    leak = Trained.of([TrainedOn("e", "g", (user(f"Hi, {LONG}"),))]).leak(case)

    assert leak is not None
    assert leak.reason == "shared_words"


def test_what_all_sessions_share_is_no_leak() -> None:
    system = Message(role="system", content=LONG + " and so on for every session of this agent")
    (case,) = cases_of(system, user("go on"), result("find", LONG), calls("find", pattern="x"))

    known = Trained.of(
        [TrainedOn("e", "g", (system, user("go"), result("find", LONG), says("ok")))]
    )

    assert known.leak(case) is None


@pytest.mark.parametrize(
    ("said", "is_failure"),
    [
        ("Error: no such file", True),
        ("<tool_use_error>File has not been read yet</tool_use_error>", True),
        ("Exit code 1\n2 failed", True),
        ("Chunk ID: 1\nWall time: 0.1 seconds\nProcess exited with code 2\nOutput:\n", True),
        ('{"output": "x", "exit_code": 1}', True),
        ("Chunk ID: 1\nProcess exited with code 0\nOutput:\nerror: not ours", False),
        ("12 passed", False),
        ("   1 import errors\n   2 raise Error", False),
    ],
)
def test_what_follows_a_failure_is_looked_at_as_a_recovery(said: str, *, is_failure: bool) -> None:
    case = cases_of(user("go on"), calls("read", path="a"), result("read", said), calls("find"))[1]

    assert ("recovery" in case.checks) is is_failure


@pytest.mark.parametrize(
    ("n_chars", "part"),
    [(1_990, "to_2k"), (2_001, "to_8k"), (8_000, "to_8k"), (8_001, "to_32k"), (40_000, "over_32k")],
)
def test_a_case_is_a_part_by_how_much_the_model_is_shown(n_chars: int, part: str) -> None:
    (case,) = cases_of(user("x" * n_chars), calls("find"), max_chars=100_000)

    assert f"context:{part}" in case.slices
    assert "turn:1" in case.slices


def test_a_case_is_a_part_by_the_request_that_it_works_on_also_where_earlier_ones_have_no_room() -> (
    None
):
    turns = [each for n in range(6) for each in (user(f"{n}" + "x" * 900), says(f"done {n}"))]
    made = cases_of(*turns, max_chars=1_000)

    told = [next(part for part in case.slices if part.startswith("turn:")) for case in made]
    assert told == ["turn:1", *["turn:2_to_4"] * 3, *["turn:5_and_more"] * 2]
    assert {part for case in made for part in case.slices if part.startswith("context:")} == {
        "context:to_2k"
    }
