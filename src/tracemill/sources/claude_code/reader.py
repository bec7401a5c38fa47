"""One Claude Code file as it is read: which line belongs to which trajectory and step.

It holds open steps and what must be known again: the `uuid` of each message, the tokens that
were counted, and the roots of subagent chains. All of it is bounded; see `Window` and
`Remembered`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

import msgspec

from tracemill.base.ids import make_id
from tracemill.base.lines import Line
from tracemill.records.refs import Origin
from tracemill.records.sessions.trajectory import Speaker, ToolResult
from tracemill.sources.building.open_trajectory import NO_TOKENS, OpenStep, OpenTrajectory, Window
from tracemill.sources.building.remembered import Remembered
from tracemill.sources.building.session_events import EventMaker, Place
from tracemill.sources.claude_code.attachments import attached_text, why_attachment_not_kept
from tracemill.sources.claude_code.branches import Branches
from tracemill.sources.claude_code.content import (
    AgentContent,
    UserContent,
    is_typed,
    may_be_typed,
    read_agent_content,
    read_tokens,
    read_user_content,
    why_not_kept,
    why_system_not_kept,
)
from tracemill.sources.claude_code.repeats import Repeats
from tracemill.sources.claude_code.results import (
    deeds_of,
    read_pull_request,
    read_result,
    read_worktree,
)
from tracemill.sources.claude_code.tasks import TODO_TOOLS, Tasks
from tracemill.sources.claude_code.titles import Titles
from tracemill.sources.protocol import UnreadPart
from tracemill.sources.reading.json_fields import (
    NO_CONTENT,
    count,
    moment,
    text,
    unknown_type,
    why_nothing,
)

_MAX_TRAJECTORIES: Final = 4096
_MAX_CHAINED_LINES: Final = 30_000
_MAX_SESSION_IDS: Final = 64
_SYNTHETIC: Final = "<synthetic>"
_REPEATED: Final = "duplicate_uuid"


class ClaudeReader:
    """Takes the objects of one file and makes trajectories, steps and events of them."""

    def __init__(self, name: str, origin: Origin) -> None:
        self._name = name
        self._origin = origin
        self._window = Window()
        self.ready = self._window.ready
        self._events = EventMaker(origin)
        self._trajectories: dict[str, OpenTrajectory] = {}
        self._repeats = Repeats()
        self._roots: Remembered[str, str] = Remembered(_MAX_CHAINED_LINES)
        self._session_ids: dict[str, None] = {}
        self._branches = Branches()
        self._titles = Titles()
        self._is_boundary_fresh = False
        self._tasks = Tasks()

    def take(self, record: dict[str, Any], line: Line) -> str | None:
        """Read one object; return why it holds nothing to keep, or None where it was used."""
        if record.get("isSidechain") is True:
            self._follow_chain(record)
        elif type(own := record.get("uuid")) is str:
            self._branches.follow(own)
        kind = record.get("type")
        if kind is None:
            message = record.get("message")
            kind = message.get("role") if isinstance(message, dict) else None
        if not isinstance(kind, str):
            return unknown_type(kind)
        taker = self._takers.get(kind)
        return taker(self, record, line) if taker is not None else why_not_kept(kind)

    def finish(self) -> None:
        """Close all steps and give each trajectory its header."""
        for trajectory in list(self._trajectories.values()):
            self._finish_trajectory(trajectory)

    def _finish_trajectory(self, trajectory: OpenTrajectory) -> None:
        self._window.close(trajectory)
        main = self._trajectories.get("")
        if trajectory is main:
            trajectory.session_id = self._own_session_id() or trajectory.session_id
            trajectory.title = self._titles.title(self._repeats.has_message)
        elif main is not None:
            trajectory.parent_id = main.id
        self.ready.append(trajectory.header(self._name, self._origin))

    def _own_session_id(self) -> str | None:
        stem = self._origin.uri.rpartition("/")[2].removesuffix(".jsonl")
        return stem if stem in self._session_ids else None

    def _follow_chain(self, record: dict[str, Any]) -> str:
        """Return the root of a subagent's line, and remember it for the lines that follow it."""
        own, parent = text(record.get("uuid")), text(record.get("parentUuid"))
        root = (self._roots.get(own) if own else None) or (
            self._roots.get(parent) if parent else None
        )
        root = root or own or ""
        if own:
            self._roots.put(own, root)
        return root

    def _trajectory(self, record: dict[str, Any], line: Line) -> OpenTrajectory:
        """Return the trajectory that a line belongs to, begun with it where it is new."""
        session_id = text(record.get("sessionId")) or text(record.get("session_id"))
        if session_id and len(self._session_ids) < _MAX_SESSION_IDS:
            self._session_ids[session_id] = None
        key = ""
        if record.get("isSidechain") is True:
            agent_id = text(record.get("agentId"))
            key = f"agent {agent_id}" if agent_id else f"chain {self._follow_chain(record)}"
        found = self._trajectories.get(key)
        if found is None:
            found = self._begin(key, session_id, line)
        folder = text(record.get("cwd"))
        found.cwd = found.cwd or folder
        found.see_folder(folder)
        if found.branch is None:
            found.branch = text(record.get("gitBranch"))
        if found.agent_version is None:
            found.agent_version = text(record.get("version"))
        return found

    def _begin(self, key: str, session_id: str | None, line: Line) -> OpenTrajectory:
        if len(self._trajectories) >= _MAX_TRAJECTORIES:
            oldest = next(key for key in self._trajectories if key)
            self._finish_trajectory(self._trajectories.pop(oldest))
        own_id = make_id("traj", self._name, session_id or "", key, line.data.strip())
        # A session that nothing names is like no other, so it is called what its trajectory is.
        trajectory = OpenTrajectory(own_id, session_id or own_id)
        trajectory.is_subagent = bool(key)
        self._trajectories[key] = trajectory
        return trajectory

    def _place(
        self, record: dict[str, Any], line: Line, trajectory: OpenTrajectory | None = None
    ) -> Place:
        """Return where a line stands: at the newest step of its trajectory."""
        trajectory = trajectory or self._trajectory(record, line)
        at = moment(record.get("timestamp"))
        trajectory.see_moment(at)
        return Place(trajectory, line, at, trajectory.last_index())

    def _take_agent(self, record: dict[str, Any], line: Line) -> str | None:
        message = record.get("message")
        content = read_agent_content(message, line)
        model = text(message.get("model")) if isinstance(message, dict) else None
        tokens = read_tokens(message) if model != _SYNTHETIC else NO_TOKENS
        if tokens == NO_TOKENS and content.is_empty:
            return why_nothing(content.unread)
        calls = [call.id for call in content.calls]
        if self._repeats.is_message(
            record, "assistant", *content.texts, *content.reasoning, *calls
        ):
            return _REPEATED
        trajectory = self._trajectory(record, line)
        step = self._agent_step(trajectory, record, line)
        if model != _SYNTHETIC and step.model is None:
            step.model = model
            trajectory.see_model(model)
        if model == _SYNTHETIC or record.get("isApiErrorMessage") is True:
            step.is_error = True
        step.raise_tokens(tokens)
        self._fill(trajectory, step, content, line)
        if content.results:
            self._join_results(self._place(record, line, trajectory), record, content.results)
        if content.unread:
            self.ready.extend(content.unread)
        return None

    def _agent_step(
        self, trajectory: OpenTrajectory, record: dict[str, Any], line: Line
    ) -> OpenStep:
        """Return the step of the message that a line is part of."""
        at = moment(record.get("timestamp"))
        message = record.get("message")
        own_id = text(message.get("id")) if isinstance(message, dict) else None
        request_id = text(record.get("requestId"))
        key = (own_id, request_id) if own_id or request_id else None
        step = trajectory.by_message.get(key) if key else None
        if step is not None:
            step.extend_to(line)
            trajectory.see_moment(at)
            return step
        step = self._window.open(trajectory, "agent", line, at)
        _name_step(step, record)
        step.usage_key = hash(key or ("line", line.start, trajectory.n_steps))
        if key:
            step.message_key = key
            trajectory.by_message[key] = step
        return step

    def _fill(
        self, trajectory: OpenTrajectory, step: OpenStep, content: AgentContent, line: Line
    ) -> None:
        step.texts += content.texts
        step.reasoning += content.reasoning
        for call in content.calls:
            self._window.add_call(trajectory, step, call)
            if call.name in TODO_TOOLS:
                place = Place(trajectory, line, step.at, step.index)
                is_whole = call.name == "TodoWrite"
                change = self._events.todo_change(
                    place, self._tasks.changed_by(call), is_whole=is_whole
                )
                step.events.append(change)
        self._window.grow(trajectory, step, line.end - line.start)

    def _take_user(self, record: dict[str, Any], line: Line) -> str | None:
        content = read_user_content(record.get("message"))
        if content.is_empty:
            return why_nothing(content.unread)
        ids = [str(block.get("tool_use_id")) for block in content.results]
        if self._repeats.is_message(record, "user", *content.texts, *content.interruptions, *ids):
            return _REPEATED
        place = self._place(record, line)
        if content.results:
            self._join_results(place, record, content.results)
        if content.texts:
            self._open_text(place, record, content)
        for _notice in content.interruptions:
            self._window.tell(place.trajectory, self._events.feedback(place, "interruption"))
        if content.unread:
            self.ready.extend(content.unread)
        return None

    def _open_text(self, place: Place, record: dict[str, Any], content: UserContent) -> None:
        is_summary = record.get("isCompactSummary") is True
        if is_summary and not self._is_boundary_fresh:
            self._window.tell(place.trajectory, self._events.compaction(place))
        if is_summary:
            self._is_boundary_fresh = False
        is_person = (
            not place.trajectory.is_subagent and may_be_typed(record) and is_typed(content.texts)
        )
        speaker: Speaker = "user" if is_person else "system"
        if is_person:
            self._hear_prompt(place, record)
        step = self._window.open(place.trajectory, speaker, place.line, place.at)
        _name_step(step, record)
        step.texts = content.texts
        step.n_images = content.n_images
        step.is_replayed = is_summary
        self._window.grow(place.trajectory, step, sum(map(len, content.texts)))

    def _hear_prompt(self, place: Place, record: dict[str, Any]) -> None:
        """Tell where a person went back before the prompts that stood last."""
        own, parent = text(record.get("uuid")), text(record.get("parentUuid"))
        if own is None:
            return
        left = self._branches.prompt(own, parent, place.trajectory.n_steps)
        if left is None:
            return
        told = self._events.feedback(
            place, "rewind", undone_from=left.undone_from, goes_on_from=left.goes_on_from
        )
        self._window.tell(place.trajectory, told)

    def _join_results(
        self, place: Place, record: dict[str, Any], blocks: list[dict[str, Any]]
    ) -> None:
        """Let each result join the step of its call, or else one step of the tools."""
        details = record.get("toolUseResult") if len(blocks) == 1 else None
        trajectory, line = place.trajectory, place.line
        orphaned: OpenStep | None = None
        unread: list[UnreadPart] = []
        for block in blocks:
            result = read_result(block, details, line.start, unread)
            if result.status == "error" and record.get("toolDenialKind") == "user-rejected":
                result = msgspec.structs.replace(result, status="rejected")
            step = trajectory.by_call.get(result.call_id) or orphaned
            if step is None:
                step = orphaned = self._window.open(trajectory, "tool", line, place.at)
                _name_step(step, record)
            self._tasks.name_new(step, details)
            step.results.append(result)
            step.extend_to(line)
            there = Place(trajectory, line, place.at, step.index)
            self._tell_feedback(there, step, result)
            if (opened := read_pull_request(details)) is not None:
                step.events.append(self._events.pull_request(there, *opened, None))
            self._window.grow(trajectory, step, len(result.content))
        self.ready.extend(unread)

    def _tell_feedback(self, place: Place, step: OpenStep, result: ToolResult) -> None:
        for deed in deeds_of(result, step.calls):
            step.events.append(self._events.feedback(place, deed, result.feedback, result.call_id))

    def _take_system(self, record: dict[str, Any], line: Line) -> str | None:
        subtype = record.get("subtype")
        if subtype != "compact_boundary":
            return why_system_not_kept(subtype)
        if self._repeats.is_message(record, "system"):
            return _REPEATED
        details = record.get("compactMetadata")
        details = details if isinstance(details, dict) else {}
        trigger, before = text(details.get("trigger")), count(details.get("preTokens"))
        place = self._place(record, line)
        self._window.tell(place.trajectory, self._events.compaction(place, trigger, before))
        self._is_boundary_fresh = True
        return None

    def _take_queued(self, record: dict[str, Any], line: Line) -> str | None:
        if record.get("operation") != "enqueue":
            return "queue_operation"
        texts = read_user_content(record).texts
        if not is_typed(texts):
            return "queue_operation"
        if self._repeats.is_line(line):
            return "duplicate_line"
        said = "\n\n".join(texts)
        place = self._place(record, line)
        self._window.tell(place.trajectory, self._events.feedback(place, "steering", said))
        return None

    def _take_attachment(self, record: dict[str, Any], line: Line) -> str | None:
        """Keep what was typed, or put in, beside the messages: it stands nowhere else."""
        attachment = record.get("attachment")
        if not isinstance(attachment, dict):
            return why_attachment_not_kept(attachment)
        is_queued = attachment.get("type") == "queued_command"
        said = attachment.get("prompt") if is_queued else attached_text(attachment)
        content = read_user_content({"content": said})
        if not content.texts:
            return NO_CONTENT if is_queued else why_attachment_not_kept(attachment)
        if self._repeats.is_message(record, "attachment", *content.texts):
            return _REPEATED
        about = attachment if is_queued else {"isMeta": True}
        self._open_text(self._place(record, line), about, content)
        return None

    def _take_pull_request(self, record: dict[str, Any], line: Line) -> str | None:
        number = count(record.get("prNumber"))
        if number is None:
            return NO_CONTENT
        if self._repeats.is_line(line):
            return "duplicate_line"
        url, repository = text(record.get("prUrl")), text(record.get("prRepository"))
        place = self._place(record, line)
        self._window.tell(
            place.trajectory, self._events.pull_request(place, number, url, repository)
        )
        return None

    def _take_worktree(self, record: dict[str, Any], line: Line) -> str | None:
        """Read from which commit, and to which branch, a session went into a worktree."""
        commit, branch = read_worktree(record.get("worktreeSession"))
        if commit is None and branch is None:
            return "worktree_state"
        trajectory = self._trajectory(record, line)
        trajectory.base_commit = trajectory.base_commit or commit
        trajectory.branch = trajectory.branch or branch
        return None

    def _take_title(self, record: dict[str, Any], _line: Line) -> str | None:
        return None if self._titles.take_title(record) else NO_CONTENT

    def _take_summary(self, record: dict[str, Any], _line: Line) -> str | None:
        return None if self._titles.take_summary(record) else "summary"

    _takers: ClassVar[Mapping[str, Callable[[ClaudeReader, dict[str, Any], Line], str | None]]] = {
        "assistant": _take_agent,
        "user": _take_user,
        "system": _take_system,
        "attachment": _take_attachment,
        "queue-operation": _take_queued,
        "pr-link": _take_pull_request,
        "custom-title": _take_title,
        "ai-title": _take_title,
        "summary": _take_summary,
        "worktree-state": _take_worktree,
    }
    """Of the class: methods bound to a reader would keep it alive until garbage is collected."""


def _name_step(step: OpenStep, record: dict[str, Any]) -> None:
    step.native_id = text(record.get("uuid"))
    step.native_parent_id = text(record.get("parentUuid"))
