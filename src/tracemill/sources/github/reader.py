"""Reads what GitHub says, payload by payload: see `sources.github` for the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tracemill.base.lines import Line
from tracemill.records.refs import Origin
from tracemill.sources.facts.forge_fields import Fields
from tracemill.sources.github.ci import CiMaker
from tracemill.sources.github.talk import TalkMaker
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.reading.json_fields import type_name

_SUBJECTS: Final = (
    "review",
    "comment",
    "check_run",
    "check_suite",
    "workflow_job",
    "workflow_run",
    "issue",
    "pull_request",
)
"""What a payload is about: the first of these that it has."""
_TELLING: Final[Mapping[str, tuple[str, ...]]] = {
    "review": ("submitted_at", "submittedAt"),
    "comment": ("diff_hunk", "issue_url", "pull_request_review_id"),
    "check_suite": ("latest_check_runs_count",),
    "check_run": ("check_suite",),
    "workflow_job": ("runner_id", "run_url"),
    "workflow_run": ("run_attempt", "workflow_id", "workflowName", "headSha"),
    "pull_request": ("merge_commit_sha", "headRefName", "baseRefName", "mergedAt", "isDraft"),
    "issue": ("number",),
}
"""Fields by which a bare object is known, the surest first."""


class GitHubReader:
    """Takes payloads in their order."""

    def __init__(self, origin: Origin) -> None:
        self.ready: list[SourceRecord] = []
        self._talk = TalkMaker(origin)
        self._ci = CiMaker(origin)

    def begin(self, fields: Mapping[str, Any], whole: Line) -> None:
        """Pass over what an answer says besides its list."""

    def take(self, record: dict[str, Any], line: Line) -> str | None:
        """Read one payload."""
        payload = _unwrapped(record)
        subject = _subject(payload)
        if subject is None:
            return f"other_event:{type_name(payload.text('action'))}"
        self.ready.extend(self._events(subject, payload, line))
        return None

    def finish(self) -> None:
        """Nothing stays open."""

    def _events(self, subject: str, payload: Fields, line: Line) -> Iterator[SourceRecord]:
        said = payload.part(subject) if subject in payload.said else payload
        match subject:
            case "push":
                yield self._talk.push(payload, line)
            case "status":
                yield self._ci.status(payload, line)
            case "review":
                yield self._talk.review(payload, said, line)
            case "comment":
                yield self._talk.comment(payload, said, line)
            case "issue":
                yield self._talk.issue(payload, said, line)
                yield from self._talk.comments_of(payload, said, line)
            case "pull_request":
                yield from self._talk.pull_request(payload, said, line)
                yield from self._ci.rollup(payload, said, line)
            case "check_run" | "check_suite":
                yield self._ci.check(payload, said, line, subject)
            case "workflow_job":
                yield self._ci.job(payload, said, line)
            case _:
                yield self._ci.run(payload, said, line)
                yield from self._ci.jobs_of(payload, said, line)


def _unwrapped(record: dict[str, Any]) -> Fields:
    """Return a payload without what whoever kept it put around it."""
    inner = record.get("payload")
    if not isinstance(inner, dict):
        return Fields(record)
    repository = Fields(record.get("repo"))
    around = {"sender": record.get("actor"), "created_at": record.get("created_at")}
    named = {"full_name": repository.text("name")} if repository else None
    if named is not None:
        around["repository"] = named
    if record.get("type") == "PushEvent":
        around["after"] = inner.get("head")
    return Fields({**{key: value for key, value in around.items() if value is not None}, **inner})


def _subject(payload: Fields) -> str | None:
    for name in _SUBJECTS:
        if isinstance(payload.said.get(name), dict) and not _is_bare(payload):
            return name
    if payload.has("before", "head") and payload.text("ref") and payload.has("after", "commits"):
        return "push"
    if payload.has("context") and payload.has("state"):
        return "status"
    for name, telling in _TELLING.items():
        if payload.has(*telling):
            return name
    return None


def _is_bare(payload: Fields) -> bool:
    """Tell whether an object is the thing itself: those have addresses, payloads have none."""
    return payload.has("url", "node_id") and not payload.has("action", "sender")
