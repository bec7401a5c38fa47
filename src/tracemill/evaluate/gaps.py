"""Where a model fails beside what it was shown: which examples are missing most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from tracemill.evaluate.building import CONTEXT, TURN
from tracemill.records.models.evaluations import Evaluation
from tracemill.records.models.gaps import Gap

_TOOL = "tool:"
_INSTEAD = 3
_OF_NO_EXAMPLE = ("check:", CONTEXT, TURN)
"""Parts that no example to train on is counted by."""


def gaps(
    evaluation: Evaluation, examples: Mapping[str, int], sessions: Mapping[str, int]
) -> tuple[Gap, ...]:
    """Return every part of a suite, and every tool of recorded work that no case asks for.

    Args:
        evaluation: What the model did.
        examples: Examples to train on, by part: `tool:` and a tool, `answer`, or a tag.
        sessions: Sessions of recorded work, by the tools that they call.
    """
    asked = [
        Gap(
            part=score.name,
            n_cases=score.n,
            n_failed=score.n - score.passed,
            n_examples=examples.get(score.name, 0),
            n_sessions=_sessions(score.name, sessions),
            instead=dict(_instead(evaluation, score.name)),
        )
        for score in evaluation.slices
        if score.name != "all" and not score.name.startswith(_OF_NO_EXAMPLE)
    ]
    known = {gap.part for gap in asked}
    others = [
        Gap(
            part=part, n_cases=0, n_failed=0, n_examples=examples.get(part, 0),
            n_sessions=sessions[tool],
        )
        for tool in sessions
        if (part := f"{_TOOL}{tool}") not in known
    ]  # fmt: skip
    asked.sort(key=lambda gap: (-gap.n_failed, gap.n_examples, gap.part))
    others.sort(key=lambda gap: (-(gap.n_sessions or 0), gap.n_examples, gap.part))
    return (*asked, *others)


def _sessions(part: str, sessions: Mapping[str, int]) -> int | None:
    return sessions.get(part.removeprefix(_TOOL), 0) if part.startswith(_TOOL) else None


def _instead(evaluation: Evaluation, part: str) -> Iterator[tuple[str, int]]:
    """Yield what was done in place of a part, most often first."""
    found: Counter[str] = Counter()
    for confusion, n in evaluation.confusions.items():
        wanted, _, done = confusion.partition(" -> ")
        if part in (wanted, f"{_TOOL}{wanted}"):
            found[done] += n
    yield from found.most_common(_INSTEAD)
