"""What is held besides sessions, commits and gates: documents, issues, and what a team told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tracemill.label.issue_labels import issue_labels
from tracemill.label.process_labels import ProcessLabels
from tracemill.records.events import (
    Captured,
    DocumentVersion,
    Event,
    FileVersion,
    Issue,
    PullRequest,
    TeamReport,
)
from tracemill.records.labels import Label


class Held:
    """Takes events in any order; documents are judged as they pass, and not held whole."""

    def __init__(self) -> None:
        self.documents: Counter[str] = Counter()
        """Versions of documents and headers, by kind."""
        self.reports: Counter[str] = Counter()
        """Reports and told events, by kind."""
        self.issues: list[Issue] = []
        """What trackers say of issues, each as it stood."""
        self.pulls: list[PullRequest] = []
        """What forges say of pull requests, each as it stood."""
        self._judge = ProcessLabels()

    def take(self, event: Event) -> None:
        """Take an event of no session; of other kinds nothing is kept."""
        match event:
            case FileVersion():
                self.documents[_kind_of(event)] += 1
                self._judge.take(event)
            case Issue():
                self.issues.append(event)
            case PullRequest():
                self.pulls.append(event)
            case Captured() | TeamReport():
                self.reports[_kind_of(event)] += 1
            case _:
                pass

    def labels(self) -> list[Label]:
        """Return the labels of all that was taken, in the order of what they are on."""
        return sorted(self._judged(), key=lambda label: (label.target.id, label.name))

    def _judged(self) -> Iterator[Label]:
        yield from self._judge.labels()
        yield from issue_labels(self.issues)


def _kind_of(event: FileVersion | Captured | TeamReport) -> str:
    """Name what a document is for, or what a report tells of."""
    match event:
        case DocumentVersion():
            return event.document
        case Captured():
            return event.name
        case TeamReport():
            return str(event.report.__struct_config__.tag)
        case _:
            return str(event.__struct_config__.tag)
