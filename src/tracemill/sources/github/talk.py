"""Makes events of what people do on GitHub: pull requests, reviews, comments, issues, pushes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from tracemill.base.ids import make_id
from tracemill.base.lines import Line
from tracemill.records.events.forge import (
    Actor,
    Comment,
    CommentPlace,
    Issue,
    IssueState,
    PullRequest,
    PullRequestState,
    Push,
    Review,
    ReviewState,
)
from tracemill.records.refs import Origin, Span
from tracemill.sources.facts.forge_fields import Fields

_REVIEW_STATES: Final[Mapping[str, ReviewState]] = {
    "approved": "approved",
    "changes_requested": "changes_requested",
    "commented": "commented",
    "dismissed": "dismissed",
    "pending": "pending",
}
_ISSUE_STATES: Final[Mapping[str, IssueState]] = {"open": "open", "closed": "closed"}
_IN_ADDRESS: Final = re.compile(r"(?:/repos/|github\.com/(?!repos/))([\w.-]+/[\w.-]+)(?:/|\Z)")
_NUMBER: Final = re.compile(r"/(?:issues|pulls?)/(\d{1,12})")


class EventPlaces:
    """Gives each event of an input its id and place."""

    def __init__(self, origin: Origin) -> None:
        self.origin = origin
        self._n_events = 0

    def next_id(self, kind: str, line: Line) -> str:
        """Return the id of the next event."""
        self._n_events += 1
        return make_id("event", self.origin.input_id, kind, f"{line.start}:{self._n_events}")


class TalkMaker(EventPlaces):
    """Makes the events of one input."""

    def pull_request(
        self, payload: Fields, said: Fields, line: Line
    ) -> Iterator[PullRequest | Review | Comment]:
        """Yield a pull request, and the reviews and comments that it holds."""
        head, base = said.part("head"), said.part("base")
        merged = said.moment("merged_at", "mergedAt")
        yield PullRequest(
            id=self.next_id("pull_request", line),
            at=said.moment("updated_at", "updatedAt") or said.moment("created_at", "createdAt"),
            origin=self.origin,
            span=span_of(line),
            repository=repository_of(payload, said),
            number=said.count("number"),
            action=payload.word("action"),
            state=_pull_request_state(said, is_merged=merged is not None),
            is_draft=said.flag("draft", "isDraft"),
            title=said.text("title"),
            body=said.text("body"),
            author=said.actor("user", "author"),
            merged_by=said.actor("merged_by", "mergedBy"),
            head_branch=head.text("ref") or said.text("headRefName"),
            base_branch=base.text("ref") or said.text("baseRefName"),
            head_commit=head.hash("sha") or said.hash("headRefOid"),
            merge_commit=said.hash("merge_commit_sha") or said.part("mergeCommit").hash("oid"),
            commits=said.names_of("commits", "oid"),
            labels=said.names_of("labels", "name"),
            n_added=said.count("additions"),
            n_deleted=said.count("deletions"),
            n_files=said.count("changed_files", "changedFiles"),
            review_decision=said.word("reviewDecision"),
            created=said.moment("created_at", "createdAt"),
            merged=merged,
            closed=said.moment("closed_at", "closedAt"),
            url=address_of(said),
        )
        for review in said.parts("reviews"):
            yield self.review(Fields({**payload.said, "pull_request": said.said}), review, line)
        yield from self.comments_of(payload, said, line, "pull_request")

    def review(self, payload: Fields, said: Fields, line: Line) -> Review:
        """Return what a reviewer decided."""
        on = payload.part("pull_request")
        return Review(
            id=self.next_id("review", line),
            at=said.moment("submitted_at", "submittedAt"),
            origin=self.origin,
            span=span_of(line),
            repository=repository_of(payload, said) or repository_of(payload, on),
            number=on.count("number") or _number_in(said),
            action=payload.word("action"),
            native_id=said.name("id"),
            state=_REVIEW_STATES.get(said.word("state") or "", "unknown"),
            author=said.actor("user", "author"),
            text=said.text("body"),
            commit=said.hash("commit_id") or said.part("commit").hash("oid"),
            url=address_of(said),
        )

    def comment(
        self, payload: Fields, said: Fields, line: Line, place: CommentPlace | None = None
    ) -> Comment:
        """Return what was said on an issue, a pull request, or a line of code."""
        on = payload.part("issue") or payload.part("pull_request")
        created = said.moment("created_at", "createdAt")
        return Comment(
            id=self.next_id("comment", line),
            at=said.moment("updated_at", "updatedAt") or created,
            origin=self.origin,
            span=span_of(line),
            repository=repository_of(payload, said) or repository_of(payload, on),
            number=on.count("number") or _number_in(said),
            action=payload.word("action"),
            native_id=said.name("id"),
            on=place or _place(payload, said),
            author=said.actor("user", "author"),
            text=said.text("body"),
            path=said.text("path"),
            line=said.count("line", "original_line"),
            commit=said.hash("commit_id"),
            hunk=said.text("diff_hunk"),
            review_id=said.name("pull_request_review_id"),
            reply_to=said.name("in_reply_to_id"),
            created=created,
            url=address_of(said),
        )

    def comments_of(
        self, payload: Fields, said: Fields, line: Line, place: CommentPlace = "issue"
    ) -> Iterator[Comment]:
        """Yield the comments that a pull request or issue holds."""
        around = Fields({**payload.said, place: said.said})
        for comment in said.parts("comments"):
            yield self.comment(around, comment, line, place)

    def issue(self, payload: Fields, said: Fields, line: Line) -> Issue:
        """Return an issue as it stands."""
        return Issue(
            id=self.next_id("issue", line),
            at=said.moment("updated_at", "updatedAt") or said.moment("created_at", "createdAt"),
            origin=self.origin,
            span=span_of(line),
            tracker="github",
            repository=repository_of(payload, said),
            number=said.count("number"),
            native_id=said.name("id"),
            action=payload.word("action"),
            state=_ISSUE_STATES.get(said.word("state") or "", "unknown"),
            title=said.text("title"),
            body=said.text("body"),
            issue_type=said.part("type").text("name"),
            author=said.actor("user", "author"),
            assignees=tuple(
                Actor(person=login)
                for each in said.parts("assignees")
                if (login := each.text("login"))
            ),
            labels=said.names_of("labels", "name"),
            created=said.moment("created_at", "createdAt"),
            closed=said.moment("closed_at", "closedAt"),
            close_reason=said.word("state_reason", "stateReason"),
            url=address_of(said),
        )

    def push(self, payload: Fields, line: Line) -> Push:
        """Return that commits came."""
        newest = payload.part("head_commit")
        actor = payload.actor("sender")
        pusher = payload.part("pusher").text("name")
        return Push(
            id=self.next_id("push", line),
            at=newest.moment("timestamp") or payload.moment("created_at"),
            origin=self.origin,
            span=span_of(line),
            repository=repository_of(payload, payload),
            ref=payload.text("ref"),
            before=payload.hash("before"),
            after=payload.hash("after"),
            is_forced=payload.flag("forced"),
            commits=payload.names_of("commits", "id", "sha"),
            actor=actor or (Actor(person=pusher) if pusher else None),
        )


def span_of(line: Line) -> Span:
    """Return the bytes that a payload stands on."""
    return Span(start=line.start, end=line.end)


def repository_of(payload: Fields, said: Fields) -> str | None:
    """Return the repository as `owner/name`: as the payload says, or as an address does."""
    named = payload.part("repository").text("full_name", "nameWithOwner")
    if named is not None:
        return named
    address = said.text("html_url", "url", "issue_url", "pull_request_url")
    found = _IN_ADDRESS.search(address or "")
    return found[1] if found else None


def address_of(said: Fields) -> str | None:
    """Return the address for people, or the only one."""
    return said.text("html_url", "url")


def _number_in(said: Fields) -> int | None:
    """Return the number that an address ends in."""
    found = _NUMBER.search(said.text("html_url", "issue_url", "pull_request_url", "url") or "")
    return int(found[1]) if found else None


def _pull_request_state(said: Fields, *, is_merged: bool) -> PullRequestState:
    state = said.word("state")
    if is_merged or state == "merged" or said.flag("merged"):
        return "merged"
    if state == "open":
        return "open"
    return "closed" if state == "closed" else "unknown"


def _place(payload: Fields, said: Fields) -> CommentPlace:
    if said.has("diff_hunk", "pull_request_review_id"):
        return "code"
    if payload.part("issue").has("pull_request") or payload.has("pull_request"):
        return "pull_request"
    address = said.text("html_url", "url") or ""
    return "pull_request" if "/pull" in address else "commit" if "/commit" in address else "issue"
