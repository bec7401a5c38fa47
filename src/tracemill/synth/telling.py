"""Recording a synthetic piece of work: every call in it is really run.

Who writes it asks a bench for results and goes on from what came back. What does not turn out as
the work needs it, such as a bug that no test notices, ends it under a name that is counted.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple, Protocol

import msgspec

from tracemill.records.datasets.examples import Message
from tracemill.records.synth.made_up import TaskStep
from tracemill.synth.skins import Skin

_CHANGING: Final = frozenset({"write_file", "edit_file", "run_command"})
"""Tools that may change files: what one of them does, others may see."""
_TELLING_CHARS: Final = 4
"""Length from which a value of an argument says that it was taken from a result."""


class Call(NamedTuple):
    """A call to carry out."""

    tool: str
    arguments: dict[str, Any]


class Result(NamedTuple):
    """What came back."""

    text: str
    failed: bool


class Bench(Protocol):
    """Carries calls out on a copy of the project."""

    def call(self, calls: Sequence[Call]) -> list[Result]:
        """Return what each call gives, in their order.

        Raises:
            UnfitError: no answer came.
        """
        ...


class UnfitError(Exception):
    """Work that does not turn out as it should; its text is the name that is counted."""


class Telling:
    """Messages of one piece of work, and the calls that were made for it.

    Whoever tells it speaks the words of the project as it is written; what is kept and carried out
    is in the words of the skin.
    """

    def __init__(self, bench: Bench, skin: Skin) -> None:
        self._bench = bench
        self._skin = skin
        self.messages: list[Message] = []
        self.steps: list[TaskStep] = []

    def user(self, text: str) -> None:
        """Let the person say something."""
        self.messages.append(Message(role="user", content=self._skin.on(text)))

    def answer(self, text: str) -> None:
        """Let the agent say something, and wait for the person."""
        said = self._skin.on(text)
        self.messages.append(Message(role="assistant", content=said, trained=True))

    def leave_unlearned(self) -> None:
        """Let nothing be learned of what was said up to here."""
        self.messages = [msgspec.structs.replace(each, trained=False) for each in self.messages]

    def call(self, *calls: Call, says: str = "", learned: bool = True) -> list[Result]:
        """Let the agent make calls at once, and return what came back.

        Several calls at once must not depend on each other: at most one may change anything, and
        then it is the only one. What is a mistake is shown, and not `learned`.
        """
        changing = [each for each in calls if each.tool in _CHANGING]
        edited = {each.arguments.get("path") for each in changing}
        are_apart = len(edited - {None}) == len(changing) == len(calls)
        assert len(calls) == 1 or not changing or are_apart, "calls at once would see each other"
        calls = tuple(Call(each.tool, self._skin.on(each.arguments)) for each in calls)
        results = self._bench.call(calls)
        names = [f"call_{len(self.steps) + place}" for place in range(1, len(calls) + 1)]
        made = tuple(map(_as_message, names, calls))
        text = self._skin.on(says)
        self.messages.append(
            Message(role="assistant", content=text, tool_calls=made, trained=learned)
        )
        steps = [
            TaskStep(
                id=name,
                tool=call.tool,
                arguments=call.arguments,
                needs=self._needs(call),
                result=result.text,
                is_failed=result.failed,
            )
            for name, call, result in zip(names, calls, results, strict=True)
        ]
        self.steps += steps
        for step in steps:
            self.messages.append(
                Message(
                    role="tool", content=step.result or "", tool_call_id=step.id, name=step.tool
                )
            )
        return [each._replace(text=self._skin.off(each.text)) for each in results]

    def one(self, tool: str, says: str = "", *, learned: bool = True, **arguments: Any) -> Result:
        """Make one call, and return what came back."""
        (result,) = self.call(Call(tool, arguments), says=says, learned=learned)
        return result

    def done(self, tool: str, says: str = "", **arguments: Any) -> str:
        """Make one call that must not fail, and return what came back."""
        result = self.one(tool, says, **arguments)
        require(not result.failed, f"{tool}_failed")
        return result.text

    def failed(self, tool: str, says: str = "", *, learned: bool = True, **arguments: Any) -> str:
        """Make one call that must fail, and return what came back."""
        result = self.one(tool, says, learned=learned, **arguments)
        require(result.failed, f"{tool}_worked")
        return result.text

    def _needs(self, call: Call) -> tuple[str, ...]:
        """Return the calls whose results a call is made of: where its words stood first."""
        asked = "\n".join(each.content for each in self.messages if each.role == "user")
        values = [str(value) for value in call.arguments.values()]
        wanted = [value for value in values if len(value) >= _TELLING_CHARS and value not in asked]
        found: dict[str, None] = {}
        for value in wanted:
            lines = [line.strip() for line in value.splitlines() if line.strip()]
            for step in self.steps:
                if step.result and any(line in step.result for line in lines):
                    found[step.id] = None
                    break
        return tuple(found)


def _as_message(name: str, call: Call) -> dict[str, Any]:
    function = {"name": call.tool, "arguments": call.arguments}
    return {"type": "function", "id": name, "function": function}


def require(holds: bool, reason: str) -> None:
    """End work that does not turn out as it should.

    Raises:
        UnfitError: it does not hold.
    """
    if not holds:
        raise UnfitError(reason)


@cache
def tool_table() -> Mapping[str, Mapping[str, str]]:
    """Return the tools as they are described."""
    return tomllib.loads((files("tracemill.synth") / "tools.toml").read_text("utf-8"))


def declared(names: Sequence[str]) -> tuple[dict[str, Any], ...]:
    """Return the JSON Schemas of some tools, as a model is told of them."""
    return tuple(_schema(name, tool_table()[name]) for name in tool_table() if name in names)


def _schema(name: str, written: Mapping[str, str]) -> dict[str, Any]:
    properties, required = {}, []
    for argument, text in written.items():
        if argument in ("says", "needs"):
            continue
        kind, _, about = text.partition(": ")
        properties[argument] = {"type": kind.removesuffix("?"), "description": about}
        if not kind.endswith("?"):
            required.append(argument)
    parameters = {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }
    function = {"name": name, "description": written["says"], "parameters": parameters}
    return {"type": "function", "function": function}
