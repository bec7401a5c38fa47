"""Which drafts are to be made: parts take turns by their targets, so any number is balanced."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence

from tracemill.base.ids import digest
from tracemill.records.synth.generation import GenerationRun
from tracemill.synth.generation.drafting import Job
from tracemill.synth.generation.fragments import Fragment
from tracemill.synth.taxonomy import Part


def make_jobs(
    run: GenerationRun,
    parts: Sequence[Part],
    n_jobs: int,
    found: Sequence[Fragment],
    most: Mapping[str, int],
) -> list[Job]:
    """Return jobs of a run; the first of more jobs are those of fewer.

    Of a part there are no more than `most` says.
    """
    taken: Counter[str] = Counter()
    made: list[Job] = []
    for _ in range(n_jobs):
        open_parts = [p for p in parts if taken[p.name] < most.get(p.name, 0)]
        if not open_parts:
            break
        part = max(open_parts, key=lambda p: (p.target / (taken[p.name] + 1), p.name))
        made.append(_job(run, part.name, taken[part.name], found))
        taken[part.name] += 1
    return made


def _job(run: GenerationRun, part: str, number: int, found: Sequence[Fragment]) -> Job:
    name = digest(run.id, part, str(number))
    if not found:
        return Job(name, part)
    drawn = random.Random(f"{run.seed} {part} {number}")  # noqa: S311 - no secret
    return Job(name, part, drawn.choice(found))
