"""Suites of conduct, bundled or a team's own: requests whose answers a judge assesses."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tracemill.base.named_files import read_named
from tracemill.evaluate.conduct import (
    TriedAnswer,
    bundled_conduct,
    conduct_case,
    read_conduct,
    try_judge,
)
from tracemill.evaluate.running import freeze
from tracemill.flows.models.suites import BuiltSuite, keep_suite
from tracemill.llm import SubjectConfig
from tracemill.llm.judging import open_judge
from tracemill.records.models.conduct import ConductCase
from tracemill.store.workspace import Workspace

_OURS: Final = "the program"


def build_conduct(workspace: Workspace, file: Path | None, name: str) -> BuiltSuite:
    """Make a suite of the cases of a file, or of those that come with the program.

    Raises:
        NotFoundError: there is no such file.
        UsageError: it holds no such cases.
    """
    cases = [conduct_case(each) for each in _written(file)]
    origin = file.name if file else _OURS
    return keep_suite(workspace, freeze(name, origin, cases, {}), cases, {})


def prove_judge(config: SubjectConfig) -> tuple[TriedAnswer, ...]:
    """Return what a judge makes of answers of known worth.

    Raises:
        SubjectError: it cannot be opened.
    """
    with open_judge(config) as ask:
        assert ask is not None
        return tuple(try_judge(_written(None), ask))


def _written(file: Path | None) -> tuple[ConductCase, ...]:
    if file is None:
        return read_conduct(bundled_conduct(), "conduct.toml")
    return read_conduct(read_named(file, "cases"), str(file))
