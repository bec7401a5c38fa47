"""What a session used is told by what its log marks, and by nothing else."""

from typing import Any

import pytest

from tests.trajectories import agent, step, user
from tracemill.label.activity.used_texts import UsedTexts
from tracemill.records.sessions.activity import UsedKind
from tracemill.records.sessions.trajectory import Step, ToolCall


def used(*steps: Step) -> list[tuple[UsedKind, str, int]]:
    seen = UsedTexts()
    for each in steps:
        seen.see(each)
    return [(each.kind, each.name, each.step) for each in seen.finish()]


def called(index: int, tool: str, /, **arguments: Any) -> Step:
    return agent(index, "", calls=(ToolCall(id=f"c{index}", name=tool, arguments=arguments),))


@pytest.mark.parametrize(
    ("by", "found"),
    [
        pytest.param(step(3, "system", "<command-name>/tidy</command-name>"),
                     ("command", "tidy"), id="a slash"),
        pytest.param(step(3, "user", "<command-name>/team:tidy</command-name> all"),
                     ("command", "tidy"), id="of a plug-in"),
        pytest.param(called(3, "Skill", skill="diary"), ("command", "diary"), id="a skill"),
        pytest.param(called(3, "skill", name="diary"), ("command", "diary"), id="small letters"),
        pytest.param(called(3, "SlashCommand", command="/tidy src"), ("command", "tidy"), id="tool"),
        pytest.param(called(3, "Task", subagent_type="critic", prompt="look"), ("agent", "critic"),
                     id="a subagent"),
    ],
)  # fmt: skip
def test_what_a_log_marks_was_used(by: Step, found: tuple[UsedKind, str]) -> None:
    assert used(user(0), by, user(4)) == [(*found, 3)]


def test_what_is_used_twice_is_told_where_it_was_first() -> None:
    steps = [called(at, "Skill", skill="diary") for at in (1, 5)]
    assert used(*steps, called(6, "Task", subagent_type="diary")) == [
        ("command", "diary", 1), ("agent", "diary", 6),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [
        agent(1, "A log marks it as <command-name>/tidy</command-name>."),
        called(1, "Bash", command="tidy"),
        called(1, "Skill", skill=["diary"]),
        called(1, "Task", prompt="look"),
        called(1, "Skill", skill=" "),
        called(1, "Skill", skill="x" * 201),
    ],
)
def test_words_and_other_calls_use_nothing(said: Step) -> None:
    assert used(said) == []


def test_no_more_than_a_hundred_are_kept() -> None:
    assert len(used(*(called(at, "Skill", skill=f"s{at}") for at in range(120)))) == 100
