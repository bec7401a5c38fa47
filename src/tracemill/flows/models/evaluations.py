"""Evaluations: a subject is put to a suite, what it did is kept, and two are compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from tracemill.base.errors import NotFoundError, UsageError
from tracemill.base.file_hashes import hash_tree
from tracemill.base.ids import digest
from tracemill.evaluate.model_comparison import MARGIN, Measured, compare
from tracemill.evaluate.running import Asked, ask_all, sum_up
from tracemill.flows.models.suites import KeptSuite, find_suite
from tracemill.llm import AskSettings, SubjectConfig, open_subject
from tracemill.llm.judging import judge_name, open_judge
from tracemill.records.canonical import canonical_json, row_lines
from tracemill.records.models.evaluations import (
    Case,
    CaseResult,
    Comparison,
    Evaluation,
    Fault,
    Suite,
)
from tracemill.store.journal import append, read_journal
from tracemill.store.workspace import Workspace, write_whole

_FOLDER: Final = "evaluations"
_LOADING: Final = ("llama-cpp", "transformers")
"""Doors that load the model's bytes themselves."""
_UNKNOWN: Final[frozenset[Fault]] = frozenset({"no_reply", "unjudged"})
"""Faults that say nothing of a model: such cases are asked again."""
_REMEDY: Final = "delete it and run again: its cases are asked anew"

Told = Callable[[int, int], None]
"""Is told how many cases of how many are done."""


class Terms(NamedTuple):
    """How a suite is put to a subject."""

    settings: AskSettings
    """How answers are drawn."""
    at: datetime
    """When."""
    judge: SubjectConfig | None = None
    """Who answers questions about words; None where no case has any."""


def evaluate(
    workspace: Workspace,
    config: SubjectConfig,
    suite: str,
    terms: Terms,
    *,
    told: Told = lambda _done, _all: None,
) -> Evaluation:
    """Put a subject to a suite, and keep what it did; what was killed goes on where it was.

    Raises:
        NotFoundError: there is no such suite.
        UsageError: its cases have questions, and nobody is named who could answer them.
        SubjectError: the subject or the judge cannot be opened, or is not there any more.
    """
    kept = find_suite(workspace, suite)
    cases = kept.cases()
    weights = _weights_of(config)
    terms = terms._replace(judge=_judge_of(kept.suite, cases, terms.judge))
    part = kept.folder / _FOLDER / f".{_state(config, terms, weights)}.part"
    done = {result.case_id: result for result in read_journal(part, CaseResult, _REMEDY)}
    settings, judge = terms.settings, terms.judge
    with open_subject(config) as subject, open_judge(judge) as ask:
        by = judge_name(judge) if judge else None
        asked = Asked(subject.name, subject.format, settings, weights_sha256=weights, judge=by)
        left = [case for case in cases if case.id not in done]
        for result in _noted(ask_all(subject, left, settings, ask), part):
            done[result.case_id] = result
            told(len(done), len(cases))
    results = [done[case.id] for case in cases]
    made = keep_evaluation(kept, sum_up(kept.suite, asked, results, terms.at), results)
    part.unlink(missing_ok=True)
    return made


def _judge_of(
    suite: Suite, cases: Iterable[Case], judge: SubjectConfig | None
) -> SubjectConfig | None:
    """Return who answers the questions of cases; None where there are none."""
    if not any(case.questions for case in cases):
        return None
    if judge is None:
        raise UsageError(
            f"cases of {suite.name!r} ask whether answers in words do what they should, which a "
            "model must judge; name one as in: --judge openai:NAME --judge-endpoint URL"
        )
    return judge


def _weights_of(config: SubjectConfig) -> str | None:
    """Return the hash of a subject's bytes; None where they are elsewhere, or it has none."""
    loaded = config.model if config.backend in _LOADING else None
    named = config.weights or config.adapter or loaded
    place = Path(named) if named else None
    return hash_tree(place) if place and place.exists() else None


def _state(config: SubjectConfig, terms: Terms, weights_sha256: str | None) -> str:
    """Return what stands for a subject as it is now: its config, its bytes, and its files' state.

    An adapter may be trained anew in its place.
    """
    named = [name for name in (config.model, config.template) if name]
    states = [
        (path.stat().st_size, path.stat().st_mtime_ns)
        for name in named
        for path in _files(Path(name))
    ]
    return digest(canonical_json((config, terms.settings, states, weights_sha256, terms.judge)))


def _files(path: Path) -> list[Path]:
    return [path] if path.is_file() else sorted(each for each in path.rglob("*") if each.is_file())


def _noted(results: Iterable[CaseResult], part: Path) -> Iterator[CaseResult]:
    """Pass results on, each kept beside as soon as it is there; no answer is asked for again."""
    for result in results:
        if _UNKNOWN.isdisjoint(filter(None, result.faults.values())):
            append(part, result)
        yield result


def trained_subject(workspace: Workspace, name: str) -> SubjectConfig:
    """Return how a model that was trained here is asked, in the format of its training.

    Raises:
        NotFoundError: no run is called that.
    """
    from tracemill.flows.models.runs import find_run, subject_of

    return subject_of(find_run(workspace, name))


def keep_evaluation(
    kept: KeptSuite, evaluation: Evaluation, results: Iterable[CaseResult]
) -> Evaluation:
    """Write an evaluation and its results into the suite's folder."""
    folder = kept.folder / _FOLDER
    folder.mkdir(exist_ok=True)
    write_whole(folder / f"{evaluation.id}.jsonl", row_lines(results))
    write_whole(folder / f"{evaluation.id}.json", canonical_json(evaluation))
    return evaluation


def list_evaluations(workspace: Workspace, suite: str | None = None) -> list[Evaluation]:
    """Return what is kept, the latest first; of a suite, under whichever name it was asked."""
    suite_id = find_suite(workspace, suite).suite.id if suite else "*"
    paths = workspace.suites.glob(f"*/{suite_id}/{_FOLDER}/*.json")
    found = {path.stem: msgspec.json.decode(path.read_bytes(), type=Evaluation) for path in paths}
    return sorted(found.values(), key=lambda each: (each.at, each.id), reverse=True)


def find_evaluation(
    workspace: Workspace, name: str, suite: str | None = None, weights_sha256: str | None = None
) -> Measured:
    """Return the latest evaluation of a model, or the one with that id, with its results.

    Where bytes are named, the latest evaluation of those goes before others.

    Raises:
        NotFoundError: there is none.
    """
    listed = list_evaluations(workspace, suite)
    found = [each for each in listed if name in (each.subject, each.id)]
    if not found:
        known = ", ".join(sorted({each.subject for each in listed})) or "none yet"
        on = f" on {suite!r}" if suite else ""
        raise NotFoundError(
            f"no evaluation of {name!r}{on}; evaluated: {known}; run: tracemill model eval"
        )
    of_bytes = [each for each in found if weights_sha256 and each.weights_sha256 == weights_sha256]
    latest = (of_bytes or found)[0]
    held = workspace.suites.glob(f"*/{latest.suite_id}/{_FOLDER}/{latest.id}.jsonl")
    return read_measured(next(held).parent.parent, latest)


def read_measured(folder: Path, evaluation: Evaluation) -> Measured:
    """Return an evaluation with its results, from its suite's folder."""
    with (folder / _FOLDER / f"{evaluation.id}.jsonl").open("rb") as lines:
        results = [msgspec.json.decode(line, type=CaseResult) for line in lines]
    return Measured(evaluation, results)


def compare_models(
    workspace: Workspace, base: str, candidate: str, suite: str | None, margin: float = MARGIN
) -> Comparison:
    """Compare the latest evaluations of two models on one suite.

    Raises:
        NotFoundError: one of them was not evaluated.
        UsageError: they have no case in common, or were judged by different judges.
    """
    ours = find_evaluation(workspace, candidate, suite)
    theirs = find_evaluation(workspace, base, suite or ours.evaluation.suite_id)
    judges = [each.evaluation.settings.get("judge") for each in (theirs, ours)]
    if judges[0] != judges[1]:
        raise UsageError(
            f"{base!r} was judged by {judges[0]!r} and {candidate!r} by {judges[1]!r}; evaluate "
            "both with one judge"
        )
    return compare(theirs, ours, margin)
