"""GitHub: webhook payloads, answers of its REST interface, and what `gh … --json` prints.

The model of this source:

- A file holds one payload, a list of them, an answer with a list in it, or one payload a line,
  bare or wrapped by whoever kept it. Each becomes the event that it is about.
- The same fields go by two spellings, `head_sha` and `headSha`; both are read.
- What a thing holds of others becomes events too: the reviews and comments of a pull request,
  the jobs of a run.
- A person is told from a program by what GitHub says of the account.
- Payloads about anything else are counted by their kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Final

import orjson

from tracemill.records.refs import Origin
from tracemill.sources.content import Content
from tracemill.sources.file_source import FileSource
from tracemill.sources.head import HEAD_BYTES, Head
from tracemill.sources.protocol import SourceRecord

LISTS: Final = ("workflow_runs", "jobs", "check_runs", "check_suites", "items")
"""Fields under which answers hold their lists."""
# fmt: off
_GH_FIELDS: Final = frozenset({
    "additions", "assignees", "attempt", "author", "baseRefName", "baseRefOid", "body", "bucket",
    "changedFiles", "closed", "closedAt", "comments", "commits", "completedAt", "conclusion",
    "createdAt", "databaseId", "deletions", "description", "displayTitle", "event", "files",
    "headBranch", "headRefName", "headRefOid", "headRepository", "headRepositoryOwner", "headSha",
    "id", "isCrossRepository", "isDraft", "isPinned", "jobs", "labels", "latestReviews", "link",
    "maintainerCanModify", "mergeCommit", "mergeStateStatus", "mergeable", "mergedAt", "mergedBy",
    "milestone", "name", "number", "potentialMergeCommit", "projectCards", "projectItems",
    "reactionGroups", "reviewDecision", "reviewRequests", "reviews", "startedAt", "state",
    "stateReason", "status", "statusCheckRollup", "title", "updatedAt", "url",
    "workflowDatabaseId", "workflowName", "autoMergeRequest", "closingIssuesReferences",
    "fullDatabaseId", "isClosed", "workflow",
})
# fmt: on
_GH_TELLING: Final = frozenset(
    {"headSha", "headRefName", "headRefOid", "workflowName", "databaseId", "mergedAt", "isDraft"}
)
_GH_ISSUE: Final = frozenset({"number", "title", "state"})


class GitHub(FileSource):
    """Reads what GitHub says of pull requests, reviews, issues and CI."""

    name: ClassVar[str] = "github"
    version: ClassVar[int] = 1
    marks: ClassVar[frozenset[str]] = frozenset({"github.json", "github.jsonl"})

    def recognises(self, head: Head) -> bool:
        """Tell whether GitHub said this, by the fields of the first payload."""
        listed = next((head.fields[key] for key in LISTS if key in head.fields), None)
        first = listed[0] if isinstance(listed, list) and listed else None
        candidates = (head.fields, head.first_item, first, *head.objects[:1])
        return any(_is_ours(each) for each in candidates if isinstance(each, Mapping))

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield the events in the order in which they stand, and the tally."""
        from tracemill.sources.github.reader import GitHubReader
        from tracemill.sources.reading.documents import read_document, whole_document
        from tracemill.sources.reading.json_lines import read_json_lines

        head = Head(Path(), content.peek(HEAD_BYTES))
        reader = GitHubReader(origin)
        if head.plain.lstrip()[:1] == b"[":
            return read_document(content, origin, reader, ())
        listed = next((key for key in LISTS if isinstance(head.fields.get(key), list)), None)
        if listed is not None and "total_count" in head.fields:
            return read_document(content, origin, reader, (listed,))
        if _is_one_a_line(head):
            return read_json_lines(content.lines(), origin, reader)
        return read_json_lines([whole_document(content)], origin, reader)


def _is_one_a_line(head: Head) -> bool:
    """Tell whether the first line holds a whole value, or is longer than the bytes at hand."""
    line, end, _ = head.plain.lstrip().partition(b"\n")
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return not end
    return True


def _is_ours(fields: Mapping[str, Any]) -> bool:
    payload = fields.get("payload")
    if isinstance(payload, Mapping) and _is_event(fields, payload):
        return True
    return _is_webhook(fields) or _is_answer(fields) or _is_printed(fields)


def _is_event(fields: Mapping[str, Any], payload: Mapping[str, Any]) -> bool:
    kind = fields.get("type")
    is_public = isinstance(kind, str) and kind.endswith("Event") and "repo" in fields
    return is_public or _is_webhook(payload)


def _is_webhook(fields: Mapping[str, Any]) -> bool:
    repository = fields.get("repository")
    is_named = isinstance(repository, Mapping) and "full_name" in repository
    return is_named and not fields.keys().isdisjoint({"action", "ref", "context", "sender"})


def _is_answer(fields: Mapping[str, Any]) -> bool:
    url = fields.get("url")
    return "node_id" in fields and isinstance(url, str) and "/repos/" in url


def _is_printed(fields: Mapping[str, Any]) -> bool:
    keys = fields.keys()
    is_telling = not keys.isdisjoint(_GH_TELLING) or keys >= _GH_ISSUE
    return keys <= _GH_FIELDS and is_telling


__all__ = ["LISTS", "GitHub"]
