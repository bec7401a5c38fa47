"""What drafts of a model come to: the ladder over them, and the examples that are kept."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from tracemill.base.ids import digest, make_id
from tracemill.curate.selecting.rows import training_row
from tracemill.flows.datasets.made_up import MADE, read_made
from tracemill.flows.synthesis.verifying import verify_rows
from tracemill.llm.judging import AskJudge
from tracemill.records.canonical import canonical_json, row_lines
from tracemill.records.datasets.examples import ChatExample, Lineage
from tracemill.records.refs import Span
from tracemill.records.synth.generation import Draft, GenerationReport, GenerationRun, RungYield
from tracemill.records.synth.made_up import SyntheticExample, TaskGraph
from tracemill.records.synth.verification import VerifiedRow
from tracemill.store.workspace import Workspace, write_whole
from tracemill.synth.generation.asking import Tool
from tracemill.synth.outside import chat_example, outcomes
from tracemill.synth.taxonomy import load_taxonomy
from tracemill.synth.verification import SEEN
from tracemill.synth.verification.diversity import template

_EXAMPLES: Final = "examples-model.jsonl"


class Came(NamedTuple):
    """What a run has brought so far."""

    folder: Path
    run: GenerationRun
    jobs: Sequence[str]
    """Drafts that are wanted now."""
    drafts: Sequence[Draft]
    """Drafts that were made, in whatever run."""
    tools: Sequence[Tool]
    project: str
    """What calls were carried out on."""


def sum_up(
    workspace: Workspace, came: Came, real: Sequence[ChatExample], ask: AskJudge | None
) -> GenerationReport:
    """Put all drafts of a run on the ladder, keep what is not rejected, and say what came of it."""
    run, wanted = came.run, set(came.jobs)
    done = [each for each in came.drafts if each.job in wanted]
    lineages = {each.id: each.lineage for each in real}
    told = [each for each in done if each.fault is None and not _is_seed_gone(each, lineages)]
    examples = [_example(run, each, lineages, came.tools) for each in told]
    rows = [
        msgspec.structs.replace(training_row(example), file=run.id, line=number)
        for number, example in enumerate(examples, 1)
    ]
    known = [training_row(each) for each in real]
    known += [training_row(each.example) for each in _made_elsewhere(workspace, came.folder)]
    ran = dict.fromkeys((row.digest for row in rows), SEEN)
    report = verify_rows(rows, known, ran=ran, ask=ask)
    kept: dict[str, SyntheticExample] = {}
    for each, example, row in zip(told, examples, report.rows, strict=True):
        if row.standing != "rejected":
            kept.setdefault(example.id, _made(run, each, example, row, came.project))
    data = row_lines(kept.values())
    write_whole(came.folder / _EXAMPLES, data)
    faults = Counter(each.fault or "seed_gone" for each in done if each not in told)
    return GenerationReport(
        run=run,
        folder=str(came.folder),
        n_jobs=len(came.jobs),
        n_done=len(done),
        faults=dict(sorted(faults.items())),
        n_drafts=len(told),
        rungs=tuple(
            RungYield(
                rung=rung.rung, n_passed=rung.n_passed, n_failed=rung.n_failed,
                n_unknown=rung.n_unknown, n_standing=rung.n_standing,
            )
            for rung in report.rungs
        ),
        objections=dict(sorted(Counter(filter(None, map(_objection, report.rows))).items())),
        standings=report.standings,
        n_kept=len(kept),
        kept_share=len(kept) / len(done) if done else None,
    )  # fmt: skip


def _is_seed_gone(draft: Draft, lineages: Mapping[str, tuple[Lineage, ...]]) -> bool:
    """Tell whether the real example behind a draft was erased since."""
    return draft.seed_example is not None and draft.seed_example not in lineages


def _example(
    run: GenerationRun,
    draft: Draft,
    lineages: Mapping[str, tuple[Lineage, ...]],
    tools: Sequence[Tool],
) -> ChatExample:
    """Return a draft as an example: it goes when the real work goes that it started from."""
    lineage = lineages[draft.seed_example] if draft.seed_example else (_origin(run, draft),)
    tags = (f"category:{run.category}", f"generator:{run.definition}")
    return chat_example(draft.messages, [dict(each) for each in tools], lineage, tags)


def _origin(run: GenerationRun, draft: Draft) -> Lineage:
    data = canonical_json(draft)
    return Lineage(
        episode_id=make_id("episode", run.id, draft.job),
        trajectory_id=make_id("trajectory", run.id, draft.job),
        first_step=0,
        last_step=len(draft.messages) - 1,
        input_id=make_id("input", run.id),
        uri=f"{run.id}/{draft.job}",
        content=hashlib.sha256(data).hexdigest(),
        span=Span(start=0, end=len(data)),
    )


def _made_elsewhere(workspace: Workspace, folder: Path) -> list[SyntheticExample]:
    return [
        each
        for path in sorted(workspace.synth.glob(MADE))
        if path.parent != folder
        for each in read_made(path)
    ]


def _made(
    run: GenerationRun, draft: Draft, example: ChatExample, row: VerifiedRow, project: str
) -> SyntheticExample:
    return SyntheticExample(
        id=example.id,
        example=example,
        category=run.category,
        part=draft.part,
        personas=load_taxonomy().part(run.category, draft.part).shows,
        generator=run.definition,
        generator_version=run.version,
        template=digest(template(training_row(example))),
        graph=TaskGraph(name="model", project=project if draft.steps else None, steps=draft.steps),
        execution="executed" if draft.steps else "no_calls",
        checks=outcomes(row),
    )


def _objection(row: VerifiedRow) -> str | None:
    return next((each.check for each in row.judgements if each.verdict == "fail"), None)
