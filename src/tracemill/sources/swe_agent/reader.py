"""One SWE-agent run as it is read: what was said, then what was done and not said."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any, Final

import orjson

from tracemill.base.lines import Line
from tracemill.sources.building.message_parts import Message, read_message
from tracemill.sources.building.open_trajectory import OpenTrajectory
from tracemill.sources.building.openai_chat import read_openai_calls
from tracemill.sources.building.role_steps import RoleSteps, RowOpener
from tracemill.sources.building.shell_agents import outcome_of, shell_call
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.reading.documents import take_apart_item
from tracemill.sources.reading.json_fields import count, fields_of, is_line_too_deep, text
from tracemill.sources.reading.json_lines import BadShapeError
from tracemill.sources.reading.rows import Part, objects

_FIELDS: Final = frozenset({"info", "replay_config"})
"""What is read of a run beside its messages."""


class SweAgentReader(RowOpener):
    """Opens runs."""

    def open_row(self, row: Line) -> Iterator[Part]:
        """Yield what was said in a run, then what was done."""
        said = take_apart_item(row, ("history",), _FIELDS)
        done = take_apart_item(row, ("trajectory",), frozenset())
        steps = self.begin(row, said.fields)
        reading = _Reading(steps, said.fields, row)
        yield Part(objects([*said.items, *done.items]), reading)


class _Reading:
    """One run that is being read."""

    def __init__(self, steps: RoleSteps, fields: Mapping[str, Any], row: Line) -> None:
        self.ready: list[SourceRecord] = steps.ready
        self._steps = steps
        self._info = fields_of(fields.get("info"))
        self._row = row
        self._said: deque[str] = deque()
        """Actions that stand in the history, and were not met in the trajectory yet."""
        _read_settings(fields, self._info, steps.trajectory)

    def take(self, record: dict[str, Any], line: Line) -> str | None:
        """Read a message, or what was done; return why it holds nothing new."""
        if is_line_too_deep(record, line):
            raise BadShapeError("expected a message, found it nested too deeply")
        if "role" not in record:
            return self._take_done(record, line)
        said = read_message(record.get("content"))
        match record["role"]:
            case "assistant" if not record.get("is_demo"):
                self._take_reply(record, said, line)
            case "tool" | "user" if not record.get("is_demo"):
                self._take_answer(record, said, line)
            case str():
                self._steps.say(line, "system", said)
            case _:
                raise BadShapeError("expected a role, found something else")
        return None

    def finish(self) -> None:
        """Tell how the run came out, and give it its header."""
        self._steps.state(self._row, "exit_status", self._info.get("exit_status"))
        self._steps.finish()

    def _take_reply(self, record: Mapping[str, Any], said: Message, line: Line) -> None:
        thought, action = record.get("thought"), record.get("action")
        calls = read_openai_calls(record.get("tool_calls"), self._steps.trajectory.n_steps)
        if isinstance(action, str):
            self._said.append(action)
            calls = calls or shell_call(action, line)
        if isinstance(thought, str) and calls:
            said = said._replace(text=thought)
        step = self._steps.reply(line, said, calls, text(record.get("reasoning_content")))
        step.model = next(iter(self._steps.trajectory.models), None)

    def _take_answer(self, record: Mapping[str, Any], said: Message, line: Line) -> None:
        """Read what came back: an answer names its calls, or follows the command's message."""
        call_ids = record.get("tool_call_ids") or [record.get("tool_call_id")]
        call_id = text(call_ids[0]) if isinstance(call_ids, list) and call_ids else None
        if call_id is not None or self._steps.is_answer_due:
            self._steps.answer(line, said.text, call_id, outcome_of(said.text))
            return
        self._steps.say(line, "user", said)

    def _take_done(self, record: Mapping[str, Any], line: Line) -> str | None:
        action, observation = record.get("action"), record.get("observation")
        if not isinstance(action, str):
            raise BadShapeError("expected an action, found none")
        self._see_folder(record.get("state"))
        content = observation if isinstance(observation, str) else ""
        if self._said:
            if action != self._said[0]:
                return "not_in_history"
            self._said.popleft()
            if self._said or not self._steps.is_answer_due:
                return "told_in_history"
        else:
            thought = record.get("thought")
            said = Message(thought if isinstance(thought, str) else "")
            step = self._steps.reply(line, said, shell_call(action, line))
            step.model = next(iter(self._steps.trajectory.models), None)
        if isinstance(observation, str):
            self._steps.answer(line, content, None, outcome_of(content))
        return None

    def _see_folder(self, state: object) -> None:
        trajectory = self._steps.trajectory
        folder = text(_decoded(state).get("working_dir"))
        trajectory.cwd = trajectory.cwd or folder
        trajectory.see_folder(folder)


def _read_settings(
    fields: Mapping[str, Any], info: Mapping[str, Any], trajectory: OpenTrajectory
) -> None:
    """Let the header say what the run says of itself."""
    settings = _decoded(fields.get("replay_config"))
    task, agent = fields_of(settings.get("problem_statement")), fields_of(settings.get("agent"))
    repository = fields_of(fields_of(settings.get("env")).get("repo"))
    trajectory.title = text(task.get("id"))
    trajectory.repository = text(repository.get("github_url"))
    commit = text(repository.get("base_commit"))
    trajectory.base_commit = commit if commit != "HEAD" else None
    trajectory.see_model(text(fields_of(agent.get("model")).get("name")))
    trajectory.agent_version = text(info.get("swe_agent_version"))
    spent = fields_of(info.get("model_stats"))
    sent, received = count(spent.get("tokens_sent")), count(spent.get("tokens_received"))
    if sent or received:
        trajectory.tokens = (sent, received, None, None, None)


def _decoded(value: object) -> Mapping[str, Any]:
    """Return settings, which older versions wrote as JSON in a text."""
    if not isinstance(value, str):
        return fields_of(value)
    try:
        return fields_of(orjson.loads(value))
    except orjson.JSONDecodeError:
        return {}
