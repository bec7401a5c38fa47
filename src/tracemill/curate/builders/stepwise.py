"""Stepwise supervision: the steps from a failure to what worked, and which of them were right.

The log itself judges a step:

- an attempt that failed was wrong, unless it was a check: to run one that fails is no mistake; nor
  is what later worked just as it was;
- an edit between two runs of a check that both failed was not enough, so it was wrong;
- the edits before the run that passed were right, and so was the attempt that worked.

Of any other step, such as a look at a file, nothing tells; it stands before the next one that is
judged. Edits that somebody may have made useless later, by an undo or a rewrite, are not told from
others: what is known is that with them the check passed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from tracemill.base.ids import make_id
from tracemill.curate.builders.recovery import Overcome, fit_recoveries
from tracemill.curate.builders.sides import start_of_reply
from tracemill.curate.windows.tools import infer_tools
from tracemill.curate.windows.work import (
    CHECKS,
    Configured,
    Drop,
    Window,
    Work,
)
from tracemill.records.canonical import canonical_json
from tracemill.records.datasets.examples import Message, StepwiseExample
from tracemill.render.messages import UnansweredCallError, is_trained


class StepwiseBuilder(Configured):
    """Makes one example of each failure that was overcome, where some step of it was wrong."""

    name: ClassVar[str] = "stepwise"

    def refusal(self, work: Work) -> None:
        """Refuse nothing: the log itself judges the steps, whatever became of the work."""

    def has_material(self, work: Work) -> bool:
        """Tell whether a failure was overcome."""
        return any(each.resolved_step is not None for each in work.activity.recoveries)

    def build(self, work: Work, window: Window) -> Iterator[StepwiseExample | Drop]:
        """Yield the examples of the recoveries that begin in a window, and those left out."""
        for found in fit_recoveries(work, window, self.config):
            if isinstance(found, Drop):
                yield found
                continue
            try:
                yield _example(work, window, found)
            except UnansweredCallError as error:
                yield work.drop("unanswered_call", error.step, found.worked)


def _example(work: Work, window: Window, found: Overcome) -> StepwiseExample | Drop:
    labels = _labels(work, window, found)
    if all(labels.values()):
        return work.drop("nothing_wrong", found.recovery.attempts[0], found.worked)
    places = {step.index: at for at, step in enumerate(window.steps)}
    judged = {
        window.steps[at].index
        for index in labels
        for at in range(start_of_reply(window.steps, places[index]), places[index] + 1)
    }
    context = {step.index for step in window.steps} - judged
    messages: list[Message] = []
    completions: list[tuple[Message, ...]] = []
    for index in labels:
        place = places[index]
        until = work.messages(window.steps[: place + 1], context)
        until = until[: len(until) - len(window.steps[place].calls)]
        begin = len(messages) if completions else len(until) - 1
        completions.append(tuple(until[begin:]))
        messages = until
    prompt = messages[: len(messages) - sum(map(len, completions))]
    tools = infer_tools(messages, work.trajectory.agent)
    right = tuple(labels.values())
    told = (f"cause:{found.recovery.cause}", f"failure:{found.recovery.kind}")
    return StepwiseExample(
        id=make_id("example", *map(canonical_json, (messages, right, tools))),
        builder="recovery",
        prompt=tuple(prompt),
        completions=tuple(completions),
        labels=right,
        tools=tools,
        lineage=work.lineage(window.steps[: places[found.worked] + 1]),
        tags=work.tags("stepwise", messages, tools, *told),
    )


def _labels(work: Work, window: Window, found: Overcome) -> dict[int, bool]:
    """Return for each step of which it is known whether it was right, in their order."""
    recovery, worked = found
    first, last = recovery.attempts[0], recovery.attempts[-1]
    failed = {
        at
        for other in (recovery, *work.activity.recoveries)
        if other.kind not in CHECKS and other.change != "none"
        for at in other.attempts
    }
    labels: dict[int, bool] = {}
    for step in window.steps:
        if not (first <= step.index <= worked and is_trained(step) and step.calls):
            continue
        if step.index == worked:
            labels[step.index] = True
        elif step.index in failed:
            labels[step.index] = False
        elif recovery.kind in CHECKS and step.index in recovery.edits:
            labels[step.index] = step.index > last
    return labels
