"""Whether an issue stands where the issues that it is made of stand.

| label | on | says |
|---|---|---|
| `issue.rolled_up` | an issue that has parts | whether its state follows from that of its parts |

Only the last parts count, those that have none themselves: where all of them are closed, the
whole is done, whatever it says of itself. An issue without parts has no such label, nor has one
of whose parts the state is unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from tracemill.label import LABEL_VERSION
from tracemill.records.events.forge import Issue, IssueState
from tracemill.records.labels import Label
from tracemill.records.refs import Ref, Stamp

_STAMP: Final = Stamp(by="issue_labels", version=LABEL_VERSION)
PART_OF: Final = frozenset({"part-of", "parent-child"})
"""How trackers say that one issue is a part of another."""
_GONE: Final[IssueState] = "deleted"


class _Name(NamedTuple):
    input_id: str
    native_id: str


def issue_labels(issues: Iterable[Issue]) -> Iterator[Label]:
    """Yield the labels of issues that have parts, in the order of their ids."""
    known = {_name(issue): issue for issue in issues if issue.native_id and issue.state != _GONE}
    parts: defaultdict[_Name, list[_Name]] = defaultdict(list)
    for name, issue in sorted(known.items()):
        for link in issue.links:
            whole = _Name(name.input_id, link.issue)
            if link.relation in PART_OF and whole in known and whole != name:
                parts[whole].append(name)
    for whole in sorted(parts):
        last = [known[name] for name in sorted(_last_parts(whole, parts))]
        states = {issue.state for issue in last}
        if last and "unknown" not in states and known[whole].state != "unknown":
            yield _label(known[whole], last, is_done=states == {"closed"})


def _name(issue: Issue) -> _Name:
    return _Name(issue.origin.input_id, issue.native_id or "")


def _last_parts(whole: _Name, parts: Mapping[_Name, Sequence[_Name]]) -> set[_Name]:
    """Return the parts of an issue that have none; issues that are parts of each other have no."""
    seen, waiting = {whole}, [whole]
    while waiting:
        for name in parts.get(waiting.pop(), ()):
            if name not in seen:
                seen.add(name)
                waiting.append(name)
    return {name for name in seen if name not in parts}


def _label(whole: Issue, last: Sequence[Issue], *, is_done: bool) -> Label:
    n_open = sum(issue.state != "closed" for issue in last)
    stands = "is closed" if whole.state == "closed" else "is not closed"
    reason = f"it {stands}, and of its {len(last)} last parts {n_open} are not"
    return Label(
        target=Ref(kind="event", id=whole.id),
        name="issue.rolled_up",
        value=(whole.state == "closed") == is_done,
        reason=reason,
        confidence=0.9,
        evidence=tuple(Ref(kind="event", id=issue.id) for issue in last),
        stamp=_STAMP,
    )
