"""A session as plain dialogue: messages, calls, and the outcome at the end.

It reads as a plan does that is carried out: `System:`, `User:`, `Model:` with its calls as code,
`Tool:` with what came back, then `Outcome:` and `Quality:`. What nobody knows is `unknown`. Steps
that were copied in by a compaction, and errors of the harness in the agent's place, are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final

from tracemill.export.trajectories.known import NOTHING_KNOWN, Known
from tracemill.records.events.event import Event
from tracemill.records.sessions.trajectory import Step, ToolCall, Trajectory

_SPEAKERS: Final = {"system": "System", "user": "User", "agent": "Model"}
_TOLD: Final[tuple[tuple[str, str, str], ...]] = (
    ("outcome.merged", "branch merged", "closed without a merge"),
    ("quality.tests_passed", "all tests pass", "tests fail"),
    ("quality.types_passed", "types are right", "types are wrong"),
    ("quality.lint_passed", "linters are content", "linters object"),
    ("outcome.reverted", "taken back", "no rollback"),
)
"""Labels, and what each says where it is true and where it is false."""
_GOOD: Final = 0.8
_INDENT: Final = " " * 7
"""What the lines of a text begin with behind its first one."""


class Dialogue:
    """Makes the text of one session."""

    name: ClassVar[str] = "dialogue"
    tells_known: ClassVar[bool] = True

    def document(
        self,
        header: Trajectory,
        steps: Iterable[Step],
        events: Iterable[Event] = (),
        subagents: Sequence[Mapping[str, Any]] = (),
        known: Known = NOTHING_KNOWN,
    ) -> dict[str, Any]:
        """Return what was said in turn, and what came of it; subagents have texts of their own."""
        del header, events, subagents
        said = [
            part
            for step in steps
            if not step.is_replayed and not step.is_error
            for part in _said(step)
        ]
        return {"said": said, "outcome": _outcome(known), "quality": _quality(known.quality)}

    def encode(self, document: Mapping[str, Any]) -> bytes:
        """Return the text."""
        ending = f"Outcome: {document['outcome']}\nQuality: {document['quality']}"
        return "\n\n".join([*document["said"], ending]).encode() + b"\n"


def _said(step: Step) -> Iterator[str]:
    speaker = _SPEAKERS.get(step.speaker)
    parts = [step.text.strip(), *map(_called, step.calls)]
    text = "\n".join(filter(None, parts))
    if speaker is not None and text:
        yield _spoken(speaker, text)
    for result in step.results:
        ending = "" if result.status in ("ok", "unknown") else f" ({result.status})"
        yield _spoken(f"Tool{ending}", result.content)


def _spoken(speaker: str, text: str) -> str:
    first, *rest = text.split("\n")
    return "\n".join([f"{speaker}: {first}", *(_INDENT + line if line else "" for line in rest)])


def _called(call: ToolCall) -> str:
    given = [f"{name}={_literal(value)}" for name, value in call.arguments.items()]
    if any("\n" in each for each in given):
        inner = "".join(f"    {each},\n" for each in given)
        return f"result = {call.name}(\n{inner})"
    return f"result = {call.name}({', '.join(given)})"


def _literal(value: Any) -> str:
    """Return a value as Python writes it, a text of several lines between three quotes."""
    if isinstance(value, str) and "\n" in value:
        escaped = value.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
        return f'"""{escaped}"""'
    return repr(value)


def _outcome(known: Known) -> str:
    """Return what came of the work, by the labels that it has, or else by its outcome."""
    told = [
        (is_so if known.labels[name] else is_not)
        for name, is_so, is_not in _TOLD
        if isinstance(known.labels.get(name), bool)
    ]
    if known.outcome != "unknown" and "outcome.merged" not in known.labels:
        told.insert(0, known.outcome)
    text = ", ".join(told) or "unknown"
    return text[0].upper() + text[1:]


def _quality(quality: float | None) -> str:
    if quality is None:
        return "unknown"
    kind = "positive" if quality >= _GOOD else "negative" if quality == 0 else "mixed"
    return f"{quality:.1f} ({kind} example)"
