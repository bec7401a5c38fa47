"""What holds for every builder, whoever wrote it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.curate.laws import broken_promises, calls_of, learned, may_imitate, sides_of, wanted
from tests.curate.test_recovery import recovery
from tests.trajectories import activity, agent, calling, episode, reaction, step, user, work
from tracemill.base.errors import UnknownNameError
from tracemill.curate import BUILDERS
from tracemill.curate.builders.one_pass import make_examples, needs_steps
from tracemill.curate.windows.work import ChatConfig, Drop
from tracemill.records.datasets.recipes import DEFAULT_BUILDERS
from tracemill.records.sessions.activity import Activity, CheckRun
from tracemill.records.sessions.trajectory import Step, ToolCall, ToolResult


@pytest.mark.parametrize("name", list(BUILDERS.names()))
def test_a_builder_is_called_as_it_is_registered(name: str) -> None:
    assert BUILDERS.load(name).name == name


def test_builders_that_a_dataset_gets_unasked_are_known() -> None:
    assert set(DEFAULT_BUILDERS) <= set(BUILDERS.names())


def test_only_builders_that_were_asked_for_take_part() -> None:
    config = ChatConfig(builders=("recovery",))

    assert not needs_steps(work(), config)
    assert list(make_examples(work(), [user(0), agent(1)], config)) == []


def test_an_unknown_builder_is_named() -> None:
    with pytest.raises(UnknownNameError, match="nosuch"):
        list(make_examples(work(), [], ChatConfig(builders=("nosuch",))))


def test_a_reason_against_a_whole_trajectory_is_counted_once() -> None:
    config = ChatConfig(builders=("session", "session"))
    made = list(make_examples(work(episode=episode("failed")), [user(0), agent(1)], config))

    assert [one.reason for one in made if isinstance(one, Drop)] == ["outcome_failed"]


KINDS = (
    "user", "user", "words", "words", "call", "call", "edit", "edit", "failed", "failed",
    "refused", "open", "copied", "error", "injected",
)  # fmt: skip


def made_up(index: int, kind: str) -> Step:
    """Return a step whose text and calls nothing else has."""
    said = f"step {index}"
    bare: dict[str, Step] = {
        "user": user(index, said),
        "words": agent(index, said),
        "copied": agent(index, said, is_replayed=True),
        "error": agent(index, said, is_error=True),
        "injected": step(index, "system", said),
        "open": calling(index, None),
    }
    if kind in bare:
        return bare[kind]
    status: Any = {"failed": "error", "refused": "rejected"}.get(kind, "ok")
    given = {"path": "a.py", "content": said} if kind == "edit" else {"command": f"run {index}"}
    call = ToolCall(id=f"c{index}", name="Edit" if kind == "edit" else "Bash", arguments=given)
    result = ToolResult(call_id=call.id, content=f"result {index}", status=status)
    return agent(index, said, calls=(call,), results=(result,))


@st.composite
def sessions(draw: st.DrawFn) -> tuple[list[Step], Activity]:
    """Draw a session and what was observed of it, also what no observer would say."""
    kinds = ["user", *draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=14))]
    steps = [made_up(index, kind) for index, kind in enumerate(kinds)]
    at = st.integers(0, len(steps) - 1)
    acting = [index for index, step in enumerate(steps) if step.calls]
    tried = st.sampled_from(acting) if acting else st.nothing()
    recoveries = st.builds(
        lambda first, second, worked, kind, change: recovery(
            *sorted({first, second}),
            worked=None if worked is None else max(first, second) + worked,
            kind=kind, change=change, edits=(second,),
        ),
        tried, tried, st.none() | st.integers(1, 4), st.sampled_from(["test", "edit", "command"]),
        st.sampled_from(["edit", "arguments", "none"]),
    )  # fmt: skip
    heard = st.builds(
        reaction, at, st.sampled_from(["acceptance", "correction", "rejection", "rephrase"])
    )
    return steps, activity(
        n_calls=len(calls_of(steps)),
        n_user_steps=kinds.count("user"),
        files_edited=("a.py",),
        checks=tuple(CheckRun(step=i, check="test", passed=True) for i in draw(st.sets(at))),
        recoveries=tuple(draw(st.lists(recoveries, max_size=3))),
        reactions=tuple(draw(st.lists(heard, max_size=3))),
        rejected_steps=tuple(i for i, kind in enumerate(kinds) if kind == "refused"),
        interrupted_steps=tuple(draw(st.just(()) | st.tuples(at))),
        compacted_steps=tuple(draw(st.just(()) | st.tuples(at))),
    )


@given(sessions(), st.integers(60, 2_000))
def test_nothing_is_imitated_that_must_not_be_and_no_call_is_cut_from_its_answer(
    session: tuple[list[Step], Activity], max_chars: int
) -> None:
    steps, about = session
    task = work(about, len(steps), start_commit="abc")
    config = ChatConfig(builders=tuple(BUILDERS.names()), max_chars=max_chars)
    allowed = may_imitate(steps, about)
    words = {step.text for step in allowed}

    for made in make_examples(task, steps, config):
        if isinstance(made, Drop):
            continue
        assert learned(made) <= calls_of(allowed)
        assert {part for m in wanted(made) for part in m.content.split("\n\n") if part} <= words
        assert all(broken_promises(messages) == [] for messages in sides_of(made))
        assert made.lineage[0].last_step < len(steps)
