"""`tracemill model suite`: cases that no model was trained on."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter
from cyclopts.validators import Number

from tracemill.base.errors import UsageError
from tracemill.base.named_files import expanded
from tracemill.base.text import counted
from tracemill.cli.shared.door import Judge
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_NO, EXIT_NOTHING
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, counts, hint, write, write_lines
from tracemill.cli.shared.tables import print_table
from tracemill.evaluate.conduct import TriedAnswer
from tracemill.evaluate.proving import VANITY, prove
from tracemill.flows.analysis.issue_suites import build_issue_suite
from tracemill.flows.models import benchmarks, conduct, suites
from tracemill.flows.models.inspect_tasks import export_task
from tracemill.llm.judging import judge_name
from tracemill.records.datasets.recipes import DEFAULT_NAME
from tracemill.records.models.proofs import ProvedMeasure, ProvedMeasures

_MAX_CHARS: Final = 6_000
_REQUEST: Final = 60
"""Characters of a request that a judge got wrong."""
Many = Annotated[int, Parameter(validator=Number(gte=0))]


def build_suite(
    dataset: str | None = None,
    /,
    *,
    name: str = "replay",
    max_chars: Annotated[int, Parameter(validator=Number(gt=0))] = _MAX_CHARS,
    limit: Many = 0,
    issues: tuple[Path, ...] = (),
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Make a suite of the decisions in a dataset's held-out examples, or of issues of files.

    Parameters
    ----------
    dataset
        The dataset, or the id of one of its versions; `chat` by default. Not with --issues.
    name
        What to call the suite.
    max_chars
        Longest prompt; of a longer one the end is kept, from something that a person said.
    limit
        At most so many cases; 0 for all.
    issues
        A repository that was read: instead of a dataset, ask which issue its files had before
        commits mended them. May be named again.
    """
    if issues:
        if dataset is not None:
            raise UsageError(
                f"expected a dataset or --issues, found {dataset!r} beside --issues: a suite is "
                "made of one of them; leave one out"
            )
        places = [expanded(each).absolute() for each in issues]
        workspace = common.open()
        built = build_issue_suite(workspace, places, name, max_chars=max_chars, limit=limit)
        return _show(built, common)
    named = dataset or DEFAULT_NAME
    built = suites.build_suite(common.open(), named, name, max_chars=max_chars, limit=limit)
    return _show(built, common)


def import_suite(
    folder: Path | None = None,
    /,
    *,
    name: str = "bfcl",
    category: tuple[str, ...] = (),
    per_category: Many = 50,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Import a suite from files of the Berkeley Function-Calling Leaderboard.

    Parameters
    ----------
    folder
        The folder `bfcl_eval/data`; by default that of the installed package `bfcl-eval`.
    name
        What to call the suite.
    category
        Only this category, for example `irrelevance`; may be named again. All by default.
    per_category
        At most so many cases of a category; 0 for all.
    """
    built = benchmarks.import_bfcl(
        common.open(), folder, name, per_category=per_category, categories=category
    )
    return _show(built, common)


def conduct_suite(
    file: Path | None = None,
    /,
    *,
    name: str = "conduct",
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Make a suite of requests whose answers in words a judge looks at, question by question.

    Parameters
    ----------
    file
        A TOML file of cases; by default those that come with the program.
    name
        What to call the suite.
    """
    return _show(conduct.build_conduct(common.open(), file, name), common)


def _show(built: suites.BuiltSuite, common: Common) -> int:
    suite = built.suite
    if not answer("suite", built, common, next_steps=["tracemill model eval SUBJECT"]):
        write(f"{suite.name}  {suite.id}")
        write(f"Folder       {built.folder}")
        write(
            f"Cases        {suite.n_cases:,} in {counted(suite.n_groups, 'group')}, "
            f"from {suite.origin}"
        )
        counts("Checks", suite.checks)
        counts("Parts", suite.slices)
        counts("Left out", suite.drops)
        shown = built.smallest_effect
        gains = f"gains from about {shown:.0%}" if shown is not None else "no gain, however large"
        hint(f"{counted(suite.n_groups, 'group')} of cases can show {gains}", common)
        hint(f"next: tracemill model eval SUBJECT --suite {suite.name}", common)
    return EXIT_DONE


def list_suite(
    *,
    jsonl: bool = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List suites, by name.

    Parameters
    ----------
    jsonl
        Print each suite as one line of JSON.
    """
    listed = suites.list_suites(common.open())
    if jsonl:
        write_lines(listed.suites)
    elif not answer("suites", listed, common, next_steps=["tracemill model eval SUBJECT"]):
        if not listed.suites:
            hint("no suites are kept; run: tracemill model suite build", common)
            return EXIT_NOTHING
        rows = [
            (s.id, s.name, f"{s.n_cases:,}", f"{s.n_groups:,}", s.origin) for s in listed.suites
        ]
        print_table(("ID", "NAME", "CASES", "GROUPS", "FROM"), rows, ("FROM",))
    return EXIT_DONE if listed.suites else EXIT_NOTHING


def export_suite(
    name: str,
    /,
    *,
    to: Path,
    reviewer: str | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Write a suite as a task for Inspect AI.

    Parameters
    ----------
    name
        The suite, by name or id.
    to
        The folder; it is made, and must hold nothing else.
    reviewer
        Who has looked at it; the name stands in the receipt.
    """
    exported = export_task(common.open(), name, to, reviewer)
    if not answer("inspect", exported, common):
        write(f"{exported.folder}/task.py  {counted(exported.n_cases, 'case')}")
        hint(f"next: inspect eval {exported.folder}/task.py --model MODEL", common)
    return EXIT_DONE


def check_suite(
    name: str,
    dataset: str = "chat",
    /,
    *,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Check whether cases leaked into what a dataset trains on; exit 1 if so.

    Parameters
    ----------
    name
        The suite, by name or id.
    dataset
        The dataset, or the id of one of its versions.
    """
    workspace = common.open()
    report = suites.check_leaks(workspace, suites.find_suite(workspace, name), dataset)
    if not answer("leaks", report, common, next_steps=["tracemill model suite build"]):
        for leak in report.leaks:
            write(f"{leak.case_id}  {leak.reason}  {leak.example_id or ''}".rstrip())
        said = f"{len(report.leaks):,} of {counted(report.n_cases, 'case')} stand in"
        hint(f"{said} {counted(report.n_examples, 'example')} of {report.training}", common)
    return EXIT_NO if report.leaks else EXIT_DONE


def prove_suite(
    *,
    judge: Judge = Judge(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Try the scorers, and two measures that were once trusted, on replies of known worth.

    A judge that is named is tried on answers of known worth too; exit 1 where it misjudges any.
    """
    measures = list(_proved_checks())
    if config := judge.config():
        measures.append(_proved_judge(judge_name(config), conduct.prove_judge(config)))
    trusted = [each for each in measures if each.is_trusted]
    if not answer("proofs", ProvedMeasures(measures=tuple(measures)), common):
        rows = [
            (each.name, f"{each.n:,}", f"{each.n_wrong_accepted:,}", f"{each.n_right_rejected:,}")
            for each in measures
        ]
        print_table(("MEASURE", "REPLIES", "WRONG ACCEPTED", "RIGHT REJECTED"), rows, ())
        for each in trusted:
            for said in each.misjudged:
                hint(f"misjudged: {said}", common)
    return EXIT_NO if any(each.misjudged for each in trusted) else EXIT_DONE


def _proved_checks() -> Iterator[ProvedMeasure]:
    for name, measure in {"our checks": None, **VANITY}.items():
        verdicts = prove(measure)
        missed = [verdict.proof for verdict in verdicts if not verdict.is_caught]
        n_wrong = sum(not proof.is_right for proof in missed)
        yield ProvedMeasure(
            name=name, is_trusted=measure is None, n=len(verdicts), n_wrong_accepted=n_wrong,
            n_right_rejected=len(missed) - n_wrong,
            misjudged=tuple(f"{proof.check}: {proof.says}" for proof in missed),
        )  # fmt: skip


def _proved_judge(name: str, tried: Sequence[TriedAnswer]) -> ProvedMeasure:
    missed = [each for each in tried if not each.is_caught]
    n_wrong = sum(not each.fits for each in missed)
    return ProvedMeasure(
        name=f"judge {name}", is_trusted=True, n=len(tried), n_wrong_accepted=n_wrong,
        n_right_rejected=len(missed) - n_wrong,
        misjudged=tuple(
            f"conduct: {each.fault or 'accepted'}: {' '.join(each.case.request.split())[:_REQUEST]}"
            for each in missed
        ),
    )  # fmt: skip
