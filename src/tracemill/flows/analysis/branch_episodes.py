"""Features from their spec to their merge, assembled from what is kept, and written out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from tracemill.base.errors import NotFoundError
from tracemill.flows.analysis.expected_work import with_expected
from tracemill.flows.deriving.gate_rows import GateRow
from tracemill.flows.destinations import new_folder, require_elsewhere
from tracemill.flows.held.lookup import open_index
from tracemill.flows.privacy.gate import Gate
from tracemill.flows.results import BranchRow, EpisodeRow, SessionRow
from tracemill.label.outcomes.branch_labels import refused_commits
from tracemill.label.outcomes.branch_outcome import (
    MERGE_SIGNALS,
    branch_quality,
    final_verdicts,
    has_failed_then_passed,
    is_corrected_then_achieved,
    is_taken_back,
    rollback_signal,
    validation_signal,
)
from tracemill.label.outcomes.spec_items import SpecItems, all_met, spec_items
from tracemill.records.events.event import DocumentVersion, Event, PullRequest
from tracemill.records.events.team_branches import (
    BranchEpisode,
    BranchFacts,
    BranchOutcome,
    BranchResult,
    BranchSession,
    BranchSignals,
    BranchSpec,
    BranchStatus,
    MergeResult,
    ValidationCheckpoint,
)
from tracemill.records.privacy.receipts import Receipt
from tracemill.records.refs import Record
from tracemill.records.sessions.activity import Activity
from tracemill.records.work.change_sets import ChangeSet
from tracemill.render.atif import atif_moment
from tracemill.store.workspace import Workspace

if TYPE_CHECKING:
    from tracemill.store.lake import Lake

_EPISODES: Final = "feature_episodes.jsonl"
_OUTCOMES: Final = "branch_outcomes.jsonl"
_SPEC_FIRST: Final = ("spec", "plan", "design")
"""Which of a branch's documents is its spec, where it has several."""


class ExportedBranches(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What was written of branches."""

    folder: str
    """The folder that holds it."""
    n_branches: dict[str, int]
    """Branches, by what became of them."""
    receipt: Receipt
    """What it went through before."""


class _Place(NamedTuple):
    """Where a document lies."""

    repository: str
    path: str


class _Plans(NamedTuple):
    """Documents that branches carry out."""

    places: Mapping[str, _Place]
    """Where the document of each version lies."""
    versions: Mapping[_Place, Sequence[DocumentVersion]]
    """Its versions, but for those that deleted it."""


class _Held(NamedTuple):
    """What is held beside branches."""

    plans: _Plans
    sessions: Mapping[str, SessionRow]
    outcomes: Mapping[str, str]
    """Outcomes of pieces of work, by their sessions."""
    activities: Mapping[str, Activity]
    gates: Mapping[str, Sequence[GateRow]]
    """Gate runs, by the commit that they name."""
    refused: frozenset[str]
    """Commits of pull requests that were closed without a merge."""


def export_branches(workspace: Workspace, folder: Path, *, is_forced: bool) -> ExportedBranches:
    """Write what each branch brought, from its spec to its merge, in the words that teams know.

    Raises:
        NotFoundError: nothing is kept, or no branch is known.
        UsageError: the folder holds something, and nobody forced it.
        PolicyError: the folder is in the workspace, or the gate refuses what is to be written.
    """
    episodes = branch_episodes(workspace)
    if not episodes:
        raise NotFoundError("no branches are known: name a repository to `tracemill run`")
    require_elsewhere(workspace, folder)
    new_folder(folder, is_forced=is_forced)
    files = {
        _EPISODES: _lines(episodes),
        _OUTCOMES: _lines(map(branch_outcome, episodes)),
    }
    receipt = Gate(workspace).write_out("reports", "branches", folder, files)
    counts: Counter[str] = Counter()
    for each in episodes:
        assert each.outcome is not None, "each was made with one"
        counts[each.outcome.status or "open"] += 1
    return ExportedBranches(
        folder=str(folder), n_branches=dict(sorted(counts.items())), receipt=receipt
    )


def branch_episodes(workspace: Workspace) -> list[BranchEpisode]:
    """Return what each branch brought, in the order of their ids.

    Raises:
        NotFoundError: nothing is kept yet.
    """
    with open_index(workspace) as index:
        rows = list(index.records("branch", BranchRow))
        sessions = {row.id: row for row in index.records("session", SessionRow)}
        outcomes = {
            session: row.outcome
            for row in index.records("episode", EpisodeRow)
            for session in row.sessions
        }
        gates: defaultdict[str, list[GateRow]] = defaultdict(list)
        for gate in index.records("gate", GateRow):
            if gate.commit is not None:
                gates[gate.commit].append(gate)
    from tracemill.store.lake import Lake
    from tracemill.store.tables import TABLES

    lake = Lake(workspace.lake)
    sets = {each.id: each for each in lake.records(TABLES["change_sets"])}
    plans, refused = _documents(lake, {plan for each in sets.values() for plan in each.plans})
    wanted = {name for row in rows for name in row.sessions}
    activities = {
        each.trajectory_id: each
        for each in lake.records(TABLES["activities"])
        if each.trajectory_id in wanted
    }
    held = _Held(plans, sessions, outcomes, activities, gates, refused)
    found = [_episode(row, sets[row.id], held) for row in rows]
    return with_expected(workspace, found, [row.sessions for row in rows])


def branch_outcome(episode: BranchEpisode) -> BranchOutcome:
    """Return what came of a branch in one line, out of its episode."""
    result, branch = episode.outcome or BranchResult(), episode.branch or BranchFacts()
    last: dict[str, int] = {}
    for each in episode.validation_checkpoints:
        counts = msgspec.structs.asdict(each)
        last |= {name: n for name, n in counts.items() if isinstance(n, int)}
    return BranchOutcome(
        branch=branch.name,
        interactions=_total(each.turns for each in episode.sessions),
        tool_calls=_total(each.tool_calls for each in episode.sessions),
        outcome=MergeResult(
            merged={"merged": True, "closed": False}.get(result.status or ""),
            ruff_violations_at_merge=last.get("ruff_violations"),
            pytest_pass_rate=_pass_rate(last.get("pytest_passed"), last.get("pytest_failed")),
            typecheck_errors=last.get("typecheck_errors"),
            rollback_within_7d=result.rollback_within_7d,
        ),
        quality=episode.quality,
    )


def _episode(row: BranchRow, brought: ChangeSet, held: _Held) -> BranchEpisode:
    plans = _as_left(row, brought, held.plans)
    items = spec_items(plans)
    checkpoints = sorted(_checkpoints(row, held), key=lambda each: each.timestamp or "")
    final = final_verdicts(checkpoints)
    status: BranchStatus = "merged" if row.merge else "open"
    if status == "open" and not held.refused.isdisjoint(row.commits):
        status = "closed"
    rollback: Any = row.rollback
    return BranchEpisode(
        episode_id=row.id,
        spec=_spec(plans, items),
        branch=BranchFacts(
            name=row.branch,
            created=_moment(row.started),
            merged=_moment(row.merged),
            commits=len(row.commits),
            files_changed=row.files,
        ),
        sessions=tuple(_sessions(row, held)),
        validation_checkpoints=tuple(checkpoints),
        outcome=BranchResult(
            status=status,
            all_requirements_met=all_met(items.requirements),
            all_acceptance_criteria_met=all_met(items.criteria),
            final_validation_passed=all(final.values()) if final else None,
            rollback_within_7d=is_taken_back(rollback),
        ),
        signals=BranchSignals(
            merge=MERGE_SIGNALS[status],
            validation=validation_signal(status, final),
            rollback=rollback_signal(rollback),
            failed_then_passed=has_failed_then_passed(checkpoints),
            corrected_then_achieved=is_corrected_then_achieved(
                (held.activities.get(name), held.outcomes.get(name, "unknown"))
                for name in row.sessions
            ),
            required_and_tested=_is_required_and_tested(items, row, final.get("test")),
        ),
        quality=branch_quality(status, final, rollback),
    )


def _spec(plans: Sequence[DocumentVersion], items: SpecItems) -> BranchSpec | None:
    if not plans:
        return None
    main = min(plans, key=lambda each: (_SPEC_FIRST.index(each.document), each.path))
    return BranchSpec(
        title=main.title,
        file=main.path,
        requirements=tuple(item.text for item in items.requirements),
        acceptance_criteria=tuple(item.text for item in items.criteria),
    )


def _sessions(row: BranchRow, held: _Held) -> Iterator[BranchSession]:
    known = [held.sessions[name] for name in row.sessions if name in held.sessions]
    for each in sorted(known, key=lambda one: (_moment(one.started) or "", one.id)):
        yield BranchSession(
            session_id=each.session_id,
            start=_moment(each.started),
            turns=each.user_steps,
            tool_calls=each.tool_calls,
            outcome=held.outcomes.get(each.id, each.outcome),
        )


def _checkpoints(row: BranchRow, held: _Held) -> Iterator[ValidationCheckpoint]:
    """Yield what gates said of the commits, and what sessions saw of their own checks."""
    for commit in (*row.commits, *([row.merge] if row.merge else ())):
        for gate in held.gates.get(commit, ()):
            yield from checkpoints_of(gate)
    for name in row.sessions:
        activity = held.activities.get(name)
        for run in activity.checks if activity else ():
            if run.passed is not None and run.at is not None:
                yield ValidationCheckpoint(
                    timestamp=_moment(run.at), verdicts={run.check: run.passed}
                )


def checkpoints_of(gate: GateRow) -> Iterator[ValidationCheckpoint]:
    """Yield what a gate counted, or its verdict alone where no count goes with that."""
    at, failed, is_passed = _moment(gate.at), gate.failed + gate.errors, gate.status == "passed"
    if gate.status == "unknown":
        return
    match gate.gate:
        case "lint" | "types" as kind if not failed and not is_passed:
            yield ValidationCheckpoint(timestamp=at, verdicts={kind: False})
        case "test" if not failed and not (is_passed and gate.passed):
            yield ValidationCheckpoint(timestamp=at, verdicts={"test": is_passed})
        case "lint":
            yield ValidationCheckpoint(timestamp=at, ruff_violations=failed)
        case "types":
            yield ValidationCheckpoint(timestamp=at, typecheck_errors=failed)
        case "test":
            yield ValidationCheckpoint(
                timestamp=at, pytest_passed=gate.passed, pytest_failed=failed
            )
        case _:  # what else a gate looks at has no field in the layout
            return


def _is_required_and_tested(items: SpecItems, row: BranchRow, tested: bool | None) -> bool | None:
    if tested is None:
        return None
    return bool(items.requirements or items.criteria) and bool(row.files) and tested


def _documents(lake: Lake, wanted: set[str]) -> tuple[_Plans, frozenset[str]]:
    """Return every version of the documents of which one is wanted, and what was refused."""
    from tracemill.store.lake import is_unknown
    from tracemill.store.tables import TABLES

    def events() -> Iterator[Event]:
        return lake.records(TABLES["events"], where=is_unknown("trajectory_id"))

    pulls: list[PullRequest] = []
    places: dict[str, _Place] = {}
    for event in events():
        if isinstance(event, PullRequest):
            pulls.append(event)
        elif isinstance(event, DocumentVersion) and event.id in wanted:
            places[event.id] = _Place(event.origin.uri, event.path)
    versions: defaultdict[_Place, list[DocumentVersion]] = defaultdict(list)
    among = set(places.values())
    for event in events() if among else ():
        if isinstance(event, DocumentVersion):
            place = _Place(event.origin.uri, event.path)
            if place in among and event.change != "deleted":
                versions[place].append(event)
    return _Plans(places, versions), refused_commits(pulls)


def _as_left(row: BranchRow, brought: ChangeSet, plans: _Plans) -> list[DocumentVersion]:
    """Return the documents of a branch as its commits left them, in the order of their paths."""
    commits = {*row.commits, row.merge}
    found: dict[str, DocumentVersion] = {}
    for place in {plans.places[name] for name in brought.plans if name in plans.places}:
        held = plans.versions[place]
        own = [each for each in held if each.commit in commits]
        among = own or [each for each in held if each.id in brought.plans]
        if among:
            found[place.path] = max(among, key=lambda one: (_moment(one.at) or "", one.id))
    return [found[path] for path in sorted(found)]


def _moment(at: datetime | None) -> str | None:
    return None if at is None else atif_moment(at)


def _pass_rate(passed: int | None, failed: int | None) -> float | None:
    if passed is None or failed is None or not passed + failed:
        return None
    return round(passed / (passed + failed), 4)


def _total(counts: Iterable[int | None]) -> int | None:
    """Return the sum of what is known; None where no session is."""
    known = [n for n in counts if n is not None]
    return sum(known) if known else None


def _lines(records: Iterable[BranchEpisode | BranchOutcome]) -> bytes:
    return b"".join(map(_line, records))


def _line(record: BranchEpisode | BranchOutcome) -> bytes:
    written = msgspec.to_builtins(record)
    del written["kind"]
    return msgspec.json.encode(written) + b"\n"
