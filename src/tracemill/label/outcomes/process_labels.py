"""What documents and issue headers prove of the work that they tell of.

| label | on | says |
|---|---|---|
| `document.outcome` | a document version | `complete`, `partial` or `planned`, by its own words |
| `document.unmet` | a document version | planned items that name a file which no done item names |
| `issues.consistent` | a header | whether it lists as many open issues as it declares |
| `issues.disputed` | a header | whether a complete document of that day or later names its issues |

A document is complete where it says so and nothing in it is said to be open; what it says of a
phase last counts. It is partial where both are said, and planned where only open work is named.
A disputed header is neither truth nor lie: whoever counts open issues leaves it out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Final, Literal, NamedTuple

from tracemill.label import LABEL_VERSION
from tracemill.records.events.event import (
    DocumentVersion,
    FileVersion,
    IssueHeader,
    Phase,
    Section,
    Todo,
)
from tracemill.records.labels import Label
from tracemill.records.refs import Ref, Stamp

DocumentOutcome = Literal["complete", "partial", "planned"]

_STAMP: Final = Stamp(by="process_labels", version=LABEL_VERSION)
_SAID_DONE: Final = re.compile(
    r"[✅✔☑]|\b(?:completed?|done|finished|shipped|implemented|accepted)\b", re.IGNORECASE
)
_SAID_OPEN: Final = re.compile(
    r"❌|\b(?:not (?:yet )?(?:\w+ )?(?:started|done|complete\w*|implemented)|planned|pending"
    r"|partial\w*|in progress|incomplete|blocked|awaiting|needs? implement\w*)\b",
    re.IGNORECASE,
)
_OPEN_ISSUE: Final = re.compile(r"\bISSUE\s*#?\d+\b", re.IGNORECASE)
_PHASE: Final = re.compile(r"\W*(?:phase|stage|milestone|task|step)\b", re.IGNORECASE)
_FILE: Final = re.compile(r"(?<![\w-])[\w-]{1,100}\.[a-z][a-z0-9]{0,4}\b")
_NAMED_ISSUE: Final = re.compile(r"\bissues?\s*#?\d+", re.IGNORECASE)
_DAY: Final = re.compile(r"\b(20\d\d-[01]\d-[0-3]\d)\b")


class _Claim(NamedTuple):
    """A complete document that names issues of files."""

    document_id: str
    day: date
    files: frozenset[str]


class ProcessLabels:
    """Takes documents and headers in any order, then yields their labels."""

    def __init__(self) -> None:
        self._labels: list[Label] = []
        self._headers: list[IssueHeader] = []
        self._claims: list[_Claim] = []

    def take(self, version: FileVersion) -> None:
        """Judge one version; of a document no more is kept than what it says of files."""
        if isinstance(version, IssueHeader):
            self._headers.append(version)
        elif isinstance(version, DocumentVersion):
            self._labels.extend(document_labels(version))
            self._claims.extend(_claims(version))

    def labels(self) -> Iterator[Label]:
        """Yield the labels of everything taken."""
        yield from self._labels
        for header in self._headers:
            yield from _header_labels(header, self._claims)


def document_labels(document: DocumentVersion) -> Iterator[Label]:
    """Yield the labels of one document version."""
    outcome = document_outcome(document)
    if outcome is not None:
        reason = f"by its own words it is {outcome}"
        yield _label(document, "document.outcome", value=outcome, reason=reason)
    n_unmet = len(unmet_items(document))
    if n_unmet:
        reason = "planned items name files that nothing said to be done names"
        yield _label(document, "document.unmet", value=n_unmet, reason=reason, confidence=0.7)


def document_outcome(document: DocumentVersion) -> DocumentOutcome | None:
    """Return how far a document says that the work is; None where it does not say."""
    phases = {phase.label: phase.is_done for phase in document.phases if phase.is_done is not None}
    boxes = {todo.status for todo in document.todos}
    spoken = [document.status or "", *_headings(document)]
    is_done = any(map(_is_done, spoken)) or True in phases.values() or boxes == {"completed"}
    is_open = (
        any(map(_SAID_OPEN.search, spoken))
        or any(map(_is_open_issue, spoken))
        or False in phases.values()
        or not boxes.isdisjoint({"pending", "in_progress"})
    )
    if is_done:
        return "partial" if is_open else "complete"
    return "planned" if is_open else None


def unmet_items(document: DocumentVersion) -> list[str]:
    """Return planned items that name files of which no item that is said to be done speaks."""
    done = [item for phase in document.phases for item in phase.items if item.status == "completed"]
    told = {name for item in done for name in _FILE.findall(item.text)}
    if not done:
        return []
    open_items = (item.text for phase in document.phases for item in _unmarked(phase))
    return [text for text in open_items if (named := set(_FILE.findall(text))) and not named & told]


def is_consistent(header: IssueHeader) -> bool:
    """Tell whether a header lists as many open issues as it declares; to-dos where none are."""
    n_listed = sum(issue.is_open and issue.form == "issue" for issue in header.issues)
    n_todos = sum(issue.is_open and issue.form == "todo" for issue in header.issues)
    return header.declared_open == (n_listed or n_todos)


def _unmarked(phase: Phase) -> Iterator[Todo]:
    return (item for item in phase.items if item.status != "completed")


def _headings(document: DocumentVersion) -> Iterator[str]:
    """Yield headings that are no phase: what a phase says last is looked at apart."""
    for section in document.sections or ():
        if section.heading and not _PHASE.match(section.heading):
            yield section.heading


def _is_done(text: str) -> bool:
    return bool(_SAID_DONE.search(text)) and not _SAID_OPEN.search(text)


def _is_open_issue(heading: str) -> bool:
    return bool(_OPEN_ISSUE.search(heading)) and not _SAID_DONE.search(heading)


def _claims(document: DocumentVersion) -> Iterator[_Claim]:
    if document.sections is None or document_outcome(document) != "complete":
        return
    files = {name for section in document.sections for name in _files_with_issues(section)}
    day = _day(document.sections, document.at)
    if files and day is not None:
        yield _Claim(document.id, day, frozenset(files))


def _files_with_issues(section: Section) -> Iterator[str]:
    for line in section.text.split("\n"):
        if _NAMED_ISSUE.search(line):
            yield from _FILE.findall(line)


def _day(sections: Iterable[Section], at: datetime | None) -> date | None:
    """Return the latest day that the headings of a document name, or else that of its commit."""
    days = [day for section in sections for day in _DAY.findall(section.heading)]
    try:
        return date.fromisoformat(max(days)) if days else at.date() if at else None
    except ValueError:
        return at.date() if at else None


def _header_labels(header: IssueHeader, claims: Iterable[_Claim]) -> Iterator[Label]:
    n_open = sum(issue.is_open for issue in header.issues)
    reason = f"it declares {header.declared_open} open and lists {n_open}"
    if header.issues or header.declared_open == 0:
        yield _label(header, "issues.consistent", value=is_consistent(header), reason=reason)
    name = header.path.rpartition("/")[2]
    against = [claim for claim in claims if name in claim.files and _is_later(claim, header)]
    if header.declared_open and against:
        evidence = tuple(Ref(kind="event", id=claim.document_id) for claim in against)
        reason = "a document of that day or later says that the work on its issues is complete"
        yield _label(
            header, "issues.disputed", value=True, reason=reason, evidence=evidence, confidence=0.8
        )


def _is_later(claim: _Claim, header: IssueHeader) -> bool:
    day = header.updated or (header.at.date() if header.at else None)
    return day is not None and claim.day >= day


def _label(
    target: FileVersion,
    name: str,
    *,
    value: bool | int | str,
    reason: str,
    evidence: tuple[Ref, ...] = (),
    confidence: float = 0.9,
) -> Label:
    return Label(
        target=Ref(kind="event", id=target.id),
        name=name,
        value=value,
        reason=reason,
        confidence=confidence,
        evidence=evidence,
        stamp=_STAMP,
    )
