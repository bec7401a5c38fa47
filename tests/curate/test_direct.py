from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from tests.trajectories import activity, agent, calling, episode, reaction, user, work
from tracemill.curate.builders.one_pass import make_examples
from tracemill.curate.windows.work import ChatConfig, Drop
from tracemill.records.datasets.examples import ChatExample
from tracemill.records.sessions.trajectory import Step


def built(steps: Sequence[Step], **about: Any) -> tuple[list[ChatExample], Counter[str]]:
    task = work(
        activity(n_calls=1, n_user_steps=2, **about), len(steps), episode=episode("unknown", 0)
    )
    made = list(make_examples(task, steps, ChatConfig(builders=("direct",))))
    drops: Counter[str] = Counter(one.reason for one in made if isinstance(one, Drop))
    return [one for one in made if isinstance(one, ChatExample)], drops


ASKED = [
    user(0, "run it"),
    calling(1),
    agent(2, "3 passed"),
    user(3, "why?"),
    agent(4, "because the bounds are off by one"),
]
GOES_ON = (reaction(5, "continuation"),)


def test_an_answer_in_words_is_imitated_with_the_tools_that_were_there() -> None:
    (example,), drops = built([*ASKED, user(5, "go on")], reactions=GOES_ON)

    assert [message.content for message in example.messages if message.trained] == [
        "because the bounds are off by one"
    ]
    assert [tool["function"]["name"] for tool in example.tools] == ["Bash"]
    assert not drops


def test_tools_that_only_came_later_were_there_too() -> None:
    steps = [
        user(0, "hi"),
        agent(1, "Hello, how may I help you today?"),
        user(2, "run it"),
        calling(3),
        agent(4),
    ]
    (example,), _ = built(steps, reactions=(reaction(2, "continuation"),))

    assert not any(message.tool_calls for message in example.messages)
    assert example.tools
    assert "tools:inferred" in example.tags


def test_where_no_tool_was_seen_nothing_shows_that_none_was_needed() -> None:
    steps = [user(0), agent(1), user(2)]

    assert built(steps, reactions=(reaction(2, "continuation"),)) == ([], {})


@pytest.mark.parametrize(
    ("answer", "about", "reason"),
    [
        pytest.param("because the bounds are off by one", {}, "unjudged_answer", id="nobody reacted"),
        pytest.param(
            "because the bounds are off by one", {"reactions": (reaction(5, "rephrase"),)}, "unwanted_answer", id="asked again"
        ),
        pytest.param(
            "because the bounds are off by one", {"reactions": (reaction(5, "correction"),)}, "corrected_turn", id="corrected"
        ),
        pytest.param("<finish> I have done all that you asked for. </finish>",
                     {"reactions": GOES_ON}, "short_answer", id="a call in words"),
        pytest.param("Ok.", {"reactions": GOES_ON}, "short_answer", id="says nothing"),
        pytest.param("Like so:\n```\n" + "x = 1\n" * 300 + "```", {"reactions": GOES_ON}, "code_answer",
                     id="an edit in words"),
        pytest.param("Good question. Let me look at the code.", {"reactions": GOES_ON}, "announcement", id="announced"),
        pytest.param("This is how it is, due to the", {"reactions": GOES_ON}, "cut_answer", id="broken off"),
    ],
)  # fmt: skip
def test_an_answer_that_was_none_is_left_out(
    answer: str, about: dict[str, Any], reason: str
) -> None:
    steps = [*ASKED[:4], agent(4, answer), user(5, "go on")]

    assert built(steps, **about) == ([], {reason: 1})


def test_what_a_command_to_the_program_asks_for_is_left_out() -> None:
    steps = [
        *ASKED[:3],
        user(3, "/ask why?"),
        agent(4, "because the bounds are off by one"),
        user(5, "go on"),
    ]

    assert built(steps, reactions=GOES_ON) == ([], {"command_turn": 1})
