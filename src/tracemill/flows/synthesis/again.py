"""Made-up work that is done again: do its calls return what its examples show?

Only what was carried out on the bundled project as it is today can be done again. Calls are those
that an example shows, and what comes back is compared with what it shows, so that neither has to be
believed. Nothing is kept.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from tracemill.base.sandbox import Bubblewrap
from tracemill.flows.executors.protocol import make_executor
from tracemill.flows.synthesis.bench import missing_programs, open_bench, open_sandbox, prepare
from tracemill.records.datasets.examples import Message
from tracemill.records.refs import Record
from tracemill.records.synth.made_up import SyntheticExample
from tracemill.synth.project import NAME, project_digest
from tracemill.synth.scene import setup_calls
from tracemill.synth.skins import skins
from tracemill.synth.telling import Bench, Call, UnfitError
from tracemill.synth.verification import Carried

_PER_SHARD: Final = 8
Told = Callable[[int, int], None]


class Source(NamedTuple):
    """The bundled project, laid out to be worked on."""

    place: str
    """Holds a folder for each skin."""
    absent: Mapping[str, str]
    """Tools that cannot be used here, each with what it lacks."""


class Shard(Record, frozen=True, kw_only=True):
    """Examples that one worker does again, one after another."""

    source: str
    absent: dict[str, str]
    made: tuple[SyntheticExample, ...]


def do_again(
    made: Sequence[SyntheticExample], workers: int, told: Told = lambda _done, _all: None
) -> dict[str, Carried]:
    """Return for each example with calls what becomes of them today.

    Raises:
        PolicyError: there is no sandbox, so nothing is run.
    """
    found: dict[str, Carried] = {}
    with _laid_out() as source, tempfile.TemporaryDirectory() as scratch:
        executor = make_executor("local", workers, Path(scratch))
        calling = [each for each in made if any(m.tool_calls for m in each.example.messages)]
        shards = (
            Shard(
                source=source.place,
                absent=dict(source.absent),
                made=tuple(calling[place : place + _PER_SHARD]),
            )
            for place in range(0, len(calling), _PER_SHARD)
        )
        for some in executor.map_shards(do_shard, shards):
            found.update(some)
            told(len(found), len(calling))
    return found


@contextmanager
def _laid_out() -> Iterator[Source]:
    sandbox = open_sandbox()
    with tempfile.TemporaryDirectory() as folder:
        for skin in skins():
            place = Path(folder) / skin.name
            place.mkdir()
            prepare(sandbox, place, skin)
        yield Source(folder, missing_programs(sandbox, Path(folder) / NAME))


def do_shard(shard: Shard) -> Iterator[dict[str, Carried]]:
    """Do the work of a shard again, each on a fresh copy of the project."""
    sandbox = open_sandbox()
    yield {each.id: _carried(sandbox, shard, each) for each in shard.made}


def _carried(sandbox: Bubblewrap, shard: Shard, made: SyntheticExample) -> Carried:
    skin, _, digest = (made.graph.project or "").partition("@")
    if made.execution != "executed":
        return Carried("unknown", "was not carried out here")
    if digest != project_digest() or skin not in _known_skins():
        return Carried("unknown", "was carried out on another version of the bundled project")
    tools = {step.tool for step in made.graph.steps}
    if lacking := sorted({shard.absent[tool] for tool in tools & shard.absent.keys()}):
        return Carried("unknown", f"needs what is not installed here: {', '.join(lacking)}")
    with open_bench(sandbox, Path(shard.source) / skin) as bench:
        try:
            return _compared(bench, made)
        except UnfitError:
            return Carried("unknown", "gave no answer when it was run again")


@cache
def _known_skins() -> frozenset[str]:
    return frozenset(skin.name for skin in skins())


def _compared(bench: Bench, made: SyntheticExample) -> Carried:
    """Make the calls of an example once more, those of a message at once."""
    if made.graph.setup:
        bench.call(setup_calls(made.graph.setup["files"]))
    shown = {m.tool_call_id: m.content for m in made.example.messages if m.role == "tool"}
    for message in made.example.messages:
        calls = _calls(message)
        for name, result in zip(calls, bench.call(list(calls.values())), strict=True):
            if shown.get(name) != result.text:
                tool = calls[name].tool
                return Carried("fail", f"{name} ({tool}) returns something else when it is run")
    return Carried("pass")


def _calls(message: Message) -> dict[str, Call]:
    made = ((str(call["id"]), call["function"]) for call in message.tool_calls)
    return {name: Call(each["name"], each["arguments"]) for name, each in made}
