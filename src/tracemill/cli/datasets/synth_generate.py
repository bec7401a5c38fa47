"""`tracemill synth generate`: a model follows a definition, and what holds of it is kept."""

from dataclasses import dataclass
from functools import partial
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from tracemill.base.clock import now
from tracemill.cli.shared.bounds import Bounds
from tracemill.cli.shared.door import Door, Judge
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_PARTLY
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, counts, hint, write
from tracemill.cli.shared.steps import StepLine
from tracemill.cli.shared.tables import print_table
from tracemill.flows.synthesis.generating import Generation, Workshop, generate
from tracemill.flows.synthesis.workshops import open_workshop
from tracemill.llm import AskSettings
from tracemill.llm.judging import open_judge
from tracemill.records.synth.generation import GenerationReport
from tracemill.synth.generation import SpendingLimit


@Parameter(name="*")
@dataclass(frozen=True)
class Drafts:
    """What is asked for."""

    definition: str = "tool-use"
    """What the model is told: a name of `synth definitions list`, or the path of a .md file."""
    n: Annotated[int, Parameter(validator=Number(gt=0))] = 10
    """How many drafts."""
    seed: int = 0
    """Seed of the first; each has its own."""
    temperature: Annotated[float, Parameter(validator=Number(gte=0))] = 0.8
    """0 for the likeliest words each time."""
    workers: Annotated[int, Parameter(validator=Number(gt=0))] = 1
    """How many at a time."""

    def wanted(self, workshop: Workshop, max_tokens: int, spending: SpendingLimit) -> Generation:
        """Return what is asked for, as a run takes it."""
        return Generation(
            definition=self.definition,
            n_jobs=self.n,
            settings=AskSettings(
                max_tokens=max_tokens, temperature=self.temperature, seed=self.seed
            ),
            workshop=workshop,
            spending=spending,
            workers=self.workers,
        )


def generate_synth(
    subject: str,
    /,
    *,
    drafts: Drafts = Drafts(),
    door: Door = Door(),  # noqa: B008 - frozen
    bounds: Bounds = Bounds(),  # noqa: B008 - frozen
    judge: Judge = Judge(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Let a model make examples up by a definition, for what is missing, and keep those that hold.

    Calls are carried out in a sandbox on a bundled project; where there is none, a draft ends at
    its first call. Started again with the same options, it goes on where it was. Exits with 4
    where it ended early.

    Parameters
    ----------
    subject
        A door and a model, as `openai:NAME`, `llama-cpp:FILE.gguf` or `scripted:FILE`.
    """
    workspace = common.open()
    with (
        workspace.writing(),
        open_judge(judge.config()) as ask,
        open_workshop(workspace) as (workshop, refusal),
    ):
        if refusal is not None:
            hint(f"calls are not carried out: {refusal}", common)
        wanted = drafts.wanted(workshop, door.max_tokens, bounds.spending())
        config = door.to(subject, None)
        with StepLine(common) as line:
            told = partial(line.tell, "drafts")
            report = generate(workspace, config, wanted, clock=now, ask=ask, told=told)
    if not answer("generation", report, common, next_steps=["tracemill synth plan"]):
        _show(report, common)
    return EXIT_PARTLY if report.stopped_by or report.n_failed else EXIT_DONE


def _show(report: GenerationReport, common: Common) -> None:
    run = report.run
    write(f"Definition   {run.definition} {run.version}, by {run.subject}")
    before = f", {report.n_before:,} of them before" if report.n_before else ""
    write(f"Jobs         {report.n_done:,} of {report.n_jobs:,} done{before}")
    counts("No draft", report.faults)
    if report.n_failed:
        write(f"Not asked    {report.n_failed:,}")
    if report.stopped_by:
        write(f"Stopped by   {report.stopped_by}")
    rows = [
        (r.rung, *(f"{n:,}" for n in (r.n_passed, r.n_failed, r.n_unknown, r.n_standing)))
        for r in report.rungs
    ]
    print_table(("RUNG", "PASS", "FAIL", "UNKNOWN", "STANDING"), rows)
    counts("Objections", report.objections)
    counts("Drafts", {str(standing): n for standing, n in report.standings.items() if n})
    share = "" if report.kept_share is None else f" ({report.kept_share:.0%} of jobs)"
    write(f"Kept         {report.n_kept:,}{share}")
    write(f"Asked        {report.n_requests:,} times, {_spent(report)}")
    write(f"Folder       {report.folder}")
    hint("drafts.jsonl has every draft, requests.jsonl all that was asked and said", common)


def _spent(report: GenerationReport) -> str:
    tokens = (report.n_prompt_tokens, report.n_answer_tokens)
    told = "tokens unknown" if None in tokens else "{:,} + {:,} tokens".format(*tokens)
    time_s = "" if report.seconds is None else f", {report.seconds:,.0f} s"
    cost = "" if report.cost_usd is None else f", {report.cost_usd:.4f} USD"
    return told + time_s + cost
