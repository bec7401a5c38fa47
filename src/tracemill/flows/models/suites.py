"""Suites: built from held-out examples, kept whole, and found again.

A suite is named by its cases. It is kept like a dataset version, with the lineage of every case, so
that an erasure takes it along; evaluations on it stand in its folder and go with it.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from tracemill.base.errors import AmbiguousNameError, NotFoundError, SchemaError, UsageError
from tracemill.evaluate.approaches import HeldPair, approach_cases
from tracemill.evaluate.building import DropReason, HeldOut, build_cases, make_case
from tracemill.evaluate.leaks import Trained, TrainedOn
from tracemill.evaluate.model_comparison import effect_shown
from tracemill.evaluate.running import freeze
from tracemill.evaluate.skills import VIEW, skill_cases, statements_of, view_of
from tracemill.export.trainers.dataset_format import Part
from tracemill.flows.datasets.versions import LINEAGE_FILE, MANIFEST, find_version, open_file
from tracemill.records.canonical import canonical_json, row_lines
from tracemill.records.datasets.recipes import Name, Recipe
from tracemill.records.datasets.versions import DatasetVersion
from tracemill.records.models.evaluations import Case, LeakReport, Suite
from tracemill.records.refs import Record
from tracemill.render.chat_message import read_messages
from tracemill.store.workspace import Workspace, write_whole

CASES: Final = "cases.jsonl"
_BUILDER: Final = "builder:"
_HANDED: Final = "builder:handoff"
"""The tag of words that handed work over, which a label calls right or wrong."""
_TOLD: Final = ("category:", VIEW)
"""How the tags begin that say which category of work an example shows, or which single skill."""


class KeptSuite(NamedTuple):
    """A suite, and where it is kept."""

    folder: Path
    suite: Suite

    def cases(self) -> list[Case]:
        """Return its cases.

        Raises:
            SchemaError: they are not the cases that it was frozen with.
        """
        lines = (self.folder / CASES).read_bytes().splitlines()
        try:
            cases = [msgspec.json.decode(line, type=Case) for line in lines]
        except msgspec.DecodeError as error:
            raise SchemaError(f"{str(self.folder / CASES)!r}: {error}; build it anew") from error
        found = freeze(self.suite.name, self.suite.origin, list(map(make_case, cases)), {}).id
        if found != self.suite.id:
            raise SchemaError(
                f"{str(self.folder)!r} was changed: expected {self.suite.id}, found {found}; "
                "build it anew"
            )
        return cases

    def inputs(self) -> set[str]:
        """Return the inputs that its cases were made of."""
        return {part["input_id"] for made in _lineage(self.folder).values() for part in made}


class BuiltSuite(Record, frozen=True, kw_only=True):
    """A suite that was built or read."""

    folder: str
    """Where it is kept."""
    suite: Suite
    """What it is."""
    smallest_effect: float | None = None
    """The smallest gain that it shows with a power of 80 %, where 5 % of the groups are lost in
    spite of it; None where it shows none."""


class SuiteList(Record, frozen=True, kw_only=True):
    """All suites of a workspace."""

    suites: tuple[Suite, ...]
    """The suites, by name."""


def build_suite(
    workspace: Workspace, dataset: str, name: str, *, max_chars: int, limit: int = 0
) -> BuiltSuite:
    """Make a suite of what a dataset version holds out; what was trained on is left out.

    Raises:
        NotFoundError: there is no such dataset, or nothing in it makes a case.
    """
    folder, version = find_version(workspace, dataset)
    found = gather_cases(workspace, _made(folder, version, max_chars), limit)
    if not found.cases:
        raise NotFoundError(_no_case(version, found.drops))
    suite = freeze(name, version.id, found.cases, found.drops, found.checked_against)
    return keep_suite(workspace, suite, found.cases, _lineage(folder))


class GatheredCases(NamedTuple):
    """Cases of which nothing was trained on."""

    cases: list[Case]
    drops: Counter[str]
    """What became no case, by reason."""
    checked_against: tuple[str, ...]
    """The dataset versions that were looked through."""


def gather_cases(
    workspace: Workspace, made: Iterable[Case | str], limit: int, drops: Mapping[str, int] = {}
) -> GatheredCases:
    """Return what no dataset version of a workspace trains on, at most `limit`; 0 for all."""
    trained = {v.id: Trained.of(training_rows(at, v)) for at, v in _versions(workspace)}
    counted = Counter(drops)
    cases: list[Case] = []
    for each in made:
        if isinstance(each, str):
            counted[each] += 1
        elif any(known.leak(each) for known in trained.values()):
            counted["leaked"] += 1
        else:
            cases.append(each)
    if limit and len(cases) > limit:
        counted["beyond_limit"] = len(cases) - limit
        cases = sorted(cases, key=lambda case: case.id)[:limit]
    return GatheredCases(cases, counted, tuple(trained))


def _no_case(version: DatasetVersion, drops: Counter[str]) -> str:
    """Say why nothing that a version holds out makes a case, and what would."""
    said = ", ".join(f"{reason} {n:,}" for reason, n in drops.items()) or "nothing held out"
    rule = msgspec.convert(version.recipe or {"name": version.name}, Recipe).split
    advice = {
        "leaked": "a version of the workspace trains on what leaked: build all by one [split]",
        "too_long": "--max-chars takes longer prompts",
    }
    few = f"its recipe holds out {rule.validation + rule.test:.0%} of all requests: [split] says so"
    steps = [text for reason, text in advice.items() if drops[reason]] or [few]
    return (
        f"{version.id} holds out no decision that makes a case: {said}; {'; '.join(steps)}; read "
        "more work with `tracemill run`, or see a suite of made-up tasks with `tracemill loop "
        "--demo`"
    )


def _made(folder: Path, version: DatasetVersion, max_chars: int) -> Iterator[Case | DropReason]:
    """Yield a case for each decision that is held out: of a single skill, one of that skill."""
    held_out = list(_chats(folder, version, is_trained=False))
    shown = [example for example in held_out if view_of(example.slices)]
    yield from build_cases([each for each in held_out if not view_of(each.slices)], max_chars)
    if shown:
        taught = _chats(folder, version, is_trained=True)
        yield from skill_cases(shown, statements_of(chain(shown, taught)), max_chars)
    yield from approach_cases(_pairs(folder, version), max_chars)


def _pairs(folder: Path, version: DatasetVersion) -> Iterator[HeldPair]:
    for _, row in _example_rows(folder, version, is_trained=False):
        if "chosen" in row and "rejected" in row:
            told = (tag for tag in row.get("tags") or () if tag.startswith("builder:"))
            yield HeldPair(
                row["id"],
                row.get("episode_id") or row["id"],
                prompt=read_messages(row["prompt"]),
                better=read_messages(row["chosen"]),
                worse=read_messages(row["rejected"]),
                slices=tuple(told),
            )


def _chats(folder: Path, version: DatasetVersion, *, is_trained: bool) -> Iterator[HeldOut]:
    """Yield chat examples, and words that handed work over well as the end of a chat."""
    for part, row in _example_rows(folder, version, is_trained=is_trained):
        tags = row.get("tags") or ()
        if "messages" in row:
            messages = read_messages(row["messages"], row.get("trained") or None)
            builder = "session" if part.kind == "chat" else part.kind
        elif _HANDED in tags and row["label"]:
            prompt = read_messages(row["prompt"], [False] * len(row["prompt"]))
            messages = (*prompt, *read_messages(row["completion"]))
            builder = _HANDED.removeprefix(_BUILDER)
        else:
            continue
        group = row.get("episode_id") or row["id"]
        shown = (tag for tag in tags if tag.startswith(_TOLD))
        slices = (f"{_BUILDER}{builder}", *shown)
        yield HeldOut(row["id"], group, messages, row.get("tools") or (), slices)


def training_rows(folder: Path, version: DatasetVersion) -> Iterator[TrainedOn]:
    """Yield the examples of a version that are trained on, a pair with both of its sides."""
    for _, row in _example_rows(folder, version, is_trained=True):
        prompt = read_messages(row.get("prompt") or ())
        worse = (*prompt, *read_messages(row["rejected"])) if row.get("rejected") else ()
        yield TrainedOn(
            row["id"], row.get("episode_id") or row["id"], read_messages(_said(row)), worse
        )


def _said(row: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the messages of a row of any kind, in their order; of a pair those of the better."""
    for name in ("messages", "prompt", "chosen", "completion"):
        yield from row.get(name) or ()
    for step in row.get("completions") or ():
        yield from step


def _example_rows(
    folder: Path, version: DatasetVersion, *, is_trained: bool
) -> Iterator[tuple[Part, dict[str, Any]]]:
    for file in version.files:
        part = Part.of_file(file.path)
        if part and file.path.endswith(".jsonl") and (part.split == "train") == is_trained:
            with open_file(folder, file.path) as lines:
                yield from ((part, msgspec.json.decode(line)) for line in lines)


def _versions(workspace: Workspace) -> Iterator[tuple[Path, DatasetVersion]]:
    for path in sorted(workspace.datasets.glob(f"*/*/{MANIFEST}")):
        yield path.parent, msgspec.json.decode(path.read_bytes(), type=DatasetVersion)


def _lineage(folder: Path) -> dict[str, Any]:
    with open_file(folder, LINEAGE_FILE) as lines:
        return {row["id"]: row["lineage"] for row in map(msgspec.json.decode, lines)}


def keep_suite(
    workspace: Workspace, suite: Suite, cases: Sequence[Case], lineage: Mapping[str, Any]
) -> BuiltSuite:
    """Write a suite beside its place and rename it, so that it is whole or absent.

    Raises:
        UsageError: its name is none that a folder can have.
    """
    try:
        msgspec.convert(suite.name, Name)
    except msgspec.ValidationError as error:
        raise UsageError(
            f"no suite can be called {suite.name!r}; expected small letters, digits and hyphens, "
            "a letter first, 63 at most"
        ) from error
    workspace.create()
    folder = workspace.suites / suite.name / suite.id
    part = folder.with_name(f".{suite.id}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    ordered = sorted(cases, key=lambda case: case.id)
    sources = [{"id": c.id, "lineage": lineage.get(c.example_id or "", [])} for c in ordered]
    write_whole(part / CASES, row_lines(ordered))
    write_whole(part / LINEAGE_FILE, row_lines(sources))
    write_whole(part / MANIFEST, msgspec.json.format(canonical_json(suite), indent=1) + b"\n")
    if folder.exists():
        shutil.rmtree(part)
    else:
        part.rename(folder)
    write_whole(folder.parent / "newest", suite.id.encode())
    shown = effect_shown(suite.n_groups)
    return BuiltSuite(folder=str(folder), suite=suite, smallest_effect=shown)


def list_suites(workspace: Workspace) -> SuiteList:
    """Return all suites that are kept."""
    return SuiteList(suites=tuple(kept.suite for kept in _kept(workspace)))


def _kept(workspace: Workspace) -> Iterator[KeptSuite]:
    for path in sorted(workspace.suites.glob(f"*/*/{MANIFEST}")):
        yield KeptSuite(path.parent, msgspec.json.decode(path.read_bytes(), type=Suite))


def find_suite(workspace: Workspace, name: str) -> KeptSuite:
    """Return a suite: the newest of that name, or the one with that id, under any of its names.

    Raises:
        NotFoundError: there is none.
    """
    if not name:
        raise UsageError("expected the name of a suite, found an empty one")
    newest = workspace.suites / name / "newest"
    if newest.is_file():
        of_name = newest.parent / newest.read_text()
        found = [kept for kept in _kept(workspace) if kept.folder == of_name]
    else:
        begun = (kept for kept in _kept(workspace) if kept.suite.id.startswith(name))
        found = list({kept.suite.id: kept for kept in begun}.values())
    if len(found) == 1:
        return found[0]
    known = ", ".join(sorted({kept.suite.name for kept in _kept(workspace)})) or "none yet"
    if len(found) > 1:
        raise AmbiguousNameError(name, [kept.suite.id for kept in found])
    raise NotFoundError(f"no suite {name!r}; known: {known}; run: tracemill model suite build")


def check_leaks(
    workspace: Workspace, kept: KeptSuite, training: str, example_ids: Sequence[str] = ()
) -> LeakReport:
    """Say which cases stand in a training set: a dataset version, and examples by their ids."""
    folder, version = find_version(workspace, training)
    cases = kept.cases()
    known = Trained.of(
        (*training_rows(folder, version), *(TrainedOn(each, each, ()) for each in example_ids))
    )
    return LeakReport(
        suite_id=kept.suite.id,
        training=version.id,
        n_cases=len(cases),
        n_examples=known.n_examples,
        leaks=tuple(known.leaks(cases)),
    )
