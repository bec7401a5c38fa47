"""Real sessions: labels that were read by eye, and examples that hold what they promise."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sources.reading import FOREIGN, Found, read_file
from tests.trajectories import FOUND, episode
from tracemill.curate import BUILDERS
from tracemill.curate.builders import make_examples
from tracemill.curate.work import CHECKS, ChatConfig, Drop, Work
from tracemill.label.history import History
from tracemill.label.observe import observe
from tracemill.label.outcome import judge_episode
from tracemill.records.activity import Activity
from tracemill.records.examples import (
    Example,
    Message,
    PreferenceExample,
    PromptExample,
    StepwiseExample,
    UnpairedExample,
    messages_of,
)
from tracemill.records.trajectory import Step, Trajectory
from tracemill.sources import SOURCES
from tracemill.sources.protocol import Source

pytestmark = pytest.mark.foreign

FILES = [
    (name, path)
    for name, folder in (("claude-code", "claude_code"), ("codex", "codex"))
    for path in sorted((FOREIGN / "formats" / folder).rglob("*.jsonl"))
]

JUDGED = {
    "34b1e2a4": "achieved",  # refused once, then lint and tests pass
    "dbaea254": "partial",  # the hook refuses the commit: tests outside the work fail, lint passes
    "31b1be44": "achieved",  # committed after a detour
    "8ebc42a2": "partial",  # committed; what was asked for next was stopped
    "c010174c": "achieved",  # corrected, fixed, committed twice
    "4294a5e3": "partial",  # tests pass, stopped while committing
    "d563fb6b": "achieved",  # refused, corrected, lint and tests pass
    "2d14de52": "achieved",  # the person took changes back, the rest was committed
    "e304c70b": "achieved",  # tests only by a script that says nothing countable; lint passes
    "9265dc4e": "unknown",  # one edit, nothing checked
    "1c38adc0": "achieved",  # edited after the last tests; lint and build pass after it
    "019f1d64": "achieved",  # rebased, tests pass, amended
}
"""Sessions that were read by eye, by how their file names begin."""


def name_of(place: tuple[str, Path]) -> str:
    return str(place[1].relative_to(FOREIGN / "formats")) if place in FILES else "none"


@pytest.fixture(params=FILES or [("none", FOREIGN)], ids=name_of)
def found(request: pytest.FixtureRequest) -> Found:
    name, path = request.param
    if not FILES:
        pytest.skip(f"no real sessions under {FOREIGN}; set TRACEMILL_SHARED_DATA")
    return read(name, path)


def read(source_name: str, path: Path) -> Found:
    source: Source = SOURCES.load(source_name)()
    return read_file(source, path)


def observed(found: Found) -> Iterator[tuple[Trajectory, Activity]]:
    for header in found.headers:
        events = [event for event in found.events if event.trajectory_id == header.id]
        yield header, observe(header, found.steps_of(header), events)


@pytest.mark.parametrize(("start", "outcome"), JUDGED.items())
def test_a_session_is_judged_as_a_reader_judged_it(start: str, outcome: str) -> None:
    places = [(name, path) for name, path in FILES if path.stem.startswith(start)]
    if not places:
        pytest.skip(f"no real sessions under {FOREIGN}; set TRACEMILL_SHARED_DATA")
    found = read(*places[0])
    known = {header.id: (header, about) for header, about in observed(found)}
    mains = [header.id for header in found.headers if not header.is_subagent]
    headers = {one: header for one, (header, _) in known.items()}
    activities = {one: about for one, (_, about) in known.items()}

    assert judge_episode(mains, headers, activities, History((), ())).outcome == outcome


@pytest.mark.parametrize("max_chars", [6_000, 120_000])
def test_examples_of_real_sessions_hold_what_they_promise(found: Found, max_chars: int) -> None:
    config = ChatConfig(max_chars=max_chars, builders=tuple(BUILDERS.names()))
    for header, about in observed(found):
        steps = list(found.steps_of(header))
        work = Work(
            episode=episode(), trajectory=header, activity=about, input=FOUND, start_commit="abc"
        )
        may_train = said_by(steps, about)
        for made in make_examples(work, steps, config):
            if not isinstance(made, Drop):
                for messages in sides_of(made):
                    assert broken_promises(messages) == []
                assert learned(made) <= may_train


def sides_of(example: Example) -> Iterator[tuple[Message, ...]]:
    """Yield what a trainer reads, once for each way to go on."""
    match example:
        case PreferenceExample():
            yield (*example.prompt, *example.chosen)
            yield (*example.prompt, *example.rejected)
        case PromptExample():
            return
        case _:
            yield messages_of(example)


def learned(example: Example) -> set[str]:
    """Return the ids of the calls that an example wants to be imitated."""
    right = tuple(message for message in messages_of(example) if message.trained)
    if isinstance(example, PreferenceExample):
        right = example.chosen
    elif isinstance(example, UnpairedExample):
        right = example.completion if example.label else ()
    elif isinstance(example, StepwiseExample):
        judged = zip(example.completions, example.labels, strict=True)
        right = tuple(messages[-1] for messages, label in judged if label)
    return {str(call["id"]) for message in right for call in message.tool_calls}


def said_by(steps: list[Step], about: Activity) -> set[str]:
    """Return the ids of the calls of which nothing says that they must not be imitated."""
    fixed = {
        at
        for each in about.recoveries
        if each.kind in CHECKS and each.resolved_step is not None
        for at in each.attempts
    }
    failed = {at for each in about.recoveries for at in each.attempts} - fixed
    refused = {*about.rejected_steps, *about.interrupted_steps, *failed}
    own = (s for s in steps if s.speaker == "agent" and not s.is_replayed and not s.is_error)
    return {call.id for step in own if step.index not in refused for call in step.calls}


def broken_promises(messages: tuple[Message, ...]) -> list[str]:
    """Return what is wrong with the messages of an example."""
    roles = [message.role for message in messages[:2]]
    found = [] if "user" in roles[: 1 + (roles[0] == "system")] else ["begins without a prompt"]
    waiting: list[str] = []
    for message in messages:
        if message.role == "tool":
            if waiting[:1] != [message.tool_call_id]:
                found.append("an answer without its call")
            waiting = waiting[1:]
            continue
        if waiting:
            found.append("a call without its answer")
        waiting = [str(call["id"]) for call in message.tool_calls]
        if message.role == "assistant" and not (message.content or message.tool_calls):
            found.append("an empty message")
        if message.trained and message.role != "assistant":
            found.append("loss on what the agent did not say")
    if not any(message.trained for message in messages):
        found.append("nothing to imitate")
    return found + ["nothing is imitated at the end"] * (not messages[-1].trained)
