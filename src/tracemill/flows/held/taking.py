"""What is held besides sessions, commits and gates, taken as it passes and not held whole.

That is documents, issues, pull requests and decisions as they stood last, and what a team told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from tracemill.flows.held.documents import Documents, kind_of
from tracemill.flows.held.forge import Forge
from tracemill.label.outcomes.artifact_labels import artifact_labels
from tracemill.label.outcomes.issue_labels import issue_labels
from tracemill.label.outcomes.process_labels import ProcessLabels
from tracemill.records.events.event import (
    Captured,
    Event,
    FileVersion,
    Issue,
    PullRequest,
    TeamReport,
)
from tracemill.records.labels import Label
from tracemill.render.team import captured_report
from tracemill.store.index import Row


class Held:
    """Takes events in any order."""

    def __init__(self) -> None:
        self.documents: Counter[str] = Counter()
        """Versions of documents and headers, by kind."""
        self.reports: Counter[str] = Counter()
        """Reports and told events, by kind."""
        self.issues: list[Issue] = []
        """What trackers say of issues, each as it stood."""
        self.pulls: list[PullRequest] = []
        """What forges say of pull requests, each as it stood."""
        self.forge = Forge()
        self._documents = Documents()
        self._judge = ProcessLabels()
        self._of_artifacts: list[Label] = []

    def take(self, event: Event) -> None:
        """Take an event of no session; of other kinds nothing is kept."""
        match event:
            case FileVersion():
                self.documents[kind_of(event)] += 1
                self._documents.take(event)
                self._judge.take(event)
            case Captured():
                self.reports[event.name] += 1
                told = captured_report(event)
                self._of_artifacts += artifact_labels(told) if told else ()
            case TeamReport():
                self.reports[str(event.report.__struct_config__.tag)] += 1
                self._of_artifacts += artifact_labels(event)
            case _:
                self.forge.take(event)
                if isinstance(event, Issue):
                    self.issues.append(event)
                elif isinstance(event, PullRequest):
                    self.pulls.append(event)

    def labels(self) -> list[Label]:
        """Return the labels of all that was taken, in the order of what they are on."""
        return sorted(self._judged(), key=lambda label: (label.target.id, label.name))

    def _judged(self) -> Iterator[Label]:
        yield from self._judge.labels()
        yield from issue_labels(self.forge.issues)
        yield from self._of_artifacts

    def rows(self, labels: Sequence[Label]) -> dict[str, Iterator[Row]]:
        """Return the rows of each kind for the index."""
        outcomes = {each.target.id: str(each.value) for each in _named(labels, "document.outcome")}
        rolled_up = {
            each.target.id: each.value is True for each in _named(labels, "issue.rolled_up")
        }
        return {
            "document": self._documents.rows(outcomes),
            "issue": self.forge.issue_rows(rolled_up),
            "pr": self.forge.pull_rows(),
            "decision": self.forge.decision_rows(),
        }


def _named(labels: Sequence[Label], name: str) -> Iterator[Label]:
    return (label for label in labels if label.name == name)


__all__ = ["Held"]
