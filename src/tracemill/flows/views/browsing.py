"""What pages ask for: a stretch of a list that matches, and the loop with live counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, Generic, NamedTuple, TypeVar

import msgspec

from tracemill.base.text import counted
from tracemill.flows.held.lookup import open_index, read_counts
from tracemill.flows.held.review_rows import ENTRY, REVIEW
from tracemill.flows.results import FailureRow
from tracemill.store.index import Text
from tracemill.store.workspace import Workspace

R = TypeVar("R")

_SEARCHED: Final[Mapping[str, tuple[str, ...]]] = {
    "session": ("title", "uri", "id", "session_id", "cwd", "branch"),
    "episode": ("goal", "id"),
    "branch": ("branch", "repository", "id"),
    "gate": ("tool", "title", "uri", "commit", "id"),
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
    filled: frozenset[str] = frozenset()
    """Those of the columns asked about in which any row of the kind has a value."""

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
    workspace: Workspace,
    kind: str,
    row: type[R],
    asked: Asked,
    chosen: tuple[str, ...] = (),
    *,
    columns: tuple[str, ...] = (),
) -> Stretch[R]:
    """Return the rows of a kind that are asked for, newest first.

    Args:
        workspace: where they are kept.
        kind: the kind.
        row: the type of its rows.
        asked: which of them.
        chosen: fields of which a person may choose a value.
        columns: fields that are worth a column only where any row has a value.
    """
    text = Text(asked.text.strip(), _SEARCHED.get(kind, ("id",)))
    with open_index(workspace) as index:
        found = index.page(kind, only=asked.only, text=text, first=asked.first, limit=asked.limit)
        total = index.n_matching(kind, only=asked.only, text=text)
        tallies = index.tallies(kind, chosen)
        filled = index.filled(kind, columns)
    rows = [msgspec.convert(data, row) for data in found]
    return Stretch(rows, asked.first, total, tallies, filled)


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
