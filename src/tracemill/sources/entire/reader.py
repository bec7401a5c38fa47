"""Metadata of checkpoints as records: one event for each session of each checkpoint.

The metadata of a checkpoint as a whole holds sums over its sessions, so it is counted and not
kept. What a field cannot hold is read as unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from tracemill.base.ids import make_id
from tracemill.base.lines import Line, OversizeLine
from tracemill.records.events.event import Attribution, Checkpoint, CodeFinding, SessionSummary
from tracemill.records.refs import Origin, Span
from tracemill.records.sessions.trajectory import Usage
from tracemill.sources.content import Content, Member
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.reading.json_fields import count, moment, text
from tracemill.sources.reading.json_lines import BadShapeError, read_json_lines
from tracemill.sources.reading.whole_documents import whole_documents

_SUMS: Final = "sums_of_a_checkpoint"
_UNNAMED_AGENT: Final = "Agent"
"""What old versions wrote for every agent."""
_DATED: Final = re.compile(r"\d{4}-\d{2}-\d{2}-(?=.)")
"""What old versions wrote before the agent's own id of a session."""


def read_members(members: Iterable[Member], origin: Origin) -> Iterator[SourceRecord]:
    """Yield what the files of a branch hold, and the tally."""
    return read_json_lines(map(_as_line, members), origin, MetadataReader(origin))


def read_file(content: Content, origin: Origin) -> Iterator[SourceRecord]:
    """Yield what one file holds, be it one document or one on each line, and the tally."""
    return read_json_lines(whole_documents(content.lines()), origin, MetadataReader(origin))


def own_session_id(fields: Mapping[str, Any]) -> str | None:
    """Return the id that the agent itself gave the session, where the metadata name one."""
    name = text(fields.get("session_id"))
    return None if name is None else _DATED.sub("", name, count=1)


def _as_line(member: Member) -> Line | OversizeLine:
    if member.data is None:
        return OversizeLine(member.start, member.end)
    return Line.at(member.start, member.data, is_terminated=True)


class MetadataReader:
    """Takes the metadata of checkpoints, one document after the other."""

    def __init__(self, origin: Origin) -> None:
        self._origin = origin
        self.ready: list[SourceRecord] = []

    def take(self, record: dict[str, Any], line: Line) -> str | None:
        """Read one document; return why it holds nothing to keep, or None where it was used."""
        inner = record.get("metadata")
        fields = inner if isinstance(inner, dict) else record
        checkpoint_id = text(fields.get("checkpoint_id"))
        if checkpoint_id is None:
            raise BadShapeError("expected a text as 'checkpoint_id', found none")
        session_id = own_session_id(fields)
        if session_id is None:
            return _SUMS
        self.ready.append(self._checkpoint(checkpoint_id, session_id, fields, line))
        return None

    def finish(self) -> None:
        """Complete what is still open: nothing ever is."""

    def _checkpoint(
        self, checkpoint_id: str, session_id: str, fields: Mapping[str, Any], line: Line
    ) -> Checkpoint:
        tokens = _fields(fields, "token_usage")
        start = fields.get("transcript_lines_at_start", fields.get("checkpoint_transcript_start"))
        known = fields.get("transcript_identifier_at_start", fields.get("transcript_uuid_at_start"))
        agent = text(fields.get("agent"))
        return Checkpoint(
            id=make_id("event", self._origin.input_id, checkpoint_id, session_id, str(line.start)),
            at=moment(fields.get("created_at")),
            origin=self._origin,
            span=Span(start=line.start, end=line.end),
            checkpoint_id=checkpoint_id,
            session_id=session_id,
            agent=None if agent == _UNNAMED_AGENT else agent,
            model=text(fields.get("model")),
            tool_version=text(fields.get("cli_version")),
            strategy=text(fields.get("strategy")),
            branch=text(fields.get("branch")),
            files=_texts(fields.get("files_touched")),
            n_saves=count(fields.get("checkpoints_count", fields.get("steps_count"))),
            first_line=count(start),
            first_native_id=text(known),
            usage=_usage(tokens),
            n_model_calls=count(tokens.get("api_call_count")),
            attribution=_attribution(_fields(fields, "initial_attribution")),
            summary=_summary(_fields(fields, "summary")),
        )


def _fields(fields: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    inner = fields.get(name)
    return inner if isinstance(inner, dict) else {}


def _texts(value: object) -> tuple[str, ...]:
    return tuple(filter(None, map(text, value))) if isinstance(value, list) else ()


def _usage(tokens: Mapping[str, Any]) -> Usage | None:
    if not tokens:
        return None
    return Usage(
        input_tokens=count(tokens.get("input_tokens")),
        output_tokens=count(tokens.get("output_tokens")),
        cache_read_tokens=count(tokens.get("cache_read_tokens")),
        cache_write_tokens=count(tokens.get("cache_creation_tokens")),
    )


def _attribution(fields: Mapping[str, Any]) -> Attribution | None:
    if not fields:
        return None
    return Attribution(
        agent_lines=count(fields.get("agent_lines")),
        human_added=count(fields.get("human_added")),
        human_modified=count(fields.get("human_modified")),
        human_removed=count(fields.get("human_removed")),
        total_committed=count(fields.get("total_committed")),
        agent_share=_share(fields.get("agent_percentage")),
        at=moment(fields.get("calculated_at")),
    )


def _share(percentage: object) -> float | None:
    if not isinstance(percentage, int | float) or isinstance(percentage, bool):
        return None
    return percentage / 100 if 0 <= percentage <= 100 else None  # noqa: PLR2004 - per cent


def _summary(fields: Mapping[str, Any]) -> SessionSummary | None:
    if not fields:
        return None
    learnt = _fields(fields, "learnings")
    places = learnt.get("code")
    return SessionSummary(
        intent=text(fields.get("intent")),
        outcome=text(fields.get("outcome")),
        about_repository=_texts(learnt.get("repo")),
        about_code=tuple(_code_findings(places)) if isinstance(places, list) else (),
        about_workflow=_texts(learnt.get("workflow")),
        friction=_texts(fields.get("friction")),
        open_items=_texts(fields.get("open_items")),
    )


def _code_findings(places: list[Any]) -> Iterator[CodeFinding]:
    for place in places:
        path = text(place.get("path")) if isinstance(place, dict) else None
        if path is not None:
            yield CodeFinding(
                path=path,
                line=count(place.get("line")),
                end_line=count(place.get("end_line")),
                text=text(place.get("finding")) or "",
            )
