"""SpecStory's Markdown as it is read, line by line: blocks of speakers, thoughts and tools."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal, NamedTuple

from tracemill.base.ids import make_id
from tracemill.base.lines import Line
from tracemill.records.refs import Origin
from tracemill.sources.json_lines import moment, type_name
from tracemill.sources.open_session import OpenSession
from tracemill.sources.open_trajectory import OpenStep, OpenTrajectory
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.session_events import Place
from tracemill.sources.specstory_md.content import (
    INTERRUPTION,
    SESSION,
    SPEAKER,
    THOUGHT,
    THOUGHT_END,
    TOOL,
    TOOL_END,
    is_injected,
    is_summary,
    read_tool,
)
from tracemill.sources.text_lines import MAX_SPEECH

_NAME: Final = "specstory"
_AGENTS: Final = {"codex-cli": "codex", "cursor-ide": "cursor", "cursor-cli": "cursor"}

Inside = Literal["text", "tool", "thought"]


class _Block(NamedTuple):
    """Who speaks, as the line above a block says."""

    is_person: bool
    key: str
    """Of the trajectory that it belongs to."""
    model: str | None
    at: datetime | None


class SpecStoryReader:
    """Takes the lines of one file, and makes trajectories, steps and events of them."""

    def __init__(self, origin: Origin) -> None:
        self.ready: list[SourceRecord] = []
        self._origin = origin
        self._session: OpenSession | None = None
        self._session_id = ""
        self._agent = ""
        self._block: _Block | None = None
        self._step: OpenStep | None = None
        """The agent's step that goes on."""
        self._step_key = ""
        self._inside: Inside = "text"
        self._tool = ("", "")
        self._lines: list[str] = []
        self._n_chars = 0
        self._first = self._last = Line(0, b"", is_terminated=True)
        self._n_calls = self._n_sides = 0

    def take(self, text: str, line: Line) -> str | None:
        """Read one line; return why it holds nothing to keep, or None where it was used."""
        self._n_chars += len(text)
        if self._n_chars > MAX_SPEECH:
            self._end_inner()
            self._end_text()
        if self._inside != "text":
            self._go_on(text, line)
            return None
        if self._session is None:
            return self._look_for_session(text)
        if speaker := SPEAKER.match(text):
            self._end_text()
            is_side = speaker["side"] is not None
            if is_side and speaker["model"] is None:
                self._n_sides += 1
            key = f"sidechain {self._n_sides}" if is_side else ""
            at = moment(speaker["at"])
            self._block = _Block(speaker["who"] == "User", key, speaker["model"], at)
            return None
        if self._block is None:
            return "before_first_speaker"
        return self._take_inside(text, line)

    def finish(self) -> None:
        """Give each trajectory its header."""
        self._end_inner()
        self._end_text()
        if self._session is not None and self._session.trajectories:
            self._session.finish()
            self.ready += self._session.ready

    def _look_for_session(self, text: str) -> str | None:
        found = SESSION.match(text)
        if found is None:
            return "before_first_speaker"
        slug = type_name(found["agent"])
        self._agent = _AGENTS.get(slug, slug)
        self._session_id = found["id"]
        self._session = OpenSession(self._agent, self._origin)
        return None

    def _take_inside(self, text: str, line: Line) -> str | None:
        thought, tool = THOUGHT.match(text), TOOL.match(text)
        if thought is None and tool is None:
            if not self._lines:
                self._first = line
            if self._lines or text.strip():
                self._lines.append(text)
            self._last = line
            return None
        self._end_text()
        self._first = line
        if tool is not None:
            self._inside, self._tool = "tool", (tool[1], tool[2])
            self._go_on(text[tool.end() :], line)
        elif thought is not None:
            self._inside = "thought"
            self._go_on(text[thought.end() :], line)
        return None

    def _go_on(self, text: str, line: Line) -> None:
        """Read a line of a tool or thought, which may be its last."""
        self._last = line
        is_tool = self._inside == "tool"
        if is_tool and text.startswith(("</details></tool-use>", TOOL_END)):
            self._end_inner()
        elif is_tool and text.rstrip().endswith(TOOL_END):
            self._lines.append(text.rstrip().removesuffix(TOOL_END).removesuffix("</details>"))
            self._end_inner()
        elif not is_tool and (end := THOUGHT_END.search(text)):
            self._lines.append(text[: end.start()])
            self._end_inner()
        else:
            self._lines.append(text)

    def _end_inner(self) -> None:
        lines, inside = self._lines, self._inside
        if inside == "text":
            return
        self._inside, self._lines, self._n_chars = "text", [], 0
        if inside == "thought" and (thought := "\n".join(lines).strip()):
            place, step = self._agent_step()
            self._need().think(place, step, [thought])
        elif inside == "tool":
            self._take_tool([line for line in lines if line not in ("<details>", "</details>")])

    def _take_tool(self, lines: list[str]) -> None:
        place, step = self._agent_step()
        kind, name = self._tool
        self._n_calls += 1
        tool = read_tool(name, kind, lines, f"call-{self._n_calls}", self._agent)
        session = self._need()
        session.window.add_call(place.trajectory, step, tool.call)
        session.window.grow(place.trajectory, step, sum(map(len, lines)))
        place = place._replace(step=step.index)
        if tool.todos:
            step.events.append(session.events.todo_change(place, tool.todos, is_whole=True))
        if tool.result is not None:
            session.answer(place, tool.result)

    def _end_text(self) -> None:
        """Make a step of the text at hand, or add it to the agent's."""
        said = "\n".join(self._lines).strip().removesuffix("\n---").strip()
        self._lines, self._n_chars = [], 0
        if not said or said == "---" or self._block is None:
            return
        is_told = self._block.key != "" and self._block.model is None
        if self._block.is_person or is_told:
            self._hear(said, is_told=is_told)
        else:
            place, step = self._agent_step()
            self._need().say(place, step, [said])

    def _hear(self, said: str, *, is_told: bool) -> None:
        """Read what stands under the name of a person, or what a subagent was told."""
        session, place = self._need(), self._place()
        self._step = None
        if said.startswith(INTERRUPTION):
            session.ready.append(session.events.feedback(place, "interruption"))
            return
        if is_summary(said):
            session.ready.append(session.events.compaction(place))
        step = session.open(place, "system" if is_told or is_injected(said) else "user")
        step.is_replayed = is_summary(said)
        step.extend_to(self._last)
        session.say(place, step, [said])

    def _agent_step(self) -> tuple[Place, OpenStep]:
        """Return the agent's step that goes on; one that made a call is over."""
        place = self._place()
        step, block = self._step, self._block
        is_other = step is None or step.calls or self._step_key != place.trajectory.id
        if step is None or is_other:
            step = self._step = self._need().open(place, "agent")
            self._step_key = place.trajectory.id
            step.model = block.model if block else None
            place.trajectory.see_model(step.model)
        step.extend_to(self._last)
        return place, step

    def _place(self) -> Place:
        session, block = self._need(), self._block
        key = block.key if block else ""
        self._begin("")
        self._begin(key)
        return session.place(self._first, block.at if block else None, key)

    def _begin(self, key: str) -> None:
        """Begin a trajectory, which the session's own id names."""
        session = self._need()
        if key not in session.trajectories:
            own_id = make_id("traj", _NAME, self._session_id, key)
            trajectory = OpenTrajectory(own_id, self._session_id)
            trajectory.is_subagent = bool(key)
            session.trajectories[key] = trajectory

    def _need(self) -> OpenSession:
        assert self._session is not None, "no block is read before the session is known"
        return self._session
