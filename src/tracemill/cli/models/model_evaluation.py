"""`tracemill model eval` and `model compare`: what a model does, and what two differ by."""

from functools import partial
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter
from cyclopts.validators import Number

from tracemill.base.clock import now
from tracemill.base.named_files import require_there
from tracemill.base.sandbox import find_sandbox
from tracemill.base.text import counted
from tracemill.cli.shared.door import Door, Judge
from tracemill.cli.shared.exits import EXIT_DONE
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, counts, hint, write
from tracemill.cli.shared.steps import StepLine
from tracemill.cli.shared.tables import print_table
from tracemill.flows.models.evaluations import Terms, compare_models, evaluate
from tracemill.flows.models.foreign_results import import_results
from tracemill.flows.models.rollouts import attempt_tasks, read_tasks
from tracemill.llm import AskSettings
from tracemill.records.models.evaluations import SliceComparison

_SHOWN: Final = 8


def eval_model(
    subject: str,
    /,
    *,
    suite: str = "replay",
    name: str | None = None,
    door: Door = Door(),  # noqa: B008 - frozen
    judge: Judge = Judge(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Run a suite on a model, and keep the results.

    Parameters
    ----------
    subject
        A model that was trained here, by its run; or a door and a model, as `openai:NAME`,
        `llama-cpp:FILE.gguf` or `scripted:FILE`.
    suite
        The suite, by name or id.
    name
        What to call the model in reports; one that was trained here keeps its run's name.
    """
    workspace = common.open()
    terms = Terms(AskSettings(max_tokens=door.max_tokens), now(), judge.config())
    config = door.find(subject, name, common)
    with StepLine(common) as line:
        told = partial(line.tell, f"evaluate {config.name or subject}")
        made = evaluate(workspace, config, suite, terms, told=told)
    follow = f"tracemill model compare BASE {made.subject} --suite {made.suite}"
    if answer("evaluation", made, common, next_steps=[follow]):
        return EXIT_DONE
    write(f"{made.subject}  {made.id}  on {made.suite}")
    rows = [
        (s.name, f"{s.n:,}", f"{s.passed:,}", f"{s.passed / s.n:.1%}", f"{s.low:.1%}-{s.high:.1%}")
        for s in made.slices
    ]
    print_table(("PART", "CASES", "PASSED", "SHARE", "95 %"), rows, ("95 %",))
    if made.covered is not None:
        write(f"Covered      {made.covered:.1%} of what real words handed over, on average")
    counts("Faults", made.faults)
    counts("Confused", dict(list(made.confusions.items())[:_SHOWN]))
    if made.n_unanswered:
        hint(f"{made.n_unanswered:,} cases got no answer; they count as failed", common)
    hint(f"next: {follow}", common)
    return EXIT_DONE


def compare_model(
    base: str,
    candidate: str,
    /,
    *,
    suite: str | None = None,
    margin: Annotated[float, Parameter(validator=Number(gte=0, lte=1))] = 0.05,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Compare two models case by case, and tell whether they differ by more than chance.

    Parameters
    ----------
    base
        The model in use: its name in reports, or the id of an evaluation.
    candidate
        The model that may replace it.
    suite
        The suite, by name or id; by default the one that the candidate did last.
    margin
        Differences up to this count as none.
    """
    compared = compare_models(common.open(), base, candidate, suite, margin)
    if answer("comparison", compared, common, next_steps=["tracemill model promote"]):
        return EXIT_DONE
    write(f"{compared.candidate} against {compared.base} on {compared.suite}")
    columns = ("PART", "CASES", "BASE", "NOW", "+", "-", "90 %", "P", "VERDICT")
    print_table(columns, [_cells(part) for part in compared.slices], ("90 %", "P"))
    everything = compared.slices[0]
    if everything.verdict == "inconclusive" and everything.smallest_effect is not None:
        hint(
            f"{everything.n_groups:,} groups show gains from about "
            f"{everything.smallest_effect:.0%}; for less, add cases",
            common,
        )
    return EXIT_DONE


def _cells(part: SliceComparison) -> tuple[str, ...]:
    return (
        part.name, f"{part.n:,}", f"{part.base:,}", f"{part.candidate:,}", f"{part.gains:,}",
        f"{part.losses:,}", f"{part.low:+.2f} to {part.high:+.2f}", f"{part.p_adjusted:.2g}",
        part.verdict,
    )  # fmt: skip


def import_model(
    *files: Path,
    suite: str,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Take in what models did on the same questions, as another harness judged them.

    Parameters
    ----------
    files
        JSON documents that hold questions with verdicts, of one model or several.
    suite
        What to call the questions.
    """
    found = import_results(common.open(), files, suite, now())
    if not answer("imported", found, common, next_steps=["tracemill model compare"]):
        write(f"{found.suite.name}  {found.suite.id}  {counted(found.suite.n_cases, 'question')}")
        for each in found.evaluations:
            write(f"{each.slices[0].passed:>6,} of {each.slices[0].n:,}  {each.subject}")
        counts("Left out", found.drops)
        hint(f"next: tracemill model compare BASE CANDIDATE --suite {found.suite.name}", common)
    return EXIT_DONE


def attempt_model(
    subject: str,
    /,
    *,
    tasks: Path,
    readable: tuple[Path, ...] = (),
    name: str | None = None,
    door: Door = Door(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Let a model work on tasks in a sandbox, and judge what it leaves; exit 5 without a sandbox.

    Parameters
    ----------
    subject
        A model that was trained here, by its run; or a door and a model.
    tasks
        Tasks as JSON Lines: `id`, `request`, `files`, `check`, and more.
    readable
        Further folders that commands may read, for example of an interpreter.
    name
        What to call the model in reports; one that was trained here keeps its run's name.
    """
    for place in (tasks, *readable):
        require_there(place, "tasks" if place == tasks else "folder to read")
    sandbox = find_sandbox(readable)
    config = door.find(subject, name, common)
    settings = AskSettings(max_tokens=door.max_tokens)
    with StepLine(common) as line:
        told = partial(line.tell, "attempt")
        done = attempt_tasks(config, read_tasks(tasks), sandbox, settings, told)
    if not answer("attempts", done, common):
        rows = [
            (
                r.task_id,
                "passed" if r.passed else "failed",
                r.end,
                f"{r.n_steps:,}",
                f"{r.n_calls:,}",
            )
            for r in done.rollouts
        ]
        print_table(("TASK", "CHECK", "END", "STEPS", "CALLS"), rows, ())
        write(f"{done.passed:,} of {done.n:,} ({done.low:.0%} to {done.high:.0%})  {done.subject}")
    return EXIT_DONE
