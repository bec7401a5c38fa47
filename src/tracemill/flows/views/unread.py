"""What could not be read: whole inputs, and lines of inputs that were read."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Final, NamedTuple

from tracemill.flows.held.lookup import require_kept
from tracemill.records.inputs import Quarantined
from tracemill.store.workspace import Workspace

LEFT_ALONE: Final = frozenset({"archive", "consent_off", "duplicate_content", "side_file"})
"""Why an input is skipped that is no loss: all else was given to be read and could not be. Ingest
names them; it holds the vault open, so no page imports it."""


class Refused(NamedTuple):
    """Inputs that could not be read for the same reason."""

    reason: str
    detail: str
    """What was expected and what was found."""
    places: list[str]
    """Their addresses, in order."""


class Unread(NamedTuple):
    """What nothing was made of, with its reasons; none of it holds what stands there."""

    refused: list[Refused]
    """Inputs that were given and could not be read, the most frequent reason first."""
    left_alone: dict[str, int]
    """How many inputs hold nothing to read, or nothing that may be kept, by why."""
    lines: list[Quarantined]
    """Lines that could not be read, in the order of their places."""


def read_unread(workspace: Workspace) -> Unread:
    """Return what could not be read.

    Raises:
        NotFoundError: nothing is kept.
    """
    require_kept(workspace)
    from tracemill.store.lake import Lake, equals
    from tracemill.store.tables import TABLES

    lake = Lake(workspace.lake)
    refused: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    left_alone: Counter[str] = Counter()
    for each in lake.records(TABLES["inputs"], where=equals("status", "skipped")):
        if each.reason in LEFT_ALONE:
            left_alone[each.reason] += 1
        else:
            refused[each.reason or "unknown", each.detail or ""].append(each.uri)
    lines = lake.records(TABLES["quarantine"])
    return Unread(
        refused=sorted(
            (Refused(*why, sorted(places)) for why, places in refused.items()),
            key=lambda each: (-len(each.places), each.reason, each.detail),
        ),
        left_alone=dict(left_alone.most_common()),
        lines=sorted(lines, key=lambda each: (each.origin.uri, each.span.start)),
    )
