from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from msgspec import structs

from tests.curate.test_recovery import recovery
from tests.trajectories import activity, agent, calling, episode, reaction, user, work
from tracemill.curate.builders.one_pass import make_examples
from tracemill.curate.windows.work import ChatConfig, Drop
from tracemill.records.datasets.examples import Message, PreferenceExample
from tracemill.records.sessions.trajectory import ResultStatus, Step, ToolCall, ToolResult


def built(
    steps: Sequence[Step], config: ChatConfig | None = None, **about: Any
) -> tuple[list[PreferenceExample], Counter[str]]:
    task = work(activity(**about), episode=episode("unknown", 0))
    alone = structs.replace(config or ChatConfig(), builders=("preference",))
    made = list(make_examples(task, steps, alone))
    reasons = (one.reason for one in made if isinstance(one, Drop))
    drops: Counter[str] = Counter(reasons)
    return [one for one in made if isinstance(one, PreferenceExample)], drops


def ran(index: int, command: str, status: Any, said: str = "") -> Step:
    call = ToolCall(id=f"c{index}", name="Bash", arguments={"command": command})
    result = ToolResult(call_id=call.id, content=status, status=status)
    return agent(index, said, calls=(call,), results=(result,))


def command(message: Message) -> object:
    return message.tool_calls[0]["function"]["arguments"]["command"]


RETRY = recovery(1, worked=2, kind="command", change="arguments")


def test_a_call_that_failed_and_the_same_that_worked_are_a_pair_of_calls() -> None:
    steps = [user(0), ran(1, "ls -q x", "error", "look"), ran(2, "ls x", "ok", "sorry")]
    (pair,), drops = built(steps, recoveries=(RETRY,))
    (chosen,), (rejected,) = pair.chosen, pair.rejected

    assert (command(chosen), command(rejected)) == ("ls x", "ls -q x")
    assert (chosen.content, rejected.content) == ("", "")
    assert [message.content for message in pair.prompt] == ["do it"]
    assert (pair.builder, pair.margin) == ("retry", 0.8)
    assert [(part.first_step, part.last_step) for part in pair.lineage] == [(0, 1), (2, 2)]
    assert not drops


@pytest.mark.parametrize(
    ("between", "reason"),
    [
        pytest.param([ran(2, "pwd", "ok")], "indirect_retry", id="looked around"),
        pytest.param([user(2, "use ls")], "indirect_retry", id="was told"),
    ],
)
def test_what_led_to_the_better_call_must_not_lie_between(between: list[Step], reason: str) -> None:
    steps = [user(0), ran(1, "ls -q", "error"), *between, ran(3, "ls", "ok")]
    found = recovery(1, worked=3, kind="command", change="arguments")

    assert built(steps, recoveries=(found,))[1][reason] == 1


def test_a_check_that_fails_is_no_worse_choice() -> None:
    steps = [user(0), ran(1, "pytest", "error"), ran(2, "pytest -x", "ok")]
    found = recovery(1, worked=2, kind="test", change="arguments")

    assert built(steps, recoveries=(found,))[0] == []


def test_equal_calls_are_no_pair() -> None:
    steps = [user(0), ran(1, "ls", "error"), ran(2, "ls", "ok")]

    assert built(steps, recoveries=(RETRY,)) == ([], {"identical_sides": 1})


def test_to_wait_or_to_say_more_of_it_is_no_better_call() -> None:
    steps = [user(0), ran(1, "shop close 3", "error"), ran(2, "sleep 2 && shop close 3", "ok")]

    assert built(steps, recoveries=(RETRY,)) == ([], {"identical_sides": 1})


def test_a_long_side_is_no_pair() -> None:
    steps = [user(0), ran(1, "ls " + "x" * 200, "error"), ran(2, "ls", "ok")]

    assert built(steps, ChatConfig(max_side_chars=200), recoveries=(RETRY,))[1] == {"long_pair": 1}


def test_a_refused_call_is_worse_than_the_next_one() -> None:
    steps = [user(0), ran(1, "rm a", "rejected"), user(2, "keep it"), ran(3, "rm b", "ok")]
    (pair,), drops = built(steps, rejected_steps=(1,))

    assert (command(pair.chosen[0]), command(pair.rejected[0])) == ("rm b", "rm a")
    assert (pair.builder, pair.margin) == ("rejection", 0.8)
    assert not drops


def test_another_command_is_no_better_than_the_one_that_was_refused() -> None:
    steps = [user(0), ran(1, "cd x && rm a 2>&1", "rejected"), ran(2, "cd x && ls 2>&1", "ok")]

    assert built(steps, rejected_steps=(1,)) == ([], {"several_calls": 1})


def test_another_verb_is_no_better_than_the_one_that_was_refused() -> None:
    steps = [user(0), ran(1, "git commit -m one", "rejected"), ran(2, "pwd && git status", "ok")]

    assert built(steps, rejected_steps=(1,)) == ([], {"several_calls": 1})


@pytest.mark.parametrize(("command", "n_pairs"), [("rm b", 1), ("ls", 0)])
def test_a_command_in_words_goes_by_what_it_runs(command: str, n_pairs: int) -> None:
    def shell(index: int, line: str, status: ResultStatus) -> Step:
        call = ToolCall(id=f"s{index}", name="shell", arguments={"command": ["bash", "-lc", line]})
        result = ToolResult(call_id=call.id, content="", status=status)
        return agent(index, calls=(call,), results=(result,))

    steps = [shell(1, "rm a", "rejected"), shell(2, command, "ok")]

    assert len(built([user(0), *steps], rejected_steps=(1,))[0]) == n_pairs


def test_a_look_at_something_is_no_better_than_a_refused_change() -> None:
    """That an edit was refused tells how not to edit, and not to look instead."""
    look = ToolCall(id="r1", name="Read", arguments={"path": "a"})
    seen = ToolResult(call_id="r1", content="text", status="ok")
    after = agent(2, calls=(look,), results=(seen,))

    made = built([user(0), ran(1, "rm a", "rejected"), after], rejected_steps=(1,))

    assert made == ([], {"several_calls": 1})


def test_what_was_refused_beside_a_look_at_files_stands_alone() -> None:
    look = ToolCall(id="r1", name="Read", arguments={"path": "a"})
    both = ran(1, "rm a", "rejected")
    seen = ToolResult(call_id="r1", content="text", status="ok")
    both = structs.replace(both, calls=(look, *both.calls), results=(seen, *both.results))
    (pair,), _ = built([user(0), both, ran(2, "rm b", "ok")], rejected_steps=(1,))

    assert [call["id"] for call in pair.rejected[0].tool_calls] == ["c1"]


def test_what_was_refused_beside_a_change_is_no_pair() -> None:
    both = ran(1, "rm a", "rejected")
    made = ran(2, "touch b", "ok")
    both = structs.replace(
        both, calls=(*made.calls, *both.calls), results=(*made.results, *both.results)
    )
    steps = [user(0), both, ran(3, "rm b", "ok")]

    assert built(steps, rejected_steps=(1,)) == ([], {"acted_on": 1})


@pytest.mark.parametrize(
    ("after", "about", "reason"),
    [
        pytest.param([agent(2, "as you say")], {}, "failed_choice", id="only words"),
        pytest.param([ran(2, "rm b", "error")], {}, "failed_choice", id="failed as well"),
        pytest.param(
            [user(2, "x" * 400), ran(3, "rm b", "ok")], {}, "told_news", id="was told a lot"
        ),
        pytest.param(
            [ran(2, "rm b", "ok"), user(3, "no")],
            {"reactions": (reaction(3, "correction", 0.6),)},
            "unwanted_choice",
            id="was corrected again",
        ),
        pytest.param([], {}, "split_pair", id="nothing came after"),
    ],
)
def test_what_came_after_a_refusal_must_be_wanted_and_work(
    after: list[Step], about: dict[str, Any], reason: str
) -> None:
    steps = [user(0), ran(1, "rm a", "rejected"), *after]

    assert built(steps, rejected_steps=(1,), **about) == ([], {reason: 1})


def test_a_step_that_was_taken_back_needs_the_same_request_again() -> None:
    def drops(asked: str) -> Counter[str]:
        steps = [
            user(0, "add a chart on top"),
            ran(1, "a", "ok"),
            user(2, asked),
            ran(3, "b", "ok"),
        ]
        return built(steps, rejected_steps=(1,))[1]

    assert drops("add a chart on top, in html") == {}
    assert drops("now fix the typo") == {"other_request": 1}


def correction(
    answer: Step,
    better: Step,
    sureness: float = 0.9,
    *,
    again: str = "no, when is it",
    accepted: bool = True,
) -> Any:
    told = [reaction(2, "correction", sureness)]
    told += [reaction(4, "acceptance", 0.9)] * accepted
    steps = [user(0, "when is it?"), answer, user(2, again), better, user(4, "yes")]
    return built(steps, reactions=tuple(told))


def test_words_that_were_called_wrong_are_worse_than_what_came_then() -> None:
    (pair,), drops = correction(agent(1, "at noon"), agent(3, "at one"))

    assert (pair.rejected[0].content, pair.chosen[0].content) == ("at noon", "at one")
    assert (pair.builder, pair.margin) == ("correction", 0.72)
    assert not drops


def test_words_that_nobody_accepted_are_no_better_than_those_before() -> None:
    sides = agent(1, "at noon"), agent(3, "at one")

    assert correction(*sides, accepted=False) == ([], {"answers_correction": 1})
    assert correction(*sides, again="and where, then") == ([], {"other_request": 1})


@pytest.mark.parametrize(
    ("answer", "better", "reason"),
    [
        (calling(1), agent(3), "acted_on"),
        (agent(1), agent(3, "You're absolutely right, at one"), "answers_correction"),
        (agent(1), agent(3, "I apologize for that"), "answers_correction"),
        (agent(1, "at noon"), agent(3, "at noon"), "identical_sides"),
    ],
)
def test_an_answer_to_a_correction_is_no_alternative(
    answer: Step, better: Step, reason: str
) -> None:
    assert correction(answer, better) == ([], {reason: 1})


def looked(index: int, tool: str, what: str, status: Any = "ok") -> Step:
    call = ToolCall(id=f"c{index}", name=tool, arguments={"of": what})
    result = ToolResult(call_id=call.id, content=status, status=status)
    return agent(index, calls=(call,), results=(result,))


ASKED = [
    user(0, "show me the function"),
    looked(1, "read_file", "app.py"),
    agent(2, "Here it is."),
    user(3, "no, the definition of pay"),
]
WRONG = reaction(3, "correction", 0.9)


def test_a_call_that_was_called_wrong_is_worse_than_the_one_that_was_asked_for_then() -> None:
    (pair,), drops = built(
        [*ASKED, looked(4, "goto", "pay"), agent(5, "There.")], reactions=(WRONG,)
    )
    (chosen,), (rejected,) = pair.chosen, pair.rejected
    names = [message.tool_calls[0]["function"]["name"] for message in (chosen, rejected)]

    assert names == ["goto", "read_file"]
    assert (chosen.content, rejected.content) == ("", "")
    assert [m.content for m in pair.prompt if m.role == "user"] == [ASKED[0].text, ASKED[3].text]
    assert (pair.builder, pair.margin) == ("correction", 0.72)
    assert [(part.first_step, part.last_step) for part in pair.lineage] == [(0, 3), (4, 4)]
    assert not drops


@pytest.mark.parametrize(
    ("before", "after", "more", "reason"),
    [
        (ASKED, [looked(4, "read_file", "app.py")], (), "identical_sides"),
        (ASKED, [looked(4, "goto", "pay", "error")], (), "failed_choice"),
        (ASKED, [looked(4, "goto", "pay"), user(5, "forget it")], ("abandonment",), "unwanted_choice"),
        (ASKED, [looked(4, "goto", "pay"), user(5, "no")], ("correction",), "unwanted_choice"),
        (
            [ASKED[0], looked(1, "edit_file", "app.py"), *ASKED[2:]],
            [looked(4, "goto", "pay")],
            (),
            "acted_on",
        ),
        (
            [ASKED[0], looked(1, "edit_file", "app.py"), looked(2, "read", "a"), ASKED[3]],
            [looked(4, "goto", "pay")],
            (),
            "acted_on",
        ),
    ],
    ids=["the same again", "it failed", "given up", "wrong again", "an edit", "several calls"],
)  # fmt: skip
def test_what_is_no_better_call_makes_no_pair(
    before: list[Step], after: list[Step], more: tuple[Any, ...], reason: str
) -> None:
    heard = (WRONG, *(reaction(5, kind, 0.95) for kind in more))
    pairs, drops = built([*before, *after], reactions=heard)

    assert not pairs
    assert drops[reason] == 1


def test_a_correction_that_no_person_said_makes_no_pair() -> None:
    told = (reaction(2, "correction", 0.9),)

    assert built([user(0), agent(1, "at noon"), agent(2, "at one")], reactions=told) == (
        [],
        {"no_user_step": 1},
    )


def test_a_doubtful_correction_makes_no_pair() -> None:
    assert correction(agent(1, "at noon"), agent(3, "at one"), 0.6) == ([], {})


def test_a_pair_about_a_picture_that_nobody_kept_is_left_out() -> None:
    steps = [user(0, "[image]"), ran(1, "rm a", "rejected"), ran(2, "rm b", "ok")]

    assert built(steps, rejected_steps=(1,)) == ([], {"image_turn": 1})
