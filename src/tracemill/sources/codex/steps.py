"""The steps of one Codex rollout: replies of the model, and what others said to it.

A reply is one step: its thoughts, texts and calls up to the first result, token count or
message of somebody else.
"""

from __future__ import annotations

from bisect import insort
from collections import deque
from datetime import datetime
from typing import Final, Generic, TypeVar

import msgspec

from tracemill.base.ids import make_id
from tracemill.base.lines import Line
from tracemill.records.refs import Origin
from tracemill.sources.building.open_trajectory import (
    NO_TOKENS,
    OpenStep,
    OpenTrajectory,
    Tokens,
    Window,
    added,
)
from tracemill.sources.building.remembered import Remembered
from tracemill.sources.building.session_events import EventMaker, Place
from tracemill.sources.codex.content import (
    TURN_ABORTED,
    Said,
    bare_output,
    find_cwd,
    is_injected,
    is_scheduled,
    read_call,
    read_content,
    read_output,
    read_plan,
    read_reasoning,
)
from tracemill.sources.codex.lines import Common, Payload, whole
from tracemill.sources.codex.session import MAX_ECHOES, Aborts, Echoes, Replay, TokenCounts
from tracemill.sources.reading.json_fields import NO_CONTENT, count, text, why_nothing

_DUPLICATE: Final = "duplicate_message"
_MAX_FAILED_CALLS: Final = 1000
_MAX_ASKED: Final = 4096

P_co = TypeVar("P_co", bound=Common, covariant=True)


class Item(msgspec.Struct, Generic[P_co], gc=False):
    """One item or event of a rollout, with the line that it stands on."""

    payload: P_co
    kind: str
    line: Line
    at: datetime | None
    is_copied: bool = False
    """Whether it says again what stands elsewhere."""


class CodexSteps:
    """Makes the trajectory of one rollout, its steps, and the events of its calls."""

    def __init__(self, name: str, origin: Origin) -> None:
        self._name = name
        self.window = Window()
        self.events = EventMaker(origin)
        self.aborts = Aborts(self.events, self.window.ready)
        self.replay = Replay()
        self.tokens = TokenCounts()
        self.model: str | None = None
        """The model that replies at present."""
        self.begun: OpenTrajectory | None = None
        self._reply: OpenStep | None = None
        """The newest reply of the model."""
        self._is_reply_over = True
        self._people = Echoes()
        self._agent = Echoes()
        self._scheduled: deque[int] = deque(maxlen=MAX_ECHOES)
        """Indexes of the newest steps that a schedule put in."""
        self._asked: list[int] = []
        """Indexes of the newest steps that a person typed and has not taken back."""
        self._failed: Remembered[str, bool] = Remembered(_MAX_FAILED_CALLS)
        self._base: tuple[str, Line] | None = None
        """The system prompt, and the line that tells it, until a step holds it."""
        self._joined: tuple[OpenStep, Line, Line] | None = None
        """A step that begins with the system prompt, the line of that, and its own first line."""

    def trajectory(self, line: Line, session_id: str | None = None) -> OpenTrajectory:
        """Return the file's one trajectory, begun with `line` where it is new."""
        if self.begun is None:
            own_id = make_id("traj", self._name, session_id or "", "", line.data.strip())
            # A session that nothing names is like no other, so it is called as its trajectory.
            self.begun = OpenTrajectory(own_id, session_id or own_id)
        return self.begun

    def give_base(self, text: str | None, line: Line) -> None:
        """Take the system prompt, which stands before all that is said; the first one holds."""
        if text and self._base is None and not self.trajectory(line).n_steps:
            self._base = text, line

    def place(self, item: Item[Common]) -> Place:
        """Return where an item stands: at the newest step."""
        trajectory = self.trajectory(item.line)
        trajectory.see_moment(item.at)
        return Place(trajectory, item.line, item.at, trajectory.last_index())

    def spend(self, tokens: Tokens) -> None:
        """Count `tokens` for the newest reply, which is over by then."""
        self._is_reply_over = True
        if self._reply is not None:
            before = self._reply.tokens
            self._reply.tokens = tokens if before is NO_TOKENS else added(before, tokens)

    def take_message(self, item: Item[Common]) -> str | None:
        """Read a message item, whoever said it."""
        content = item.payload.content
        if content is None:
            content = whole(item.payload, item.line).message
        said = read_content(content)
        if not said.texts:
            return why_nothing(said.unread)
        role = item.payload.role
        if role == "assistant":
            return self._take_reply(item, said, is_item=True)
        if role == "user":
            return self._take_said(item, said)
        return self._take_injected(item, said, sets_up=True)

    def take_note(self, item: Item[Common]) -> str | None:
        """Read what another agent said to this one: nobody typed it."""
        said = read_content(item.payload.content)
        if not said.texts:
            return why_nothing(said.unread)
        return self._take_injected(item, said, sets_up=False)

    def take_typed(self, item: Item[Payload]) -> str | None:
        """Read what a person typed: it tells which user items were typed, and which put in."""
        said = read_content(item.payload.message)
        pictures = item.payload.images
        n_images = len(pictures) if isinstance(pictures, list) else 0
        return self._hear(item, Said(said.texts, n_images))

    def take_completed(self, item: Item[Payload]) -> str | None:
        """Read an item of the paginated mode, which alone holds the messages of that mode."""
        inner = item.payload.item
        kind = inner.get("type") if isinstance(inner, dict) else None
        if kind not in ("UserMessage", "AgentMessage"):
            return "event_item_completed"
        item = msgspec.structs.replace(item, payload=msgspec.convert(inner, Payload))
        said = read_content(item.payload.content)
        if kind == "UserMessage":
            return self._hear(item, said)
        if not said.texts:
            return why_nothing(said.unread)
        return self._take_reply(item, said, is_item=False)

    def take_reasoning(self, item: Item[Common]) -> str | None:
        """Read thoughts, where they stand in the clear."""
        thoughts = read_reasoning(item.payload)
        if not thoughts:
            return "encrypted_reasoning"
        trajectory = self.begun or self.trajectory(item.line)
        step = self._open_reply(item, trajectory)
        step.reasoning += thoughts
        self.window.grow(trajectory, step, sum(map(len, thoughts)))
        return None

    def take_call(self, item: Item[Common]) -> str | None:
        """Read a call of a tool."""
        call = read_call(item.payload, item.kind, item.line)
        trajectory = self.begun or self.trajectory(item.line)
        step = self._open_reply(item, trajectory)
        self.window.add_call(trajectory, step, call)
        if call.name == "update_plan":
            place = Place(trajectory, item.line, item.at, step.index)
            step.events.append(self.events.todo_change(place, read_plan(call), is_whole=True))
        self.window.grow(trajectory, step, item.line.end - item.line.start)
        return None

    def take_output(self, item: Item[Common]) -> str | None:
        """Read what a call returned; it joins the step of the call, if that is open."""
        call_id = text(item.payload.call_id) or f"unnamed-{item.line.start}"
        has_failed = self._failed.get(call_id) is True
        output = read_output(item.payload, call_id, has_failed=has_failed)
        result, trajectory = output.result, self.begun or self.trajectory(item.line)
        trajectory.see_moment(item.at)
        self._is_reply_over = True
        step = trajectory.by_call.get(call_id)
        if step is None:
            step = self._open(item)
            step.speaker = "tool"
        step.results.append(result)
        step.extend_to(item.line)
        if result.status == "rejected":
            place = Place(trajectory, item.line, item.at, step.index)
            told = self.events.feedback(place, "rejection", call_id=call_id)
            self.window.ready.append(told)
        self.window.ready.extend(output.unread)
        self.window.grow(trajectory, step, len(result.content))
        return None

    def take_ending(self, item: Item[Payload]) -> str | None:
        """Read how a call ended, which counts where it failed and its result is still to come."""
        call_id = text(item.payload.call_id) or text(item.payload.other_call_id)
        step = self.begun.by_call.get(call_id) if self.begun and call_id else None
        if step is None or call_id is None or not _says_failure(item.payload):
            return f"event_{item.kind}"
        if any(result.call_id == call_id for result in step.results):
            return f"event_{item.kind}"
        self._failed.put(call_id, value=True)
        step.extend_to(item.line)
        return None

    def take_answer(self, item: Item[Payload]) -> str | None:
        """Read what a tool returned in the oldest files, which name no calls but by their tool."""
        name, reply = text(item.payload.name), self._reply
        answered = {result.call_id for result in reply.results} if reply is not None else set()
        calls = reply.calls if reply is not None else []
        made = [call.id for call in calls if call.name == name and call.id not in answered]
        output = bare_output(item.payload.result)
        told = Payload(call_id=made[0] if made else None, output=output)
        return self.take_output(msgspec.structs.replace(item, payload=told))

    def take_error(self, item: Item[Payload]) -> str | None:
        """Read an error that ended a reply."""
        told = item.payload
        if isinstance(told.error, dict):
            told = msgspec.convert(told.error, Payload)
        said = text(told.message) or text(told.text)
        if said is None:
            return NO_CONTENT
        step = self._open(item)
        step.speaker, step.is_error = "agent", True
        self._fill(step, Said([said], 0))
        return None

    def take_rollback(self, item: Item[Payload]) -> str | None:
        """Read how many turns a person took back."""
        n_turns, asked = count(item.payload.num_turns), self._asked
        if not n_turns or not asked:
            return f"event_{item.kind}"
        undone = asked[-min(n_turns, len(asked))]
        del asked[-n_turns:]
        self._reply, self._is_reply_over = None, True
        self._people, self._agent = Echoes(), Echoes()
        place = self.place(item)
        told = self.events.feedback(place, "rewind", undone_from=undone)
        self.window.tell(place.trajectory, told)
        return None

    def _open(self, item: Item[Common], *, sets_up: bool = False) -> OpenStep:
        """Begin a step of somebody whom the caller names, or whom a later line tells.

        The first step that sets the session up begins with the system prompt; where something
        else is said first, the system prompt is a step of its own.
        """
        trajectory = self.begun or self.trajectory(item.line)
        is_old = self._is_old(item)
        if self._base is not None and (is_old or not sets_up):
            _, line = self._base
            self._fill_base(self.window.open(trajectory, "system", line, trajectory.started))
        step = self.window.open(trajectory, None, item.line, item.at)
        step.native_id = text(item.payload.id)
        step.is_replayed = is_old
        self._is_reply_over = True
        if self._base is not None:
            self._joined = step, self._base[1], item.line
            self._fill_base(step)
        return step

    def _fill_base(self, step: OpenStep) -> None:
        """Let `step` begin with the system prompt, which is held no longer."""
        assert self._base is not None  # whoever calls has looked
        assert self.begun is not None  # the line of the system prompt begins it
        (said, line), self._base = self._base, None
        step.texts.append(said)
        step.start = line.start
        self.window.grow(self.begun, step, len(said))

    def _parted(self, step: OpenStep) -> OpenStep:
        """Return the step of a person's words, without the system prompt where that began it.

        Both are steps then; where others stand behind already, there is no place for the prompt.
        """
        if self._joined is None or self._joined[0] is not step or not step.texts:
            return step
        (_, base, line), self._joined = self._joined, None
        trajectory, (prompt, *said) = self.trajectory(line), step.texts
        if trajectory.last_index() != step.index:
            step.texts, step.start = said, line.start
            self.window.grow(trajectory, step, -len(prompt))
            return step
        own = self.window.open(trajectory, None, line, step.at)
        own.end, own.native_id, own.n_images = step.end, step.native_id, step.n_images
        step.end, step.native_id, step.n_images = base.end, None, 0
        own.texts, step.texts, step.at = said, [prompt], trajectory.started
        for each, sign in ((step, -1), (own, 1)):
            self.window.grow(trajectory, each, sign * sum(map(len, said)))
        return own

    def _is_old(self, item: Item[Common]) -> bool:
        """Tell whether an item says what was said before, here or in the log of a parent."""
        return self.replay.is_on or item.is_copied

    def _open_reply(self, item: Item[Common], trajectory: OpenTrajectory) -> OpenStep:
        """Return the step of the model's present reply."""
        reply = self._reply
        if (
            reply is not None
            and not self._is_reply_over
            and reply.is_replayed == self._is_old(item)
        ):
            reply.extend_to(item.line)
            trajectory.see_moment(item.at)
            return reply
        step = self._reply = self._open(item)
        self._is_reply_over = False
        step.speaker = "agent"
        step.model = self.model
        trajectory.see_model(self.model)
        return step

    def _take_reply(self, item: Item[Common], said: Said, *, is_item: bool) -> str | None:
        if self._agent.answer(said.texts, is_item=is_item) is not None:
            return _DUPLICATE
        step = self._open_reply(item, self.begun or self.trajectory(item.line))
        self._agent.say(said.texts, step, is_item=is_item)
        self._fill(step, said)
        return None

    def _take_injected(self, item: Item[Common], said: Said, *, sets_up: bool) -> str | None:
        step = self._open(item, sets_up=sets_up)
        step.speaker = "system"
        self._fill(step, said)
        return None

    def _take_said(self, item: Item[Common], said: Said) -> str | None:
        """Read a user item; whether a person typed it is told by an event before or behind it."""
        told = self._people.answer(said.texts, is_item=True)
        was_scheduled = is_scheduled(item.payload)
        if told is not None:
            told.extend_to(item.line)
            told.n_images = max(told.n_images, said.n_images)
            if was_scheduled:
                told.speaker = "system"
                self._asked = [index for index in self._asked if index != told.index]
            return None
        was_injected = is_injected(said.texts)
        step = self._open(item, sets_up=was_injected)
        if was_scheduled:
            self._scheduled.append(step.index)
        if was_scheduled or was_injected:
            step.speaker = "system"
            trajectory = self.trajectory(item.line)
            trajectory.cwd = trajectory.cwd or find_cwd(said.texts)
        self._people.say(said.texts, step, is_item=True)
        self._fill(step, said)
        if said.texts[0].startswith(TURN_ABORTED):
            self.aborts.notice(self.place(item))
        return None

    def _hear(self, item: Item[Common], said: Said) -> str | None:
        if not said.texts:
            return NO_CONTENT
        self.trajectory(item.line).presumed_speaker = "system"
        step = self._people.answer(said.texts, is_item=False)
        if step is not None:
            step.extend_to(item.line)
        else:
            step = self._open(item)
            self._people.say(said.texts, step, is_item=False)
            self._fill(step, said)
        if step.index in self._scheduled:
            return None
        step = self._parted(step)
        step.speaker = "user"
        insort(self._asked, step.index)
        del self._asked[:-_MAX_ASKED]
        return None

    def _fill(self, step: OpenStep, said: Said) -> None:
        step.texts += said.texts
        step.n_images += said.n_images
        self.window.ready.extend(said.unread)
        if self.begun is not None:
            self.window.grow(self.begun, step, sum(map(len, said.texts)))


def _says_failure(payload: Payload) -> bool:
    result = payload.result
    if isinstance(result, dict):
        answer = result.get("Ok")
        return "Err" in result or (isinstance(answer, dict) and answer.get("isError") is True)
    return payload.success is False
