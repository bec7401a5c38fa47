"""Held-out examples to cases: every decision that the agent took becomes one to take again.

The prompt is what was said before, as it was recorded, so a later step is judged given the earlier
ones. What is looked at follows from what was recorded:

- `decision` always, where there are tools to call; `tool` and `arguments` where it called any;
- `order` where another tool was called before in the same turn;
- `earlier_result` where a value of the call stands in an earlier result, and nobody else said it;
- `fields` where the call runs Python that reads fields;
- `recovery` where the result just before is a failure;
- `stop` where it answered after calls, and the turn was over;
- `by_meaning` where it called a tool that knows symbols, and texts could have been searched too.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

import msgspec

from tracemill.base.ids import digest, make_id
from tracemill.evaluate.code import fields_read
from tracemill.records.canonical import as_given_json
from tracemill.records.datasets.examples import Message
from tracemill.records.models.evaluations import (
    ArgumentMatch,
    Case,
    CheckKind,
    WantedArgument,
    WantedCall,
)
from tracemill.records.sessions.edit_calls import PATH_ARGUMENTS
from tracemill.render.tool_names import could_search_text, knows_symbols

DropReason = Literal[
    "no_tools", "too_long", "no_request", "said_nothing", "duplicate", "leaked",
    "no_others", "no_place", "no_program", "no_fact",
]  # fmt: skip
"""Why a decision became no case: nothing could be called, its prompt is longer than asked for,
nobody had asked anything, the agent did nothing, it is a case already, or it was trained on; of
single skills: too few others said anything else, or nobody can tell which file was edited, or what
was run to check, or what is handed over names nothing."""

_FAILURE: Final = re.compile(
    r"\s*(<tool_use_error>|error\b|traceback \(most recent call last\)|exit code:? [1-9]|fatal: "
    r"|command failed|failed to )|.{0,200}?\b(?:exited with code|exit_code[\"']?[:=]) ?[1-9]",
    re.IGNORECASE | re.DOTALL,
)
"""How a result that is a failure begins; agents that head results say exit codes there."""
_MATCHES: Final[Mapping[str, ArgumentMatch]] = {
    **dict.fromkeys(("command", "cmd"), "shell"),
    **dict.fromkeys((*PATH_ARGUMENTS, "cwd"), "path"),
    **dict.fromkeys(("description", "explanation", "thought", "content", "prompt"), "present"),
    **dict.fromkeys(("code", "python", "script"), "python"),
}
"""How values are compared, by the argument's name; others as JSON."""
CONTEXT: Final = "context:"
"""Parts of a suite by the characters that the model is shown, its tools left aside."""
TURN: Final = "turn:"
"""Parts of a suite by how many requests people had made in what is held of the session."""
_Steps = tuple[tuple[float, str], ...]
_CHARS: Final[_Steps] = (
    (2_000, "to_2k"), (8_000, "to_8k"), (32_000, "to_32k"), (math.inf, "over_32k"),
)  # fmt: skip
_REQUESTS: Final[_Steps] = ((1, "1"), (4, "2_to_4"), (math.inf, "5_and_more"))
_TELLING: Final = 4
"""Shortest text of which one can say where it came from."""


class HeldOut(NamedTuple):
    """An example that nothing was trained on."""

    id: str
    """The example's id."""
    group: str
    """What it shares with others: its episode or session."""
    messages: Sequence[Message]
    """Its messages; those with loss are the decisions."""
    tools: Sequence[Mapping[str, Any]]
    """The tools on offer."""
    slices: tuple[str, ...] = ()
    """Parts of the suite that its cases belong to."""


def build_cases(examples: Iterable[HeldOut], max_chars: int) -> Iterator[Case | DropReason]:
    """Yield the cases of held-out examples, and why a decision became none."""
    seen: set[str] = set()
    for example in examples:
        for at, message in enumerate(example.messages):
            if message.role == "assistant" and message.trained:
                made = _case(example, at, max_chars)
                key = made if isinstance(made, str) else _question(made)
                yield "duplicate" if key in seen else made
                if isinstance(made, Case):
                    seen.add(key)


def _case(example: HeldOut, at: int, max_chars: int) -> Case | DropReason:
    message, before = example.messages[at], example.messages[:at]
    if not example.tools:
        return "no_tools"
    if not message.tool_calls and not message.content.strip():
        return "said_nothing"
    if not any(each.role == "user" for each in before):
        return "no_request"
    prompt = fit(before, max_chars)
    if prompt is None:
        return "too_long"
    calls = [call["function"] for call in message.tool_calls]
    wanted = tuple(map(wanted_call, calls))
    turn = _turn(before)
    carried, read = _carried(calls, before), tuple(sorted(fields_read(calls)))
    failed = _failed_call(turn)
    checks = _checks(calls, turn, carried=carried, read=read, failed=failed)
    return make_case(
        Case(
            id="",
            messages=prompt,
            tools=tuple(dict(each) for each in example.tools),
            wanted=wanted,
            checks=(*checks, *_by_meaning(calls, example.tools)),
            carried=carried,
            failed=failed,
            fields=read,
            group=example.group,
            slices=(
                *example.slices,
                f"tool:{calls[0]['name']}" if calls else "answer",
                *_place_in_session(prompt, before),
            ),
            example_id=example.id,
        )
    )


def _place_in_session(prompt: Sequence[Message], before: Sequence[Message]) -> Iterator[str]:
    """Yield the parts by how much the model is shown, and by which request it works on."""
    n_chars, n_requests = sum(map(_size, prompt)), sum(each.role == "user" for each in before)
    for prefix, n, steps in ((CONTEXT, n_chars, _CHARS), (TURN, n_requests, _REQUESTS)):
        yield prefix + next(name for most, name in steps if n <= most)


def _question(case: Case) -> str:
    """Return what a case asks, whatever it was made from."""
    return digest(msgspec.json.encode((case.messages, case.tools, case.wanted)))


def make_case(case: Case) -> Case:
    """Return a case under the id that follows from what it holds."""
    bare = msgspec.structs.replace(case, id="")
    content = as_given_json(bare)  # the order of a call's arguments is part of what is asked
    return msgspec.structs.replace(case, id=make_id("case", content))


def fit(messages: Sequence[Message], max_chars: int) -> tuple[Message, ...] | None:
    """Return what sets the session up and its end, as far as there is room, or None: there is not.

    What is kept begins with something that a person said, so no result stands without its call.
    """
    n_setting = next((i for i, m in enumerate(messages) if m.role != "system"), len(messages))
    setting, rest = messages[:n_setting], messages[n_setting:]
    room, start = max_chars - sum(map(_size, setting)), None
    for at in range(len(rest) - 1, -1, -1):
        room -= _size(rest[at])
        if room < 0:
            break
        if rest[at].role == "user":
            start = at
    if start is None:
        return None
    return tuple(msgspec.structs.replace(m, trained=False) for m in (*setting, *rest[start:]))


def _size(message: Message) -> int:
    return len(message.content) + sum(len(str(call["function"])) for call in message.tool_calls)


def wanted_call(call: Mapping[str, Any]) -> WantedCall:
    """Return a call that was made, as one that is right."""
    given: Mapping[str, Any] = call["arguments"]
    return WantedCall(
        name=call["name"],
        arguments={
            name: WantedArgument(values=(value,), match=_MATCHES.get(name, "exact"))
            for name, value in given.items()
        },
    )


def _turn(messages: Sequence[Message]) -> Sequence[Message]:
    """Return what followed the last words of a person."""
    start = max((i for i, each in enumerate(messages) if each.role == "user"), default=-1)
    return messages[start + 1 :]


def _checks(
    calls: Sequence[Mapping[str, Any]],
    turn: Sequence[Message],
    *,
    carried: Sequence[str],
    read: Sequence[str],
    failed: WantedCall | None,
) -> Iterator[CheckKind]:
    yield "decision"
    before = [call["function"]["name"] for message in turn for call in message.tool_calls]
    if calls:
        yield "tool"
        yield "arguments"
    if calls and before and before[-1] != calls[0]["name"]:
        yield "order"
    if carried:
        yield "earlier_result"
    if read:
        yield "fields"
    if failed is not None:
        yield "recovery"
    if before and not calls:
        yield "stop"


def _by_meaning(
    calls: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]]
) -> Iterator[CheckKind]:
    names = [tool.get("function", tool).get("name", "") for tool in tools]
    if calls and knows_symbols(calls[0]["name"]) and any(map(could_search_text, names)):
        yield "by_meaning"


def _carried(calls: Sequence[Mapping[str, Any]], before: Sequence[Message]) -> tuple[str, ...]:
    """Return the arguments whose values only results of tools had said before."""
    results = "\n".join(each.content for each in before if each.role == "tool")
    said = "\n".join(_said(each) for each in before if each.role != "tool")
    return tuple(
        sorted(
            {
                name
                for call in calls
                for name, value in call["arguments"].items()
                if isinstance(value, str)
                and len(value) >= _TELLING
                and value in results
                and value not in said
            }
        )
    )


def _said(message: Message) -> str:
    return message.content + "".join(
        str(value)
        for call in message.tool_calls
        for value in call["function"]["arguments"].values()
    )


def _failed_call(turn: Sequence[Message]) -> WantedCall | None:
    """Return the call that failed just before, exactly as it was made."""
    if not turn or turn[-1].role != "tool" or not _FAILURE.match(turn[-1].content):
        return None
    calls = [call for message in turn for call in message.tool_calls]
    mine = [call for call in calls if call.get("id") == turn[-1].tool_call_id] or calls[-1:]
    if not mine:
        return None
    made = mine[-1]["function"]
    exact = {name: WantedArgument(values=(value,)) for name, value in made["arguments"].items()}
    return WantedCall(name=made["name"], arguments=exact)
