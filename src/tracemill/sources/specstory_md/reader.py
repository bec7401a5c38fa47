"""SpecStory's Markdown as it is read, line by line: blocks of speakers, thoughts and tools."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final, Literal, NamedTuple

from tracemill.base.ids import make_id
from tracemill.base.lines import Line
from tracemill.records.refs import Origin
from tracemill.sources.json_lines import moment, type_name
from tracemill.sources.open_session import OpenSession
from tracemill.sources.open_trajectory import OpenStep, OpenTrajectory
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.role_steps import UNKNOWN_AGENT
from tracemill.sources.session_events import Place
from tracemill.sources.specstory_md.content import (
    INTERRUPTION,
    SESSION,
    SPEAKER,
    THOUGHT,
    THOUGHT_END,
    TOOL,
    TOOL_END,
    Tool,
    is_injected,
    is_summary,
    read_tool,
)
from tracemill.sources.specstory_md.sections import FENCE, GOES_ON, RULE, TITLE, read_section
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
        """Empty in an older file, which states none."""
        self._title: re.Match[str] | None = None
        self._agent = ""
        self._block: _Block | None = None
        self._step: OpenStep | None = None
        """The agent's step that goes on."""
        self._step_key = ""
        self._inside: Inside = "text"
        self._tool = ("", "")
        self._lines: list[str] = []
        self._last_said = ""
        """The last line that was not blank."""
        self._is_fenced = False
        """Whether an odd number of fences stands in the section at hand."""
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
        speaker = SPEAKER.match(text)
        if self._session is None and speaker is None:
            return self._look_for_session(text)
        if self._session is None:
            self._session = OpenSession(UNKNOWN_AGENT, self._origin)
        if speaker and self._may_begin():
            self._hear_of(speaker)
            return None
        if self._block is None:
            return "before_first_speaker"
        if not self._session_id and self._ends_section(text):
            return None
        return self._take_inside(text, line)

    def finish(self) -> None:
        """Give each trajectory its header."""
        self._end_inner()
        self._end_text()
        if self._session is not None and self._session.trajectories:
            self._session.finish()
            self.ready += self._session.ready

    def _may_begin(self) -> bool:
        """Tell whether somebody may begin to speak here: in older files only behind a rule."""
        return bool(self._session_id) or not self._lines or self._last_said == RULE

    def _hear_of(self, speaker: re.Match[str]) -> None:
        self._end_text()
        is_side = speaker["side"] is not None
        if is_side and speaker["model"] is None:
            self._n_sides += 1
        key = f"sidechain {self._n_sides}" if is_side else ""
        at = moment(speaker["at"])
        self._block = _Block(speaker["who"] == "User", key, speaker["model"], at)

    def _ends_section(self, text: str) -> bool:
        """Let a rule end a section of the agent, but not one within a fence that is still open."""
        line = text.rstrip()
        if line == GOES_ON and (not self._lines or self._last_said == RULE):
            self._end_text()
            self._block = _Block(is_person=False, key="", model=None, at=None)
            return True
        is_closed = not self._is_fenced or self._last_said.endswith(FENCE)
        is_agent = self._block is not None and not self._block.is_person
        if line != RULE or not is_agent or not is_closed:
            return False
        if self._lines and self._lines[-1].strip():
            return False
        self._end_text()
        return True

    def _look_for_session(self, text: str) -> str | None:
        found = SESSION.match(text)
        if found is None:
            title, self._title = self._title, self._title or TITLE.match(text)
            return None if self._title is not title else "before_first_speaker"
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
            if said := text.rstrip():
                self._last_said = said
                self._is_fenced ^= said.startswith(FENCE)
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
        kind, name = self._tool
        tool = read_tool(name, kind, lines, f"call-{self._n_calls + 1}", self._agent)
        self._call(tool, sum(map(len, lines)))

    def _call(self, tool: Tool, n_chars: int) -> None:
        """Let the agent make a call, whose result may be known."""
        self._n_calls += 1
        place, step = self._agent_step()
        session = self._need()
        session.window.add_call(place.trajectory, step, tool.call)
        session.window.grow(place.trajectory, step, n_chars)
        place = place._replace(step=step.index)
        if tool.todos:
            step.events.append(session.events.todo_change(place, tool.todos, is_whole=True))
        if tool.result is not None:
            session.answer(place, tool.result)

    def _end_text(self) -> None:
        """Make a step of the text at hand, or add it to the agent's."""
        said = "\n".join(self._lines).strip().removesuffix("\n---").strip()
        self._lines, self._n_chars, self._is_fenced = [], 0, False
        if not said or said == RULE or self._block is None:
            return
        is_told = self._block.key != "" and self._block.model is None
        if self._block.is_person or is_told:
            self._hear(said, is_told=is_told)
        elif not self._session_id and (tool := read_section(said, f"call-{self._n_calls + 1}")):
            self._call(tool, len(said))
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
        if key not in session.trajectories and not self._session_id:
            self._begin_unnamed(session, key)
        elif key not in session.trajectories:
            own_id = make_id("traj", _NAME, self._session_id, key)
            trajectory = OpenTrajectory(own_id, self._session_id)
            trajectory.is_subagent = bool(key)
            session.trajectories[key] = trajectory

    def _begin_unnamed(self, session: OpenSession, key: str) -> None:
        """Begin a trajectory that is known by what its session is called and begins with."""
        title = self._title
        first = b"\n".join((title[0].encode() if title else b"", self._first.data.strip()))
        trajectory = session.begin(key, None, first)
        if title is not None:
            trajectory.title = title["title"]
            trajectory.see_moment(moment(title["at"]))

    def _need(self) -> OpenSession:
        assert self._session is not None, "no block is read before the session is known"
        return self._session
