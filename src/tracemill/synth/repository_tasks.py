"""Made-up tasks in a made-up repository: what the wheel turns on where no real work is at hand.

Each task is a question, the tools, and what a good agent does. What is held out shares no phrasing
and no name with what is trained on, so that nothing can be known by heart. Every task says that it
is synthetic.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, NamedTuple

from tracemill.base.ids import make_id
from tracemill.records.canonical import canonical_json
from tracemill.records.datasets.examples import Message

Part = Literal["train", "held_out"]

ONE_CALL: Final = (
    "read_file", "search_code", "list_files", "run_command", "run_tests", "git_log"
)  # fmt: skip
TWO_CALLS: Final = ("search_then_read", "test_then_read", "read_then_test")
_SHORT: Final = {"search": "search_code", "test": "run_tests", "read": "read_file"}
"""The tools of two calls, as their kinds are called by."""
ANSWER: Final = "answer"
_TRIES: Final = 2000


class MadeTask(NamedTuple):
    """A task with what a good agent does."""

    kind: str
    """The tool that it takes, the two steps, or `answer` where no tool is needed."""
    messages: tuple[Message, ...]
    """What is said; the assistant's messages are those of a good agent."""
    tools: tuple[dict[str, Any], ...]
    """The tools that may be called."""

    @property
    def id(self) -> str:
        """Derived from what is said."""
        return make_id("example", canonical_json(self.messages))


class Numbers(NamedTuple):
    """How many tasks are made."""

    one_call: int
    """For each tool."""
    answer: int
    """That need no tool."""
    two_calls: int
    """Of two steps."""


@cache
def _written() -> Mapping[str, Any]:
    text = (files("tracemill.synth") / "repository_tasks.toml").read_text("utf-8")
    return tomllib.loads(text)


def phrasings(kind: str, part: Part) -> tuple[str, ...]:
    """Return the questions of a kind, with names left open."""
    return tuple(_written()["phrasings"][kind][part])


def make_tasks(part: Part, numbers: Numbers, seed: int) -> list[MadeTask]:
    """Return tasks, each question once, in an order that the seed draws."""
    drawn = random.Random(seed)  # noqa: S311 - no secret
    made: dict[str, MadeTask] = {}
    for kind in ONE_CALL:
        _fill(made, drawn, part, (kind,), numbers.one_call)
    _fill(made, drawn, part, (ANSWER,), numbers.answer)
    _fill(made, drawn, part, TWO_CALLS, numbers.two_calls)
    tasks = list(made.values())
    drawn.shuffle(tasks)
    return tasks


def _fill(
    made: dict[str, MadeTask], drawn: random.Random, part: Part, kinds: tuple[str, ...], wanted: int
) -> None:
    """Add tasks until as many are new as are wanted, or none can be found any more."""
    until = len(made) + wanted
    for attempt in range(_TRIES):
        if len(made) >= until:
            return
        task = _task(drawn, part, kinds[attempt % len(kinds)])
        made.setdefault(task.messages[1].content, task)


def _task(drawn: random.Random, part: Part, kind: str) -> MadeTask:
    written = _written()
    names = {name: drawn.choice(choices) for name, choices in written["names"][part].items()}
    question = drawn.choice(phrasings(kind, part)).format(**names)
    asked = [
        Message(role="system", content=written["system"]),
        Message(role="user", content=question),
    ]
    if kind == ANSWER:
        text = drawn.choice(written["answers"]["texts"])
        said = [Message(role="assistant", content=_capitalised(text, names), trained=True)]
    else:
        shown = _shown(part, kind, {**names, "line": drawn.randrange(5, 200)})
        said = _steps(kind, names, shown)
    return MadeTask(kind, (*asked, *said), tuple(map(_schema, written["tools"])))


def _capitalised(text: str, names: Mapping[str, str]) -> str:
    concept = names["concept"]
    return str(text).format(concept=concept[0].upper() + concept[1:])


def _shown(part: Part, kind: str, names: Mapping[str, Any]) -> str:
    """Return what the first call of two shows; nothing where there is one call."""
    if kind not in TWO_CALLS:
        return ""
    forms = _written()["results"][kind][part]
    return str(forms[names["line"] % len(forms)]).format(**names)


def _steps(kind: str, names: Mapping[str, str], shown: str) -> list[Message]:
    """Return the calls of a good agent, and between two of them the result of the first."""
    first, _, second = kind.partition("_then_")
    if not second:
        return [_call(kind, **_arguments(kind, names))]
    calls = [_SHORT[each] for each in (first, second)]
    before, after = (_call(each, **_arguments(each, names)) for each in calls)
    return [before, _result(before, shown), after]


def _arguments(kind: str, names: Mapping[str, str]) -> dict[str, Any]:
    match kind:
        case "read_file":
            return {"path": names["path"]}
        case "search_code":
            return {"pattern": names["symbol"]}
        case "list_files":
            return {"glob": names["glob"]}
        case "run_command":
            return {"command": names["command"]}
        case "run_tests":
            return {"target": names["target"]}
        case _:
            return {"path": names["path"], "limit": int(names["number"])}


def _call(name: str, **arguments: Any) -> Message:
    call = {"type": "function", "id": "call_0", "function": {"name": name, "arguments": arguments}}
    return Message(role="assistant", tool_calls=(call,), trained=True)


def _result(called: Message, content: str) -> Message:
    call = called.tool_calls[0]
    name = call["function"]["name"]
    return Message(role="tool", content=content, tool_call_id=call["id"], name=name)


def _schema(tool: Mapping[str, Any]) -> dict[str, Any]:
    required, optional = tool.get("required", {}), tool.get("optional", {})
    properties = {name: {"type": kind} for name, kind in {**required, **optional}.items()}
    parameters = {"type": "object", "properties": properties, "required": list(required)}
    function = {
        "name": tool["name"],
        "description": tool["description"],
        "parameters": parameters,
    }
    return {"type": "function", "function": function}
