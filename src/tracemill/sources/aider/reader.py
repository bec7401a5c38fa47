"""Aider's history as it is read: what a line is depends on who spoke on the one before."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from tracemill.base.ids import make_id
from tracemill.base.lines import Line
from tracemill.records.refs import Origin
from tracemill.records.sessions.trajectory import ResultStatus, Speaker, ToolCall, ToolResult
from tracemill.sources.aider.content import (
    APPLIED,
    BANNER,
    BEFORE_EDIT,
    COMMIT,
    COST,
    CWD,
    FAULTS,
    HEADER,
    KNOWN_OUTPUT,
    MODEL,
    NOT_APPLIED,
    NOTHING_TYPED,
    REFUSED,
    RUNNING,
    STOP,
    UNDONE,
    VERSION,
    ReportPart,
    has_failed,
    is_after_reply,
    is_asked,
    is_by_itself,
    is_of_file,
    is_prompt,
    is_report_in_one_piece,
    is_to_be_fixed,
    is_typed,
    output_of,
    read_report,
    read_tokens,
    split_edits,
    split_thoughts,
)
from tracemill.sources.aider.results import add_failure, add_failures, add_report, hold
from tracemill.sources.building.open_session import OpenSession
from tracemill.sources.building.open_trajectory import NO_TOKENS, OpenStep, OpenTrajectory, added
from tracemill.sources.building.session_events import Place
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.reading.text_lines import MAX_SPEECH

_NAME: Final = "aider"
_OUTPUT: Final = "program_output"
_COMMITTING: Final = "/commit"
_COMMAND: Final = "program_command"
_EMPTY: Final = "empty_prompt"
_MAX_FAULTS: Final = 16_000
"""Characters of a linter's report."""

Speech = Literal["prompt", "reply", "output"]


class _Said(NamedTuple):
    """What somebody said, and the lines from which to which it stands."""

    text: str
    first: Line
    last: Line


class AiderReader:
    """Takes the lines of one history, and makes trajectories, steps and events of them."""

    def __init__(self, origin: Origin) -> None:
        self.ready: list[SourceRecord] = []
        self._origin = origin
        self._session: OpenSession | None = None
        self._heard: Speech = "output"
        """What the last line that was not blank belongs to."""
        self._lines: list[str] = []
        """What is being said, until somebody else speaks."""
        self._n_chars = 0
        self._first = self._last = Line.at(0, b"", is_terminated=True)
        self._reply: OpenStep | None = None
        self._uncommitted: OpenStep | None = None
        """The last reply, which a person may still have committed by a command."""
        self._command: _Said | None = None
        """What was said last to the program, and not to the model."""
        self._printed: _Said | None = None
        """What that printed."""
        self._is_answered = True
        """Whether the model has said all of its reply."""
        self._is_outside = False
        """Whether the next commit holds what is not the agent's work."""
        self._model: str | None = None
        self._made: dict[str, tuple[str, int]] = {}
        """Calls, and the steps that made them, by the commits that hold them."""
        self._is_open_commit = False
        """Whether the message of a commit goes on: where it ends, two spaces stand."""
        self._is_failing = False
        """Whether the program is saying why it could not apply an edit."""
        self._report: ReportPart | None = None
        """What it tells if it does so in one piece, of which only the first line was quoted."""
        self._faults: str | None = None
        """What a linter says of edits, which the model sees if a person wants it fixed."""
        self._n_calls = 0

    def take(self, text: str, line: Line) -> str | None:
        """Read one line; return why it holds nothing to keep, or None where it was used."""
        if text.startswith("# aider") and HEADER.match(text):
            self._begin(line)
            return None
        if self._take_blank(text):
            return None
        if is_prompt(text, in_reply=self._heard == "reply"):
            return self._take_prompt(text, line)
        said = output_of(text)
        if said is None and not self._is_more_output(text):
            self._go_on("reply", text, line)
            self._take_printed(text)
            is_used = self._take_report(text) or (self._command is None and self._lines)
            return None if is_used else _COMMAND
        self._end_speech()
        self._heard = "output"
        begins = said is not None and COMMIT.match(said) is not None
        self._is_open_commit = (begins or self._is_open_commit) and not text.endswith("  ")
        self._report = "failed" if is_report_in_one_piece(text) else None
        if self._is_failing and self._take_failure(text):
            return None
        is_fault = said is not None and self._take_faults(said, text, line)
        return self._take_output(said, line) if said and not is_fault else _OUTPUT

    def _take_prompt(self, text: str, line: Line) -> str | None:
        self._go_on("prompt", text[5:].rstrip(), line)
        if self._lines == [NOTHING_TYPED]:
            return _EMPTY
        is_command = not is_typed(self._lines[0]) and not is_by_itself(self._lines[0])
        return _COMMAND if is_command else None

    def _is_more_output(self, text: str) -> bool:
        """Tell whether a line belongs to output that began on a quoted line before it."""
        return self._heard == "output" and (self._is_open_commit or COST.match(text) is not None)

    def _take_printed(self, text: str) -> None:
        """Put what a command printed with it; of such a block only the first line is quoted."""
        first = self._lines[0]
        is_block = BANNER.match(first) if self._command is None else first.startswith(">")
        if not (is_block and text.endswith("  ")):
            return
        if self._command is not None:
            said, start, _ = self._command
            printed = "\n".join(self._lines).removeprefix(">").strip()
            self._command = _Said(f"{said}\n{printed}", start, self._last)
        self._lines, self._heard = [], "output"

    def _take_blank(self, text: str) -> bool:
        """Let a blank line end a prompt, whose own empty lines are marked too."""
        if text.strip():
            return False
        if self._heard == "prompt":
            self._end_speech()
            self._heard = "output"
        elif self._lines:
            self._lines.append("")
        return True

    def finish(self) -> None:
        """Give the chat its header, where anything was said in it."""
        self._end_speech()
        session = self._session
        if session is not None and session.trajectories[""].n_steps:
            session.finish()
            self.ready += session.ready
        self._session = None

    def _begin(self, line: Line) -> OpenSession:
        """Begin a chat; the bytes of its first line and their place name it."""
        self.finish()
        own_id = make_id("traj", _NAME, line.data.strip(), str(line.start))
        session = self._session = OpenSession(_NAME, self._origin)
        session.adopt(OpenTrajectory(own_id, own_id))
        self._is_open_commit = False
        self._heard, self._model, self._faults = "output", None, None
        self._reply = self._uncommitted = self._command = self._printed = self._report = None
        self._is_answered, self._is_outside, self._is_failing = True, False, False
        self._made, self._n_calls = {}, 0
        return session

    def _place(self, line: Line) -> Place:
        session = self._session or self._begin(line)
        return session.place(line, None)

    def _go_on(self, speech: Speech, text: str, line: Line) -> None:
        self._is_failing = self._is_open_commit = False
        self._faults = None
        if self._heard != speech or self._n_chars > MAX_SPEECH:
            self._end_speech()
            self._heard, self._first, self._n_chars = speech, line, 0
        self._lines.append(text)
        self._n_chars += len(text)
        self._last = line

    def _end_speech(self) -> None:
        """Make a step of what was said, now that somebody else speaks."""
        said = "\n".join(self._lines).strip()
        self._lines = []
        if not said or self._heard == "output" or (self._heard, said) == ("prompt", NOTHING_TYPED):
            return
        speech, self._report = _Said(said, self._first, self._last), None
        if self._heard == "reply":
            if self._command is not None:
                self._printed = speech
            else:
                self._take_reply(speech)
            return
        is_command = not is_typed(said) and not is_by_itself(said)
        self._reply, self._printed, self._is_answered = None, None, is_command
        self._command = speech if is_command else None
        if not is_command:
            self._uncommitted = None
            self._open(speech, "user" if is_typed(said) else "system")

    def _take_faults(self, said: str, text: str, line: Line) -> bool:
        """Let a line belong to a linter's report, which the model is sent where it shall fix it.

        What a person is asked or does ends it. Its lines count as output: whether they are sent
        is known only behind them.
        """
        if FAULTS.match(said):
            self._faults = ""
        if self._faults is None or KNOWN_OUTPUT.match(said):
            return False
        if said != STOP and not is_asked(said):
            if len(self._faults) < _MAX_FAULTS:
                self._faults += f"\n{text[2:].rstrip()}"
            return True
        report, self._faults = self._faults.strip(), None
        if is_to_be_fixed(said) and self._reply is not None:
            add_report(self._reply, report)
            self._reply.extend_to(line)
        return False

    def _open(self, speech: _Said, speaker: Speaker) -> OpenStep:
        place = self._place(speech.first)
        session = self._session or self._begin(speech.first)
        step = session.open(place, speaker)
        step.extend_to(speech.last)
        session.say(place, step, filter(None, [speech.text]))
        return step

    def _take_reply(self, speech: _Said) -> None:
        said, thoughts = split_thoughts(speech.text)
        text, edits = split_edits(said)
        step = self._reply = self._uncommitted = self._open(speech._replace(text=text), "agent")
        place = self._place(speech.first)
        if self._session is not None:
            self._session.think(place, step, thoughts)
        self._is_answered = False
        step.model = self._model
        place.trajectory.see_model(self._model)
        for edit in edits:
            arguments = {"path": edit.path, "search": edit.search, "replace": edit.replace}
            self._call(place, step, "edit", arguments)

    def _take_back(self) -> None:
        """Let a command be a prompt, and what it printed the reply to it, as that cost tokens."""
        command, printed = self._command, self._printed
        self._command = self._printed = None
        if command is not None and printed is not None:
            self._open(command, "system")
            self._take_reply(printed)

    def _call(self, place: Place, step: OpenStep, name: str, arguments: dict[str, str]) -> ToolCall:
        self._n_calls += 1
        call = ToolCall(id=f"call-{self._n_calls}", name=name, arguments=dict(arguments))
        if self._session is not None:
            self._session.window.add_call(place.trajectory, step, call)
            self._session.window.grow(place.trajectory, step, sum(map(len, arguments.values())))
        return call

    def _take_output(self, said: str, line: Line) -> str | None:
        place = self._place(line)
        if self._printed is not None and is_after_reply(said):
            self._take_back()
        is_ending = self._take_ending(said, place)
        self._is_answered |= is_ending
        if is_ending or self._take_facts(said, place):
            if self._reply is not None:
                self._reply.extend_to(line)
            return None
        return self._take_signal(said, place)

    def _take_facts(self, said: str, place: Place) -> bool:
        """Read what the program says of itself, of the model, and of what a reply took."""
        trajectory = place.trajectory
        if found := MODEL.match(said):
            self._model = found[1].rstrip(",")
        elif found := VERSION.match(said):
            trajectory.agent_version = trajectory.agent_version or found[1]
        elif found := CWD.match(said):
            trajectory.cwd = trajectory.cwd or found[1]
        elif (tokens := read_tokens(said)) != NO_TOKENS:
            self._is_answered = True
            if self._reply is not None:
                before = self._reply.tokens
                self._reply.tokens = tokens if before is NO_TOKENS else added(before, tokens)
                self._reply.usage_key = hash(("step", self._reply.index))
        else:
            return False
        return True

    def _take_ending(self, said: str, place: Place) -> bool:
        """Read what became of the edits of a reply, and which commit holds them."""
        if found := APPLIED.match(said):
            self._resolve(place, found[1], said, "ok")
        elif found := NOT_APPLIED.match(said):
            self._resolve(place, found[1], said, "unknown")
        elif has_failed(said):
            self._fail(place, said)
        elif BEFORE_EDIT.match(said):
            self._is_outside = True
        elif found := COMMIT.match(said):
            self._commit(found[1])
        else:
            return False
        return True

    def _resolve(self, place: Place, path: str, said: str, status: ResultStatus) -> None:
        """Let every open edit of a file end; the reply may have written it whole, as text."""
        step = self._reply
        if step is None:
            return
        done = {result.call_id for result in step.results}
        edits = [call for call in step.calls if is_of_file(call.arguments, path)]
        waiting = [call for call in edits if call.id not in done]
        if not edits:
            waiting = [self._call(place, step, "edit", {"path": path})]
        step.results += [
            ToolResult(call_id=call.id, content=said, status=status) for call in waiting
        ]

    def _fail(self, place: Place, said: str) -> None:
        step = self._reply
        if step is None:
            return
        done = {result.call_id for result in step.results}
        waiting = [call for call in step.calls if call.id not in done and call.name == "edit"]
        if not step.calls:
            waiting = [self._call(place, step, "edit", {})]
        step.results += [
            ToolResult(call_id=call.id, content=said, status="error") for call in waiting
        ]
        self._is_failing = bool(waiting) or self._is_failing

    def _take_failure(self, text: str) -> bool:
        """Let a line belong to why an edit was not applied, which is what the model then saw."""
        step = self._reply
        own = text[1:].strip()
        self._is_failing = step is not None and own != STOP and not KNOWN_OUTPUT.match(own)
        if step is None or not self._is_failing:
            return False
        add_failure(step, text[2:].rstrip())
        return True

    def _take_report(self, text: str) -> bool:
        """Put a part of such a report with the edits where it ends; till then it may be a reply."""
        is_whole, self._report = read_report(self._report, text)
        if is_whole:
            add_failures(self._reply, self._lines)
            self._lines, self._heard = [], "output"
        return is_whole

    def _commit(self, sha: str) -> None:
        was_outside, self._is_outside = self._is_outside, False
        is_asked = self._command is not None and self._command.text.startswith(_COMMITTING)
        step = self._uncommitted if is_asked else self._reply
        call_id = None if was_outside or step is None else hold(step, sha)
        if step is not None and call_id is not None:
            self._made[sha] = call_id, step.index

    def _take_signal(self, said: str, place: Place) -> str | None:
        """Read what a person did: stopped a reply, took a commit back, let a command run or not."""
        session = self._session
        if session is None:
            return _OUTPUT
        if said == STOP and not self._is_answered:
            self._is_answered = True
            session.ready.append(session.events.feedback(place, "interruption"))
        elif (found := UNDONE.match(said)) and found[1] in self._made:
            call_id, index = self._made.pop(found[1])
            there = place._replace(step=index)
            session.ready.append(session.events.feedback(there, "rejection", None, call_id))
        elif REFUSED.match(said) and self._reply is not None:
            session.ready.append(session.events.feedback(place, "rejection"))
        elif (found := RUNNING.match(said)) and self._reply is not None:
            self._call(place, self._reply, "run_command", {"command": found[1]})
            self._reply.extend_to(place.line) if isinstance(place.line, Line) else None
        else:
            return _OUTPUT
        return None
