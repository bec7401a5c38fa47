"""Where calls of a model's drafts are carried out: the bundled project, in a sandbox."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tracemill.base.errors import PolicyError
from tracemill.base.sandbox import Bubblewrap
from tracemill.flows.synthesis.bench import (
    SandboxBench,
    missing_programs,
    open_bench,
    open_sandbox,
    prepare,
)
from tracemill.flows.synthesis.generating import Workshop
from tracemill.store.workspace import Workspace
from tracemill.synth.generation.asking import WantedCall
from tracemill.synth.generation.drafting import Ran
from tracemill.synth.project import NAME, project_digest
from tracemill.synth.telling import Call, UnfitError, declared, tool_table


class FoundWorkshop(NamedTuple):
    """The workshop of this machine."""

    workshop: Workshop
    refusal: str | None
    """Why nothing is carried out; None where calls are."""


@contextmanager
def open_workshop(workspace: Workspace) -> Iterator[FoundWorkshop]:
    """Give the workshop of this machine; where nothing may be run, drafts end at a first call."""
    project = f"{NAME}@{project_digest()}"
    try:
        sandbox = open_sandbox()
    except PolicyError as error:
        tools = declared(list(tool_table()))
        yield FoundWorkshop(Workshop(tools, project, None), str(error))
        return
    workspace.create()
    with tempfile.TemporaryDirectory(dir=workspace.scratch) as scratch:
        source = Path(scratch) / NAME
        source.mkdir()
        prepare(sandbox, source)
        absent = missing_programs(sandbox, source)
        tools = declared([name for name in tool_table() if name not in absent])
        yield FoundWorkshop(Workshop(tools, project, lambda: _bench(sandbox, source)), None)


@contextmanager
def _bench(sandbox: Bubblewrap, source: Path) -> Iterator[_Bench]:
    with open_bench(sandbox, source) as bench:
        yield _Bench(bench)


class _Bench:
    """A bench of the sandbox, as drafts use it."""

    def __init__(self, bench: SandboxBench) -> None:
        self._bench = bench

    def call(self, calls: Sequence[WantedCall]) -> Sequence[Ran] | None:
        """Return what each call gives; None where no answer came."""
        try:
            found = self._bench.call([Call(each.name, each.arguments) for each in calls])
        except UnfitError:
            return None
        return [Ran(each.text, each.failed) for each in found]
