"""What pages ask for: a stretch of a list that matches, a stretch of a session. Changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Generic, NamedTuple, TypeVar

import msgspec

from tracemill.base.text import beginning, counted
from tracemill.flows.held.lookup import canonical_input, find_row, open_index, read_counts
from tracemill.flows.held.review_rows import ENTRY, REVIEW
from tracemill.flows.results import EpisodeRow, FailureRow, LinkRow, SessionRow
from tracemill.records.datasets import DatasetVersion
from tracemill.records.events import Event
from tracemill.records.reactions import Reaction
from tracemill.records.trajectory import Speaker, Step
from tracemill.store.index import Text
from tracemill.store.workspace import Workspace

if TYPE_CHECKING:
    from tracemill.flows.analysis.happenings import Moments, Placed

R = TypeVar("R")

_OUTLINE_WIDTH: Final = 90
_SHA: Final = re.compile(r"[0-9a-f]{40}")
_SEARCHED: Final[Mapping[str, tuple[str, ...]]] = {
    "session": ("title", "uri", "id", "session_id", "cwd", "branch"),
    "episode": ("goal", "id"),
    "failure": ("symptom", "action", "id"),
}
"""Fields in which a person's words are looked for, by kind."""


class Stretch(NamedTuple, Generic[R]):
    """Some rows of a list."""

    rows: list[R]
    """The rows."""
    first: int
    """How many matching rows come before them."""
    total: int
    """How many match."""
    tallies: Mapping[str, Mapping[str, int]]
    """By field that can be chosen from: its values, with how many rows of the kind have each."""

    @property
    def end(self) -> int:
        """How many matching rows have been shown after these."""
        return self.first + len(self.rows)


class Asked(NamedTuple):
    """What a person wants to see of a list."""

    only: Mapping[str, str] = MappingProxyType({})
    """What must stand in a row's fields."""
    text: str = ""
    """Words that must stand somewhere in a row."""
    first: int = 0
    """How many matching rows to pass over."""
    limit: int = 100
    """How many to show at most."""


def browse(
    workspace: Workspace, kind: str, row: type[R], asked: Asked, chosen: tuple[str, ...] = ()
) -> Stretch[R]:
    """Return the rows of a kind that are asked for, newest first.

    Args:
        workspace: where they are kept.
        kind: the kind.
        row: the type of its rows.
        asked: which of them.
        chosen: fields of which a person may choose a value.
    """
    text = Text(asked.text.strip(), _SEARCHED.get(kind, ("id",)))
    with open_index(workspace) as index:
        found = index.page(kind, only=asked.only, text=text, first=asked.first, limit=asked.limit)
        total = index.n_matching(kind, only=asked.only, text=text)
        tallies = {field: index.tally(kind, field) for field in chosen}
    rows = [msgspec.convert(data, row) for data in found]
    return Stretch(rows, asked.first, total, tallies)


class OutlineEntry(NamedTuple):
    """One line of a session's outline: who spoke and how it went, without the text."""

    step: int
    speaker: Speaker
    at: datetime | None
    line: str
    """How the text begins; for a step without one, the tools that it called."""
    n_failed: int
    """Calls that failed."""
    reactions: tuple[str, ...]
    """What people said or did about the work here."""


class SessionView(NamedTuple):
    """A session without its texts."""

    row: SessionRow
    outline: list[OutlineEntry]
    reactions: Mapping[int, list[Reaction]]
    """What people said and did about the work, by step."""
    events: list[Event]
    """What happened in it besides the steps."""
    episode: EpisodeRow | None
    """The work that it belongs to."""
    links: list[LinkRow]
    """What it is linked to."""
    happened: Placed
    """What else happened, after which step."""


def view_session(workspace: Workspace, name: str) -> SessionView:
    """Return a session's outline and what hangs on it."""
    row = find_row(workspace, "session", name, SessionRow)
    from tracemill.flows.analysis.happenings import happenings
    from tracemill.store.lake import Lake, equals
    from tracemill.store.tables import TABLES

    lake, owners = Lake(workspace.lake), {canonical_input(workspace, row.id)}
    where = equals("trajectory_id", row.id)
    (activity,) = lake.records(TABLES["activities"], owners=owners, where=where)
    reactions: dict[int, list[Reaction]] = {}
    for reaction in activity.reactions:
        reactions.setdefault(reaction.step, []).append(reaction)
    steps: Iterator[Step] = lake.records(TABLES["steps"], owners=owners, where=where)
    outline = [_entry(step, reactions.get(step.index, ())) for step in steps]
    events = list(lake.records(TABLES["events"], owners=owners, where=where))
    links = _links_of(workspace, row.id)
    return SessionView(
        row=row,
        outline=outline,
        reactions=reactions,
        events=events,
        episode=_episode_of(workspace, row.id),
        links=links,
        happened=happenings(workspace, row.id, events, _commits_of(links), _moments(outline)),
    )


def _commits_of(links: Iterable[LinkRow]) -> Iterator[str]:
    for link in links:
        yield from (end for end in (link.source, link.target) if _SHA.fullmatch(end))


def _moments(outline: Iterable[OutlineEntry]) -> Moments:
    from tracemill.flows.analysis.happenings import Moments

    timed = sorted((entry.at, entry.step) for entry in outline if entry.at is not None)
    return Moments([at for at, _ in timed], [step for _, step in timed])


def _entry(step: Step, reactions: list[Reaction] | tuple[()]) -> OutlineEntry:
    said = beginning(step.text, _OUTLINE_WIDTH)
    return OutlineEntry(
        step=step.index,
        speaker=step.speaker,
        at=step.at,
        line=said or ", ".join(dict.fromkeys(call.name for call in step.calls)),
        n_failed=sum(result.status == "error" for result in step.results),
        reactions=tuple(reaction.kind for reaction in reactions),
    )


def _episode_of(workspace: Workspace, trajectory_id: str) -> EpisodeRow | None:
    with open_index(workspace) as index:
        found = index.find("episode", trajectory_id)
    return msgspec.convert(found[0], EpisodeRow) if found else None


def _links_of(workspace: Workspace, trajectory_id: str) -> list[LinkRow]:
    with open_index(workspace) as index:
        sources = index.page("link", only={"from": trajectory_id}, text=Text(), first=0, limit=-1)
        targets = index.page("link", only={"to": trajectory_id}, text=Text(), first=0, limit=-1)
    return [msgspec.convert(data, LinkRow) for data in (*sources, *targets)]


def read_steps(workspace: Workspace, trajectory_id: str, first: int, n: int) -> list[Step]:
    """Return some steps of a session, from the one numbered `first`."""
    from tracemill.store.lake import Lake, among, both, equals
    from tracemill.store.tables import TABLES

    owners = {canonical_input(workspace, trajectory_id)}
    where = both(equals("trajectory_id", trajectory_id), among("index", first, first + n))
    return list(Lake(workspace.lake).records(TABLES["steps"], owners=owners, where=where))


class Wheel(NamedTuple):
    """The loop with live counts, and what a person should do next."""

    stages: list[WheelStage]
    waiting_reviews: int
    """What waits to be reviewed."""
    outcomes: Mapping[str, int]
    """Episodes by outcome."""
    achieved: Share | None
    """How many of those with a known outcome were achieved; None where none is known."""
    failures: list[FailureRow]
    """What failed last."""


class Share(NamedTuple):
    """A share with its interval at 95 %."""

    value: float
    low: float
    high: float
    n: int
    """Of how many it is."""


class WheelStage(NamedTuple):
    """One stage of the loop."""

    name: str
    """The stage."""
    n: int
    """How much came through it."""
    noun: str
    """Of what."""
    address: str
    """The page that shows it."""
    note: str = ""
    """What waits there."""


def read_wheel(workspace: Workspace) -> Wheel:
    """Return what went round the loop so far."""
    with open_index(workspace) as index:
        store = read_counts(index)
        waiting = index.n_waiting(ENTRY, REVIEW)
        failures = [msgspec.convert(data, FailureRow) for data in index.rows("failure", 5)]
        n_reviews = index.count(REVIEW)
    n_unknown = store.episodes.get("unknown", 0)
    return Wheel(
        stages=[
            WheelStage("collect", store.sessions + store.subagents, "session", "/sessions"),
            WheelStage("redact", sum(store.findings.values()), "finding", "/privacy"),
            WheelStage("link", sum(store.links.values()), "link", "/episodes"),
            WheelStage(
                "label", sum(store.episodes.values()), "episode", "/episodes",
                f"{n_unknown:,} without a known outcome" if n_unknown else "",
            ),
            WheelStage(
                "review", n_reviews, "review", "/review", f"{waiting:,} wait" if waiting else ""
            ),
            WheelStage("curate", sum(store.examples.values()), "example", "/datasets"),
            *_model_stages(workspace),
            WheelStage(
                "improve", store.documents.get("prompt", 0), "prompt version", "/prompts"
            ),
        ],
        waiting_reviews=waiting,
        outcomes=store.episodes,
        achieved=_achieved(store.episodes),
        failures=failures,
    )  # fmt: skip


def _achieved(outcomes: Mapping[str, int]) -> Share | None:
    known = sum(n for outcome, n in outcomes.items() if outcome != "unknown")
    if not known:
        return None
    from tracemill.stats import wilson

    achieved = outcomes.get("achieved", 0)
    return Share(achieved / known, *wilson(achieved, known), known)


def _model_stages(workspace: Workspace) -> Iterator[WheelStage]:
    from tracemill.flows.models.evaluations import list_evaluations
    from tracemill.flows.models.registry import list_models, read_events
    from tracemill.flows.models.runs import list_runs

    roles = [each.role for each in list_models(workspace).models]
    n_candidates = roles.count("candidate")
    n_promoted = sum(event.kind == "promoted" for event in read_events(workspace))
    yield WheelStage("train", len(list_runs(workspace).runs), "run", "/runs")
    yield WheelStage("evaluate", len(list_evaluations(workspace)), "evaluation", "/models")
    waiting = f"{counted(n_candidates, 'candidate')} waiting" if n_candidates else ""
    yield WheelStage("promote", n_promoted, "promotion", "/models", waiting)


def list_versions(workspace: Workspace) -> list[DatasetVersion]:
    """Return every dataset version that is kept, the newest first."""
    from tracemill.flows.datasets.versions import MANIFEST

    manifests = workspace.datasets.glob(f"*/*/{MANIFEST}")
    newest = sorted(manifests, key=lambda path: path.stat().st_mtime, reverse=True)
    return [msgspec.json.decode(path.read_bytes(), type=DatasetVersion) for path in newest]
