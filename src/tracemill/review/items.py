"""What a reviewer sees of an episode, an example, an event or a step: what was recorded, in small.

Nothing that a rule concluded is shown: no outcome, no score, no sureness, and not why the item
waits. What a check printed and what a person asked for is record, and is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec.structs import replace

from tracemill.base.text import beginning, counted, one_line, start_of
from tracemill.records.canonical import canonical_json
from tracemill.records.datasets.examples import (
    ChatExample,
    Example,
    Message,
    PreferenceExample,
    PromptExample,
    StepwiseExample,
    UnpairedExample,
)
from tracemill.records.events.event import Commit
from tracemill.records.events.reviews import ItemPart, ReviewItem
from tracemill.records.refs import Ref
from tracemill.records.sessions.activity import Activity, CheckRun
from tracemill.records.sessions.printed import printed
from tracemill.records.sessions.recoveries import Recovery
from tracemill.records.sessions.trajectory import Step
from tracemill.records.work.episodes import Episode
from tracemill.review.verdict import basis_of, basis_of_step

_WIDTH: Final = 160
_MOST: Final = 12
_GOAL_CHARS: Final = 2_000
_ENDINGS: Final = {
    "agent": "the agent spoke last",
    "user": "a person spoke last",
    "open_call": "a call never came back",
    "interruption": "a person stopped the agent",
    "error": "the agent's program failed",
}


def episode_item(
    episode: Episode, activities: Sequence[Activity], commits: Iterable[Commit]
) -> ReviewItem:
    """Return what is shown of an episode."""
    n_steps = sum(activity.n_steps for activity in activities)
    sessions = counted(len(episode.session_ids), "session")
    kind = "work" if episode.kind == "unknown" else episode.kind
    return ReviewItem(
        id=episode.id,
        subject=Ref(kind="episode", id=episode.id),
        title=f"{kind} in {sessions}, {counted(n_steps, 'step')}",
        parts=tuple(_parts(episode, activities, commits)),
        look=f"tracemill review show {episode.id}",
        basis=basis_of(episode),
        session_ids=episode.session_ids,
    )


def example_item(name: str, kind: str, episode: Episode | None) -> ReviewItem:
    """Return what is shown of an example."""
    goal = start_of(episode.goal, _GOAL_CHARS) if episode else ""
    parts = (ItemPart(name="Made of", lines=(episode.id,)),) if episode else ()
    asked = (ItemPart(name="Asked for", lines=(goal,)),) if goal else ()
    return ReviewItem(
        id=name,
        subject=Ref(kind="example", id=name),
        title=f"example of {kind}",
        parts=parts + asked,
        look=f"tracemill explain {name}",
        session_ids=episode.session_ids if episode else (),
    )


def with_messages(item: ReviewItem, example: Example) -> ReviewItem:
    """Return what is shown of an example, with what it says: nobody can judge it unseen."""
    return replace(item, parts=(*item.parts, *_example_parts(example)))


def _example_parts(example: Example) -> Iterator[ItemPart]:
    match example:
        case ChatExample():
            yield _said("Says", example.messages)
            n_learned = sum(message.trained for message in example.messages)
            yield ItemPart(name="Learned", lines=(f"{n_learned} of {len(example.messages)}",))
        case PreferenceExample():
            yield _said("Before", example.prompt)
            yield _said("Better", example.chosen)
            yield _said("Worse", example.rejected)
        case UnpairedExample():
            yield _said("Before", example.prompt)
            yield _said("Right" if example.label else "Wrong", example.completion)
        case StepwiseExample():
            yield _said("Before", example.prompt)
            for step, is_right in zip(example.completions, example.labels, strict=True):
                yield _said("Right step" if is_right else "Wrong step", step)
        case PromptExample():
            yield _said("Asks", example.prompt)
            yield ItemPart(name="Decided by", lines=(beginning(example.verifier.command, _WIDTH),))


def _said(name: str, messages: Iterable[Message]) -> ItemPart:
    return ItemPart(name=name, lines=tuple(_shortened([_line(each) for each in messages])))


def _line(message: Message) -> str:
    """Return who speaks, what is called with what, and how the text begins."""
    calls = [_call(call["function"]) for call in message.tool_calls]
    said = printed(message.content) if message.role == "tool" else message.content
    return " ".join((f"{message.role}:", *calls, beginning(said, _WIDTH))).rstrip()


def _call(function: Mapping[str, Any]) -> str:
    given = function["arguments"]
    text = given if isinstance(given, str) else canonical_json(given).decode()
    return f"→ {function['name']} {beginning(text, _WIDTH // 2)}"


def step_item(step: Step, session_id: str) -> ReviewItem:
    """Return what is shown of one step of a session."""
    subject = Ref(kind="trajectory", id=step.trajectory_id, step=step.index)
    calls = [f"{call.name} {canonical_json(call.arguments).decode()}" for call in step.calls]
    told = {"Said": [step.text] if step.text else [], "Called": calls}
    return ReviewItem(
        id=subject.name,
        subject=subject,
        title=f"step {step.index} by the {step.speaker}",
        parts=tuple(
            ItemPart(
                name=name, lines=tuple(start_of(line, _GOAL_CHARS) for line in _shortened(lines))
            )
            for name, lines in told.items()
            if lines
        ),
        look=f"tracemill session show {step.trajectory_id}",
        basis=basis_of_step(step),
        session_ids=(session_id,),
    )


def event_item(name: str, title: str, said: Iterable[tuple[str, str | None]]) -> ReviewItem:
    """Return what is shown of an event of a team's process: what it says of itself."""
    parts = [
        ItemPart(name=key, lines=(start_of(value, _GOAL_CHARS),)) for key, value in said if value
    ]
    return ReviewItem(
        id=name,
        subject=Ref(kind="event", id=name),
        title=title,
        parts=tuple(parts),
        look=f"tracemill review show {name}",
    )


def _parts(
    episode: Episode, activities: Sequence[Activity], commits: Iterable[Commit]
) -> Iterator[ItemPart]:
    found = {
        "Asked for": [start_of(episode.goal, _GOAL_CHARS)] if episode.goal else [],
        "Files": sorted({path for one in activities for path in one.files_edited}),
        "Checks": [_check(run) for one in activities for run in one.checks],
        "Failures": [_failure(each) for one in activities for each in one.recoveries],
        "Commits": [f"{c.sha[:12]} {one_line(c.subject, _WIDTH)}" for c in commits],
        "Ended": [_ENDINGS[one.ending] for one in activities if one.ending in _ENDINGS][-1:],
    }
    for name, lines in found.items():
        if lines:
            yield ItemPart(name=name, lines=tuple(_shortened(lines)))


def _shortened(lines: Sequence[str]) -> Iterator[str]:
    """Yield the first lines and the last; a long list says how many it leaves out."""
    if len(lines) <= _MOST:
        yield from lines
        return
    half = _MOST // 2
    yield from lines[:half]
    yield f"… {len(lines) - 2 * half:,} more"
    yield from lines[-half:]


def _check(run: CheckRun) -> str:
    verdict = "did not tell" if run.passed is None else "passed" if run.passed else "failed"
    return f"{run.check} {verdict} at step {run.step}"


def _failure(recovery: Recovery) -> str:
    ended = "never worked"
    if recovery.resolved_step is not None:
        ended = f"worked at step {recovery.resolved_step}"
    said = beginning(f"{recovery.action}: {recovery.symptom}", _WIDTH)
    return f"{said}; failed {counted(len(recovery.attempts), 'time')}, {ended}"
