from collections import Counter
from collections.abc import Sequence

from tests.curate.test_preference import ran
from tests.curate.test_recovery import recovery
from tests.trajectories import activity, agent, calling, episode, user, work
from tracemill.curate.builders.one_pass import make_examples
from tracemill.curate.windows.work import ChatConfig, Drop
from tracemill.records.datasets.examples import StepwiseExample
from tracemill.records.sessions.recoveries import Recovery
from tracemill.records.sessions.trajectory import Step


def built(
    steps: Sequence[Step], *recoveries: Recovery
) -> tuple[list[StepwiseExample], Counter[str]]:
    task = work(activity(recoveries=recoveries), len(steps), episode=episode("unknown", 0))
    made = list(make_examples(task, steps, ChatConfig(builders=("stepwise",))))
    drops: Counter[str] = Counter(one.reason for one in made if isinstance(one, Drop))
    return [one for one in made if isinstance(one, StepwiseExample)], drops


def judged(example: StepwiseExample) -> list[tuple[list[str], bool]]:
    return [
        ([str(m.tool_calls[0]["id"]) if m.tool_calls else m.role for m in messages], label)
        for messages, label in zip(example.completions, example.labels, strict=True)
    ]


CHECKED = [
    user(0), calling(1, "failed"), calling(2, "edited"), calling(3, "failed"), calling(4, "read"),
    calling(5, "edited"), calling(6, "passed"), agent(7),
]  # fmt: skip


def test_an_edit_after_which_the_check_still_fails_was_wrong() -> None:
    (example,), drops = built(CHECKED, recovery(1, 3, worked=6, edits=(2, 5)))

    assert judged(example) == [
        (["c2"], False),
        (["tool", "c3", "tool", "c4", "tool", "c5"], True),
        (["tool", "c6"], True),
    ]
    assert [message.role for message in example.prompt] == ["user", "assistant", "tool"]
    assert {"builder:stepwise", "failure:test"} <= set(example.tags)
    assert not drops


def test_an_attempt_that_failed_was_wrong_and_the_one_that_worked_right() -> None:
    steps = [user(0), agent(1, "look"), ran(2, "ls -q", "error"), ran(3, "ls", "ok")]
    (example,), _ = built(steps, recovery(2, worked=3, kind="command", change="arguments"))

    assert judged(example) == [(["c2"], False), (["tool", "c3"], True)]
    assert example.completions[0][0].content == "look"
    assert [message.content for message in example.prompt] == ["do it"]


def test_where_no_step_was_wrong_there_is_nothing_to_tell_apart() -> None:
    steps = [user(0), calling(1, "failed"), calling(2, "edited"), calling(3, "passed")]

    assert built(steps, recovery(1, worked=3, edits=(2,))) == ([], {"nothing_wrong": 1})


def test_what_later_worked_as_it_was_was_not_wrong() -> None:
    steps = [user(0), ran(1, "poll", "error"), ran(2, "start", "ok"), ran(3, "poll", "ok")]

    assert built(steps, recovery(1, worked=3, kind="command", change="none")) == (
        [],
        {"nothing_wrong": 1},
    )


def test_what_is_no_recovery_is_no_stepwise_example_either() -> None:
    steps = [user(0), ran(1, "ls -q", "error"), user(2, "use ls"), ran(3, "ls", "ok")]

    assert built(steps, recovery(1, worked=3, kind="command"))[1] == {"other_request": 1}
