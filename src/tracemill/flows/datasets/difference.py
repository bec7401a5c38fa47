"""Two versions of a dataset beside each other: what came, what went, and why."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import msgspec

from tracemill.export.trainers.dataset_format import Part
from tracemill.flows.datasets.checks import row_files
from tracemill.flows.datasets.publish import REJECTS
from tracemill.flows.datasets.versions import LINEAGE_FILE, find_version, open_file
from tracemill.records.datasets.audits import Verdict
from tracemill.records.datasets.versions import DatasetVersion, Reject
from tracemill.records.refs import Record
from tracemill.store.workspace import Workspace

_NOT_MADE: Final = "not_made"
_NEW: Final = "new"
Change = Literal["gained", "lost", "moved"]


class MemberChange(Record, frozen=True, kw_only=True):
    """An example that is in one version and not in the other, or in another split."""

    id: str
    """The example."""
    change: Change
    """What happened to it."""
    why: str
    """For lost ones why they are left out now, for gained ones why they were before; `not_made`
    where builders do not make it from its work, `new` where its work was not there."""


class CheckChange(Record, frozen=True, kw_only=True):
    """A check that says something else of the second version."""

    name: str
    """The check."""
    before: Verdict | None
    """Its verdict on the first version; None where it was not made."""
    after: Verdict | None
    """Its verdict on the second version."""
    measured_before: float | None = None
    """What it measured in the first version."""
    measured_after: float | None = None
    """What it measured in the second version."""


class ValueChange(Record, frozen=True, kw_only=True):
    """Something that a card tells, where both versions differ."""

    name: str
    """What it is, for example `recipe.split.validation`."""
    before: str | int | float | bool | None
    """What the first version says."""
    after: str | int | float | bool | None
    """What the second version says."""


class VersionDifference(Record, frozen=True, kw_only=True):
    """How two versions differ."""

    first: str
    """Id of the first version."""
    second: str
    """Id of the second version."""
    n_shared: int
    """Examples that are in both."""
    gained: dict[str, int] = msgspec.field(default_factory=dict)
    """Examples that only the second has, by why they were not in the first."""
    lost: dict[str, int] = msgspec.field(default_factory=dict)
    """Examples that only the first has, by why they are not in the second."""
    moved: dict[str, int] = msgspec.field(default_factory=dict)
    """Examples that are in another split, by from where to where."""
    members: tuple[MemberChange, ...] = ()
    """All of these, one by one."""
    checks: tuple[CheckChange, ...] = ()
    """Checks that say something else."""
    values: tuple[ValueChange, ...] = ()
    """Numbers, settings and versions of rules that differ."""

    @property
    def is_empty(self) -> bool:
        """Whether there is no difference."""
        return not (self.members or self.checks or self.values)


class _Contents(NamedTuple):
    """What a version holds, and what it left out."""

    version: DatasetVersion
    splits: Mapping[str, str]
    """Split of each example."""
    rejects: Mapping[str, str]
    """Why an example was left out."""
    trajectories: frozenset[str]
    """Trajectories of which it holds anything, or left anything out."""
    origins: Mapping[str, str]
    """Trajectory of each example."""


def diff_versions(workspace: Workspace, first: str, second: str) -> VersionDifference:
    """Return how two versions differ.

    Raises:
        NotFoundError: one of them does not exist.
    """
    one, other = (_contents(*find_version(workspace, name)) for name in (first, second))
    members = sorted(_members(one, other), key=lambda each: (each.change, each.why, each.id))
    counted = {
        change: dict(Counter(each.why for each in members if each.change == change))
        for change in ("gained", "lost", "moved")
    }
    return VersionDifference(
        first=one.version.id,
        second=other.version.id,
        n_shared=len(one.splits.keys() & other.splits.keys()),
        members=tuple(members),
        checks=tuple(_checks(one.version, other.version)),
        values=tuple(_values(one.version, other.version)),
        **counted,
    )


def _contents(folder: Path, version: DatasetVersion) -> _Contents:
    splits: dict[str, str] = {}
    for file in row_files(version):
        part = Part.of_file(file.path)
        assert part is not None, "a version's files are named by their split"
        splits.update((row["id"], part.split) for row in _lines(folder / file.path))
    rejects: dict[str, str] = {}
    trajectories: set[str] = set()
    if (folder / f"{REJECTS}.jsonl").exists():
        for row in _lines(folder / f"{REJECTS}.jsonl"):
            reject = msgspec.convert(row, Reject)
            trajectories.add(reject.trajectory_id)
            if reject.id is not None:
                rejects[reject.id] = reject.reason
    origins = {
        row["id"]: row["lineage"][0]["trajectory_id"] for row in _lines(folder / LINEAGE_FILE)
    }
    return _Contents(
        version, splits, rejects, frozenset(trajectories.union(origins.values())), origins
    )


def _lines(path: Path) -> Iterator[Any]:
    with open_file(path.parent, path.name) as lines:
        yield from map(json.loads, lines)


def _members(one: _Contents, other: _Contents) -> Iterator[MemberChange]:
    for name in one.splits.keys() - other.splits.keys():
        why = other.rejects.get(name) or _absence(one.origins[name], other)
        yield MemberChange(id=name, change="lost", why=why)
    for name in other.splits.keys() - one.splits.keys():
        why = one.rejects.get(name) or _absence(other.origins[name], one)
        yield MemberChange(id=name, change="gained", why=why)
    for name in one.splits.keys() & other.splits.keys():
        before, after = one.splits[name], other.splits[name]
        if before != after:
            yield MemberChange(id=name, change="moved", why=f"{before} → {after}")


def _absence(trajectory_id: str, contents: _Contents) -> str:
    """Say why a version neither holds an example nor left it out."""
    return _NOT_MADE if trajectory_id in contents.trajectories else _NEW


def _checks(one: DatasetVersion, other: DatasetVersion) -> Iterator[CheckChange]:
    before, after = ({check.name: check for check in each.checks} for each in (one, other))
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name), after.get(name)
        said = [each and (each.verdict, each.measured) for each in (old, new)]
        if said[0] != said[1]:
            yield CheckChange(
                name=name,
                before=old.verdict if old else None,
                after=new.verdict if new else None,
                measured_before=old.measured if old else None,
                measured_after=new.measured if new else None,
            )


def _values(one: DatasetVersion, other: DatasetVersion) -> Iterator[ValueChange]:
    before, after = (dict(_told(each)) for each in (one, other))
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            yield ValueChange(name=name, before=before.get(name), after=after.get(name))


def _told(version: DatasetVersion) -> Iterator[tuple[str, Any]]:
    parts = {
        "recipe": version.recipe,
        "rules": version.code_versions,
        "examples": version.n_examples,
        "left_out": version.drops,
    }
    for name, value in parts.items():
        yield from _leaves(name, value)


def _leaves(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    match value:
        case dict():
            for key, inner in value.items():
                yield from _leaves(f"{name}.{key}", inner)
        case list() | tuple():
            for at, inner in enumerate(value):
                yield from _leaves(f"{name}[{at}]", inner)
        case _:
            yield name, value
