"""Models at work: each task in a folder of its own, which is gone afterwards."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import msgspec

from tracemill.base.errors import DataError, UsageError
from tracemill.base.named_files import read_bytes
from tracemill.base.sandbox import Sandbox
from tracemill.evaluate.rollouts import attempt
from tracemill.llm import AskSettings, SubjectConfig, open_subject
from tracemill.records.models.evaluations import EndToEndTask, Rollout
from tracemill.records.refs import Count, Ratio, Record
from tracemill.stats import wilson


class AttemptResult(Record, frozen=True, kw_only=True):
    """What a model did on all tasks."""

    subject: str
    """What the model is called."""
    n: Count
    """Tasks."""
    passed: Count
    """Tasks whose check passed afterwards."""
    low: Ratio
    """Lower end of the 95 % interval of the share."""
    high: Ratio
    """Upper end."""
    ends: dict[str, Count]
    """How attempts ended, counted."""
    rollouts: tuple[Rollout, ...]
    """Each attempt."""


def read_tasks(file: Path) -> list[EndToEndTask]:
    """Return the tasks of a file of JSON Lines.

    Raises:
        NotFoundError: there is no such file.
        UsageError: the file cannot be read, or holds none.
        DataError: a line is no task.
    """
    lines = read_bytes(file, "tasks").splitlines()
    try:
        tasks = [msgspec.json.decode(line, type=EndToEndTask) for line in lines if line.strip()]
    except msgspec.DecodeError as error:
        raise DataError(f"{str(file)!r} holds a line that is no task: {error}") from error
    if not tasks:
        raise UsageError(f"expected a task a line in {str(file)!r}, found none")
    return tasks


def attempt_tasks(
    config: SubjectConfig,
    tasks: list[EndToEndTask],
    sandbox: Sandbox,
    settings: AskSettings,
    told: Callable[[int, int], None] = lambda _done, _all: None,
) -> AttemptResult:
    """Let a model try every task."""
    rollouts: list[Rollout] = []
    with open_subject(config) as subject:
        for task in tasks:
            with tempfile.TemporaryDirectory() as folder:
                rollouts.append(attempt(subject, task, sandbox, Path(folder), settings))
            told(len(rollouts), len(tasks))
        name = subject.name
    passed = sum(each.passed for each in rollouts)
    low, high = wilson(passed, len(rollouts))
    return AttemptResult(
        subject=name,
        n=len(rollouts),
        passed=passed,
        low=low,
        high=high,
        ends=dict(sorted(Counter(each.end for each in rollouts).items())),
        rollouts=tuple(rollouts),
    )
