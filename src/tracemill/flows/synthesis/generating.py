"""A model follows a definition: jobs in parallel, within limits, going on where a run was ended.

All that is asked and answered is kept beside the drafts, redacted. What the drafts come to is said
rung by rung, however little it is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from tracemill.base.errors import UsageError
from tracemill.base.ids import make_id
from tracemill.flows.datasets.made_up import plan_synthesis, real_examples
from tracemill.flows.ingest.redactors import own_redactor
from tracemill.flows.synthesis.generated import Came, sum_up
from tracemill.flows.synthesis.journal import Journal
from tracemill.llm import AskSettings, Subject, SubjectConfig, SubjectError, open_subject
from tracemill.llm.judging import AskJudge
from tracemill.records.canonical import canonical_json
from tracemill.records.datasets.examples import ChatExample, Message
from tracemill.records.synth.generation import (
    Draft,
    GenerationReport,
    GenerationRun,
    ModelExchange,
    Purpose,
)
from tracemill.records.synth.generators import GeneratorDefinition
from tracemill.store.workspace import Workspace, write_whole
from tracemill.synth import SYNTH_VERSION
from tracemill.synth.definitions import find_definition
from tracemill.synth.generation import Job, Meter, SpendingLimit, SpentError, Workbench, draft
from tracemill.synth.generation.asking import Tool, WantedCall
from tracemill.synth.generation.drafting import Ran, Said
from tracemill.synth.generation.fragments import fragments
from tracemill.synth.generation.jobs import make_jobs
from tracemill.synth.taxonomy import load_taxonomy

_MOST_FAILURES: Final = 3
"""Jobs in a row that the model could not be asked for, from which on nobody is asked any more."""


class Workshop(NamedTuple):
    """Where calls of drafts are carried out."""

    tools: Sequence[Tool]
    """The tools, as a model is told of them."""
    project: str
    """The project that they work on."""
    open: Callable[[], AbstractContextManager[Workbench]] | None
    """Gives a bench over a fresh copy of it; None where nothing may be run, so that drafts end at
    their first call."""


class Generation(NamedTuple):
    """What is asked of a generator."""

    definition: str
    """What it is told: a name, a category, or the path of a file."""
    n_jobs: int
    """Drafts that are wanted."""
    settings: AskSettings
    """How answers are drawn; each job has a seed of its own."""
    workshop: Workshop
    """Where calls are carried out."""
    spending: SpendingLimit = SpendingLimit()
    """What may be spent, in this run and before."""
    workers: int = 1
    """Jobs at a time."""


Told = Callable[[int, int], None]
"""Is told how many jobs of how many are done."""


def generate(
    workspace: Workspace,
    config: SubjectConfig,
    wanted: Generation,
    *,
    clock: Callable[[], datetime],
    ask: AskJudge | None = None,
    told: Told = lambda _done, _all: None,
) -> GenerationReport:
    """Ask a model for drafts of what is missing, and keep those that hold.

    Raises:
        UsageError: there is no such definition, it fills no category, or a limit lacks its price.
        SubjectError: the model cannot be opened.
    """
    told_to = find_definition(wanted.definition)
    run = _run(told_to, config, wanted)
    _require_prices(wanted.spending)
    workspace.create()
    folder = workspace.synth / f"{run.category}-{run.id[-8:]}"
    journal = Journal(folder, own_redactor(workspace).redactor)
    write_whole(folder / "run.json", msgspec.json.format(canonical_json(run)))
    real = [each for each in real_examples(workspace) if isinstance(each, ChatExample)]
    before = {each.job: each for each in journal.drafts()}
    jobs = _jobs(workspace, run, wanted, real, before)
    meter = Meter(wanted.spending, time.monotonic, time.sleep)
    for each in journal.exchanges():
        meter.add_before(each.n_prompt_tokens, each.n_answer_tokens, each.seconds)
    shift = _Shift(told_to, wanted, journal, meter, clock)
    with open_subject(config) as subject:
        ended = shift.work(subject, [job for job in jobs if job.id not in before], told)
    shop = wanted.workshop
    came = Came(
        folder=folder,
        run=run,
        jobs=[job.id for job in jobs],
        drafts=journal.drafts(),
        tools=shop.tools,
        project=shop.project,
    )
    report = sum_up(workspace, came, real, ask)
    report = msgspec.structs.replace(
        report,
        n_before=sum(job.id in before for job in jobs),
        n_failed=ended.n_failed,
        stopped_by=ended.stopped_by,
        n_requests=meter.n_requests,
        n_prompt_tokens=meter.n_prompt_tokens,
        n_answer_tokens=meter.n_answer_tokens,
        seconds=meter.seconds,
        cost_usd=meter.cost_usd,
    )
    write_whole(folder / "report.json", msgspec.json.format(canonical_json(report)))
    return report


def _run(
    definition: GeneratorDefinition, config: SubjectConfig, wanted: Generation
) -> GenerationRun:
    if definition.category is None:
        raise UsageError(
            f"the definition {definition.name!r} names no category; expected the fields "
            "`category` and `version` in its front matter"
        )
    run = GenerationRun(
        id="",
        definition=definition.name,
        version=definition.version,
        digest=definition.digest,
        category=definition.category,
        subject=f"{config.backend}:{Path(config.model).name}",
        endpoint=config.endpoint,
        max_tokens=wanted.settings.max_tokens,
        temperature=wanted.settings.temperature,
        seed=wanted.settings.seed,
        synth_version=SYNTH_VERSION,
    )
    return msgspec.structs.replace(run, id=make_id("generation", canonical_json(run), config.model))


def _require_prices(spending: SpendingLimit) -> None:
    prices = (spending.usd_per_million_in, spending.usd_per_million_out)
    if spending.usd is not None and None in prices:
        raise UsageError("a limit in money needs both prices: of a million tokens in, and out")


def _jobs(
    workspace: Workspace,
    run: GenerationRun,
    wanted: Generation,
    real: Sequence[ChatExample],
    before: Mapping[str, Draft],
) -> list[Job]:
    """Return jobs for what is missing; what was drafted before counts as if it were missing."""
    (category,) = load_taxonomy().named([run.category])
    most = {wish.part: wish.gap for wish in plan_synthesis(workspace, [run.category]).wishes}
    for each in before.values():
        most[each.part] = most.get(each.part, 0) + 1
    return make_jobs(run, category.parts, wanted.n_jobs, fragments(real), most)


class _Lazy:
    """A bench that is opened once something is to be carried out: most drafts end before."""

    def __init__(
        self, open_: Callable[[], AbstractContextManager[Workbench]], held: ExitStack
    ) -> None:
        self._open = open_
        self._held = held
        self._bench: Workbench | None = None

    def call(self, calls: Sequence[WantedCall]) -> Sequence[Ran] | None:
        """Return what each call gives."""
        if self._bench is None:
            self._bench = self._held.enter_context(self._open())
        return self._bench.call(calls)


class _Ended(NamedTuple):
    """How a shift ended."""

    n_failed: int
    stopped_by: str | None


class _Shift:
    """Jobs that are done now, several at a time."""

    def __init__(
        self,
        definition: GeneratorDefinition,
        wanted: Generation,
        journal: Journal,
        meter: Meter,
        clock: Callable[[], datetime],
    ) -> None:
        self._definition = definition
        self._wanted = wanted
        self._workshop = wanted.workshop
        self._journal = journal
        self._meter = meter
        self._clock = clock

    def work(self, subject: Subject, jobs: Sequence[Job], told: Told) -> _Ended:
        """Do jobs until all are done, a limit is reached, or the model does not answer."""
        left = list(enumerate(jobs))
        n_done = n_failed = in_a_row = 0
        stopped_by: str | None = None
        with ThreadPoolExecutor(self._wanted.workers) as pool:
            running: set[Future[None]] = set()
            while running or (left and stopped_by is None):
                while left and stopped_by is None and len(running) < self._wanted.workers:
                    number, job = left.pop(0)
                    running.add(pool.submit(self._do, subject, job, number))
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for each in done:
                    match each.exception():
                        case None:
                            n_done, in_a_row = n_done + 1, 0
                            told(n_done, len(jobs))
                        case SpentError() as error:
                            stopped_by = str(error)
                        case SubjectError():
                            n_failed, in_a_row = n_failed + 1, in_a_row + 1
                        case BaseException() as error:
                            raise error
                if in_a_row >= _MOST_FAILURES:
                    stopped_by = "not_answering"
        return _Ended(n_failed, stopped_by)

    def _do(self, subject: Subject, job: Job, number: int) -> None:
        settings = self._wanted.settings
        own_seed = settings.seed + number

        def ask(purpose: Purpose, messages: Sequence[Message], schema: dict[str, Any]) -> Said:
            self._meter.begin()
            asked = msgspec.structs.replace(settings, seed=own_seed, schema=schema)
            answer = subject.answer(messages, (), asked)
            self._meter.count(answer)
            text = answer.message.content
            self._journal.note(
                ModelExchange(
                    job=job.id,
                    purpose=purpose,
                    messages=tuple(messages),
                    answer=text,
                    finish=answer.finish,
                    n_prompt_tokens=answer.n_prompt_tokens,
                    n_answer_tokens=answer.n_answer_tokens,
                    seconds=answer.seconds,
                    at=self._clock(),
                    seed_inputs=() if job.fragment is None else job.fragment.inputs,
                )
            )
            return Said(text, is_cut=answer.finish == "length")

        shop = self._workshop
        with ExitStack() as held:
            bench = None if shop.open is None else _Lazy(shop.open, held)
            made = draft(job, self._definition, shop.tools, bench, ask)
        self._journal.note(made)
