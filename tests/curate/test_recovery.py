from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from tests.trajectories import activity, agent, calling, episode, reaction, user, work
from tracemill.curate.builders import recovery as recovery_room
from tracemill.curate.builders.one_pass import make_examples, needs_steps
from tracemill.curate.windows.work import ChatConfig, Drop
from tracemill.records.datasets.examples import ChatExample
from tracemill.records.sessions.recoveries import Recovery
from tracemill.records.sessions.trajectory import Step


def recovery(*attempts: int, worked: int | None, **more: Any) -> Recovery:
    given: dict[str, Any] = {
        "kind": "test", "cause": "code", "change": "edit", "action": "pytest", "symptom": "", **more,
    }  # fmt: skip
    return Recovery(attempts=attempts, resolved_step=worked, **given)


ALONE = ChatConfig(builders=("recovery",))


def built(
    steps: Sequence[Step], *recoveries: Recovery, config: ChatConfig | None = None, **about: Any
) -> tuple[list[ChatExample], Counter[str]]:
    """Build from work that was not achieved, so that nothing else gives an example."""
    task = work(activity(recoveries=recoveries, **about), episode=episode("unknown", 0))
    alone = structs.replace(config or ALONE, builders=ALONE.builders)
    made = list(make_examples(task, steps, alone))
    reasons = (one.reason for one in made if isinstance(one, Drop))
    drops: Counter[str] = Counter(reasons)
    return [one for one in made if isinstance(one, ChatExample)], drops


def trained(example: ChatExample) -> list[object]:
    return [
        message.tool_calls[0]["id"] if message.tool_calls else message.content
        for message in example.messages
        if message.trained
    ]


STEPS = [
    user(0), calling(1, "1 failed"), calling(2, "edited"), calling(3, "1 failed"),
    calling(4, "edited"), calling(5, "1 passed"), agent(6, "done"),
]  # fmt: skip


def test_the_way_from_the_last_failure_to_what_worked_is_imitated() -> None:
    (example,), drops = built(STEPS, recovery(1, 3, worked=5))

    assert trained(example) == ["c4", "c5"]
    assert example.messages[-1].tool_calls[0]["id"] == "c5"
    assert example.builder == "recovery"
    assert {"builder:recovery", "failure:test", "cause:code"} <= set(example.tags)
    assert not drops


def test_steps_in_which_something_else_failed_are_context() -> None:
    other = recovery(4, worked=None, kind="edit")
    (example,), _ = built(STEPS, recovery(1, 3, worked=5), other)

    assert trained(example) == ["c5"]


@pytest.mark.parametrize(
    ("given", "about", "reason"),
    [
        pytest.param({}, {"rejected_steps": (4,)}, "unwanted_recovery", id="refused"),
        pytest.param({}, {"interrupted_steps": (6,)}, "unwanted_recovery", id="stopped later"),
        pytest.param({}, {"compacted_steps": (4,)}, "split_recovery", id="forgotten between"),
        pytest.param({"change": "none"}, {}, None, id="done by another call"),
    ],
)
def test_a_recovery_is_left_out_by_name(
    given: dict[str, Any], about: dict[str, Any], reason: str | None
) -> None:
    examples, drops = built(STEPS, recovery(1, 3, worked=5, **given), **about)

    assert drops == ({reason: 1} if reason else {})
    assert bool(examples) == (reason is None)


def test_what_worked_in_the_very_step_that_failed_shows_no_way() -> None:
    examples, drops = built(STEPS, recovery(1, 3, worked=3))

    assert drops == {"unwanted_recovery": 1}
    assert not examples


@pytest.mark.parametrize(
    ("kind", "cause", "change", "reason"),
    [
        ("test", "code", "none", "unexplained_recovery"),
        ("test", "code", "arguments", "unexplained_recovery"),
        ("command", "environment", "none", "environment_recovery"),
        ("command", "environment", "arguments", None),
    ],
)
def test_what_works_at_once_must_say_why(
    kind: Any, cause: Any, change: Any, reason: str | None
) -> None:
    steps = [user(0), calling(1, "no"), calling(2, "yes")]
    found = recovery(1, worked=2, kind=kind, cause=cause, change=change)

    assert built(steps, found)[1] == ({reason: 1} if reason else {})


@pytest.mark.parametrize(
    ("written", "is_silenced"),
    [
        ({"old_string": "return a", "new_string": "t.Skip()\nreturn a"}, True),
        ({"old_string": "a = b", "new_string": "a = b  # type: ignore"}, True),
        ({"new_string": "return b  //nolint:gosec"}, True),
        ({"old_string": "//nolint:gosec\na", "new_string": "//nolint:gosec\nb"}, False),
        ({"old_string": "@pytest.mark.skip", "new_string": ""}, False),
        ({"old_string": "return a", "new_string": "return b"}, False),
    ],
)
def test_a_check_that_was_told_to_look_away_teaches_nothing(
    written: dict[str, str], is_silenced: bool
) -> None:
    shown = f"1 failed\n{written.get('old_string')}"
    steps = [user(0), calling(1, shown), calling(2, "edited", **written), calling(3, "passed")]
    check, edit = recovery(1, worked=3), recovery(1, worked=3, kind="edit")

    assert built(steps, check)[1] == ({"silenced_check": 1} if is_silenced else {})
    assert built(steps, edit)[1] == {}


def test_what_a_person_asked_for_in_between_explains_an_edit_but_not_a_check() -> None:
    steps = [user(0), calling(1, "no"), user(2, "try b"), calling(3, "edited"), calling(4, "yes")]
    check, edit = recovery(1, worked=4), recovery(1, worked=4, kind="edit")

    assert built(steps, check)[1] == {}
    assert built(steps, edit)[1] == {"other_request": 1}


def test_of_two_recoveries_on_one_way_the_longer_is_kept() -> None:
    inner, outer = recovery(3, worked=5), recovery(1, worked=6)
    steps = [*STEPS[:6], calling(6, "all passed")]
    examples, drops = built(steps, outer, inner)

    assert [trained(example)[-1] for example in examples] == ["c6"]
    assert drops == {"nested_recovery": 1}


def test_a_long_way_is_another_story() -> None:
    config = ChatConfig(max_recovery_steps=1)

    assert built(STEPS, recovery(1, 3, worked=5), config=config)[1] == {"long_recovery": 1}


def test_a_correction_of_the_turn_takes_its_recovery_away() -> None:
    steps = [*STEPS, user(7, "no, b")]
    told = (reaction(7, "correction"),)

    _, drops = built(steps, recovery(1, 3, worked=5), reactions=told)
    assert drops["unwanted_recovery"] == 1


def test_only_work_that_may_give_examples_is_read() -> None:
    def is_read(**about: Any) -> bool:
        return needs_steps(work(activity(**about), episode=episode("failed")), ChatConfig())

    assert not is_read()
    assert not is_read(recoveries=(recovery(1, worked=None),))
    assert is_read(recoveries=(recovery(1, worked=2),))
    assert is_read(rejected_steps=(1,))
    assert needs_steps(work(), ChatConfig())


SILENCING = [
    "t.Skip", "pytest.mark.xfail", "pytest.skip", "unittest.skip", "this.skip(", "#[ignore", "it.skip",
    "xit(", f"x{'describe'}(", "@Disabled", "@Ignore", "SKIP_SLOW_TESTS", "skipping slow tests", "nolint",
    "# noqa", "type: ignore", "ts-nocheck", "eslint-disable", "biome-ignore", "rubocop:disable",
    "allow(clippy", "allow(unused", "\u017fkip tests", "no test", "return a",
]  # fmt: skip


@given(st.lists(st.sampled_from(SILENCING) | st.text(max_size=6), max_size=5).map(" ".join))
def test_words_that_are_looked_for_first_miss_nothing(text: str) -> None:
    for written in (text, text.upper(), text.title()):
        found = recovery_room._SILENCING.findall(written)

        assert recovery_room._n_silencing(written) == len(found)
