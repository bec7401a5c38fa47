from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.curate.test_recovery import recovery
from tests.trajectories import (
    activity,
    agent,
    calling,
    episode,
    reaction,
    step,
    trajectory,
    user,
    work,
)
from tracemill.curate.builders.one_pass import make_examples
from tracemill.curate.windows.tools import NOT_KNOWN, known_tools
from tracemill.curate.windows.work import ChatConfig, Drop
from tracemill.records.datasets.examples import ChatExample
from tracemill.records.privacy.findings import UNSCANNED
from tracemill.records.refs import Span
from tracemill.records.sessions.trajectory import Step
from tracemill.sources import SOURCES


def built(
    steps: Sequence[Step], max_chars: int = 1_000, about: Any = None, **more: Any
) -> tuple[list[ChatExample], Counter[str]]:
    config = ChatConfig(max_chars=max_chars, builders=("session",))
    made = list(make_examples(work(about, len(steps), **more), steps, config))
    examples = [one for one in made if isinstance(one, ChatExample) and one.builder == "session"]
    return examples, Counter(one.reason for one in made if isinstance(one, Drop))


def test_an_example_is_what_was_said_with_its_calls_and_answers() -> None:
    (example,), drops = built(
        [user(0, "run the tests"), calling(1, "1 failed"), agent(2, "one fails")]
    )

    assert [(m.role, m.content, m.trained) for m in example.messages] == [
        ("user", "run the tests", False),
        ("assistant", "", True),
        ("tool", "1 failed", False),
        ("assistant", "one fails", True),
    ]
    assert not drops


def test_an_example_names_steps_and_bytes_that_it_was_made_from() -> None:
    (example,), _ = built([user(0), agent(1)])

    (lineage,) = example.lineage
    assert (lineage.first_step, lineage.last_step) == (0, 1)
    assert (lineage.span, lineage.content, lineage.uri) == (
        Span(start=0, end=19),
        "ab",
        "~/s.jsonl",
    )


@pytest.mark.parametrize("outcome", ["unknown", "partial", "failed", "abandoned"])
def test_work_that_was_not_achieved_gives_nothing_and_says_so(outcome: Any) -> None:
    examples, drops = built([user(0), agent(1)], episode=episode(outcome))

    assert (examples, drops) == ([], {f"outcome_{outcome}": 1})


def test_an_unsure_outcome_gives_nothing() -> None:
    examples, drops = built([user(0), agent(1)], episode=episode("achieved", 0.3))

    assert (examples, drops) == ([], {"unsure_outcome": 1})


@pytest.mark.parametrize(
    ("about", "reason"),
    [
        pytest.param({"rejected_steps": (1,)}, "rejected_turn", id="refused"),
        pytest.param({"interrupted_steps": (1,)}, "interrupted_turn", id="stopped"),
        pytest.param({"reactions": (reaction(2, "correction"),)}, "corrected_turn", id="corrected"),
    ],
)
def test_a_turn_that_was_not_wanted_stays_as_context_and_is_not_imitated(
    about: dict[str, Any], reason: str
) -> None:
    steps = [user(0, "a"), agent(1, "wrong"), user(2, "no, b"), agent(3, "right")]
    (example,), drops = built(steps, about=activity(**about))

    assert [m.content for m in example.messages if m.trained] == ["right"]
    assert "wrong" in [m.content for m in example.messages]
    assert drops[reason] == 1


def test_a_window_ends_before_a_call_that_was_never_answered() -> None:
    (example,), drops = built([user(0), calling(1), calling(2, None), agent(3)])

    assert [m.role for m in example.messages] == ["user", "assistant"]
    assert drops == {"unanswered_call": 1}


def test_of_a_turn_that_is_too_long_the_beginning_is_used() -> None:
    (example,), drops = built([user(0), agent(1, "x" * 30), agent(2, "y" * 90)], max_chars=80)

    assert [m.content for m in example.messages if m.trained] == ["x" * 30]
    assert drops == {"too_long": 1}


def test_a_compaction_begins_a_new_window() -> None:
    steps = [
        user(0, "a"),
        agent(1, "b"),
        step(2, "system", "summary", is_replayed=True),
        user(3, "c"),
        agent(4, "d"),
    ]
    examples, _ = built(steps, about=activity(compacted_steps=(2,)))

    assert [[m.content for m in e.messages] for e in examples] == [
        ["a", "b"],
        ["summary\n\nc", "d"],
    ]


def test_a_summary_is_what_asks_until_a_person_speaks_again() -> None:
    summary = step(2, "system", "summary", is_replayed=True)
    examples, drops = built(
        [user(0, "a"), agent(1, "b"), summary, agent(3, "c")], about=activity(compacted_steps=(2,))
    )

    assert [[m.content for m in e.messages] for e in examples] == [["a", "b"], ["summary", "c"]]
    assert not drops


def test_what_an_agent_did_before_anybody_asked_is_left_out() -> None:
    steps = [user(0, "a"), agent(1, "b"), agent(2, "c"), user(3, "d"), agent(4, "e")]
    examples, drops = built(steps, about=activity(compacted_steps=(2,)))

    assert [[m.content for m in e.messages] for e in examples] == [["a", "b"], ["d", "e"]]
    assert drops == {"no_user_step": 1}


def test_a_subagent_is_asked_by_whoever_started_it() -> None:
    steps = [step(0, "system", "look around"), agent(1, "found it")]
    header = trajectory(2, is_subagent=True)
    (made,) = make_examples(work(trajectory=header), steps, ChatConfig(builders=("session",)))

    assert isinstance(made, ChatExample)
    assert [m.content for m in made.messages] == ["look around", "found it"]
    assert built(steps) == ([], {"no_user_step": 1})


def test_an_answer_to_a_picture_that_nobody_kept_is_not_imitated() -> None:
    steps = [user(0, "fix this\n\n[image]"), agent(1, "a"), user(2, "go on"), agent(3, "b")]
    (example,), drops = built(steps)

    assert [m.content for m in example.messages if m.trained] == ["b"]
    assert drops == {"image_turn": 1}


def test_later_words_about_the_picture_are_not_imitated_either() -> None:
    steps = [
        user(0, "see [image]"),
        agent(1),
        user(2, "well?"),
        agent(3, "As the screenshot shows"),
    ]

    assert built([*steps, user(4), agent(5, "done")])[1] == {"image_turn": 2}


def test_a_doubtful_correction_takes_nothing_away() -> None:
    doubt = activity(reactions=(reaction(2, "correction", 0.4),))
    steps = [user(0), agent(1), user(2, "actually"), agent(3)]

    assert built(steps, about=doubt)[1] == {}


def test_lineage_ends_with_what_is_used() -> None:
    steps = [user(0), agent(1), user(2, "and?"), step(3, "system", "bye")]
    (example,), _ = built(steps)

    assert (example.lineage[0].first_step, example.lineage[0].last_step) == (0, 1)


def test_answers_to_the_last_calls_are_cut_off_with_what_else_nobody_imitates() -> None:
    (example,), drops = built([user(0), calling(1, "1 failed")])

    assert [(m.role, m.trained) for m in example.messages] == [("user", False), ("assistant", True)]
    assert not drops


def test_what_was_copied_in_and_errors_of_the_harness_are_not_imitated() -> None:
    steps = [
        user(0),
        agent(1, "old", is_replayed=True),
        agent(2, "API error", is_error=True),
        agent(3, "new"),
    ]
    (example,), _ = built(steps)

    assert [m.content for m in example.messages if m.trained] == ["new"]


def test_without_a_word_of_the_agent_there_is_no_example() -> None:
    assert built([user(0)]) == ([], {"no_trained_message": 1})


FORMS = [user(0, "a"), agent(1, "b"), user(2, "c"), agent(3, "d")]


def formed(builder: str, steps: Sequence[Step], **about: Any) -> tuple[list[Any], Counter[str]]:
    task = work(activity(**about), len(steps))
    made = list(make_examples(task, steps, ChatConfig(builders=(builder,))))
    drops: Counter[str] = Counter(one.reason for one in made if isinstance(one, Drop))
    return [
        [(m.content, m.trained) for m in one.messages]
        for one in made
        if isinstance(one, ChatExample)
    ], drops


def test_each_turn_by_itself_imitates_nothing_that_was_before() -> None:
    examples, drops = formed("turn", FORMS)

    assert examples == [
        [("a", False), ("b", True)],
        [("a", False), ("b", False), ("c", False), ("d", True)],
    ]
    assert not drops


def test_a_turn_that_was_not_wanted_is_no_example_of_its_own() -> None:
    examples, drops = formed("turn", FORMS, rejected_steps=(1,))

    assert [[content for content, trained in one if trained] for one in examples] == [["d"]]
    assert drops == {"rejected_turn": 1}


def test_a_whole_session_is_one_example_unless_it_was_compacted() -> None:
    summary = step(2, "system", "so far", is_replayed=True)
    compacted = [*FORMS[:2], summary, user(3, "c"), agent(4, "d")]

    assert len(formed("whole", FORMS)[0]) == 1
    assert formed("whole", compacted, compacted_steps=(2,)) == ([], {"split_session": 1})


def test_a_step_that_failed_is_not_imitated_and_a_check_only_where_it_never_passed() -> None:
    steps = [user(0), calling(1), calling(2), calling(3), agent(4, "done")]
    edit = recovery(1, worked=3, kind="edit")
    mended = formed("session", steps, recoveries=(edit, recovery(2, worked=3)))
    never = formed("session", steps, recoveries=(edit, recovery(2, worked=None)))

    assert [trained for _, trained in mended[0][0] if trained] == [True] * 3
    assert mended[1] == {"failed_step": 1}
    assert never[1] == {"failed_step": 2}


def test_a_window_that_begins_with_go_on_does_not_tell_what_with() -> None:
    steps = [user(0, "a" * 30), agent(1, "b" * 30), user(2, "ok, continue"), agent(3, "c" * 30)]
    examples, drops = built(steps, max_chars=62)

    assert [[m.content for m in e.messages] for e in examples] == [["a" * 30, "b" * 30]]
    assert drops == {"lost_request": 1, "no_trained_message": 1}


def test_words_right_behind_an_edit_that_failed_for_good_make_up_for_nothing() -> None:
    lost = recovery(1, worked=None, kind="edit")
    steps = [user(0), calling(1), agent(2, "it is there already"), user(3), agent(4, "right")]
    examples, drops = formed("session", steps, recoveries=(lost,))

    assert [content for content, trained in examples[0] if trained] == ["right"]
    assert drops == {"failed_step": 2}


def test_to_say_again_what_a_tool_returned_is_no_answer() -> None:
    found = "line of what was found\n" * 20
    (example,), drops = built([user(0), calling(1, f"Searching\n{found}"), agent(2, found)])

    assert [message.trained for message in example.messages] == [False, True]
    assert drops == {"repeated_result": 1}


words = st.text("ab ", min_size=1, max_size=30)


@given(
    st.lists(st.tuples(words, st.lists(words, max_size=3)), min_size=1, max_size=6),
    st.integers(5, 120),
)
def test_windows_never_overlap_and_never_exceed_the_limit(
    turns: list[tuple[str, list[str]]], max_chars: int
) -> None:
    steps: list[Step] = []
    for prompt, answers in turns:
        steps.append(user(len(steps), prompt))
        first = len(steps)
        steps.extend(agent(first + i, answer) for i, answer in enumerate(answers))
    examples, _ = built(steps, max_chars=max_chars)

    spans = [(e.lineage[0].first_step, e.lineage[0].last_step) for e in examples]
    assert spans == sorted(spans)
    assert all(first[1] < second[0] for first, second in pairwise(spans))
    assert all(
        sum(len(m.content) for m in e.messages) <= max_chars + 2 * len(steps) for e in examples
    )
    assert all(e.messages[-1].trained for e in examples)


def test_tools_are_inferred_from_the_calls_and_said_to_be() -> None:
    steps = [user(0), calling(1, limit=3, command="ls"), calling(2, command="pwd"), agent(3)]
    (example,), _ = built(steps, trajectory=trajectory(4, agent="some-agent"))

    properties = example.tools[0]["function"]["parameters"]["properties"]
    assert list(properties) == ["limit", "command"]
    assert example.tools == (
        {
            "type": "function",
            "function": {
                "name": "Bash",
                "description": NOT_KNOWN,
                "parameters": {
                    "type": "object",
                    "properties": {"limit": {"type": "integer"}, "command": {"type": "string"}},
                    "required": ["command"],
                },
            },
        },
    )
    assert "tools:inferred" in example.tags


def test_what_a_known_tool_does_and_needs_is_said_in_words_of_ours() -> None:
    steps = [user(0), calling(1, command="ls", timeout=3), agent(2)]
    (example,), _ = built(steps)

    (tool,) = example.tools
    assert tool["function"]["description"] == known_tools()["claude-code"]["Bash"].does
    assert tool["function"]["parameters"]["required"] == ["command"]


def test_every_known_tool_is_one_of_an_agent_that_we_read() -> None:
    assert known_tools().keys() <= {*SOURCES.names()}
    assert all(
        tool.does.endswith(".") and len(tool.does) <= 100
        for tools in known_tools().values()
        for tool in tools.values()
    )


@pytest.mark.parametrize(
    "withheld",
    [
        pytest.param(user(0, f"{UNSCANNED}abcdef]"), id="what was asked"),
        pytest.param(calling(1, f"{UNSCANNED}abcdef]"), id="what came back"),
    ],
)
def test_a_window_with_a_text_that_nobody_could_look_at_is_left_out(withheld: Step) -> None:
    steps = [user(0, "a"), agent(1, "b"), agent(2, "c")]
    steps[withheld.index] = withheld

    assert built(steps) == ([], {"unscanned_text": 1})
