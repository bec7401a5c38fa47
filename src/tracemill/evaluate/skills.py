"""Held-out examples of one skill as cases of that skill.

| view | what is asked | passes where |
|---|---|---|
| `problem` | which of four statements says what is wrong | it names the one that was said |
| `design` | which of four plans is the one for this work | it names the one that was made |
| `implementation` | the next message | it edits the files that were edited, and no others |
| `validation` | the next message | it runs a check that was run |
| `collaboration` | to hand the work over | it holds half of what was handed over, no file made up |

The wrong statements are those of other work that have most words in common with the right one.
Which text an edit puts there is not compared: many are right, and the tests of the work decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from tracemill.evaluate.building import (
    DropReason,
    HeldOut,
    fit,
    make_case,
    wanted_call,
)
from tracemill.evaluate.choices import Statement, make_question
from tracemill.evaluate.commands import programs_run
from tracemill.evaluate.edited import edited_files
from tracemill.evaluate.handing_over import REQUEST, handed_things
from tracemill.records.datasets.examples import Message
from tracemill.records.models.evaluations import Case

VIEW: Final = "view:"
"""How the tag of an example begins that shows one skill."""
_HANDING: Final = "collaboration"
_MIN_THINGS: Final = 2
"""Things handed over from which there is anything to leave out."""
_ASKED: Final[Mapping[str, str]] = {
    "problem": "Which of these says what is wrong here?",
    "design": "Which of these is the plan for this work?",
}
"""What is asked where an answer is chosen."""


def view_of(tags: Iterable[str]) -> str | None:
    """Return the skill that an example shows by its tags; None where it shows no single one."""
    found = (tag.removeprefix(VIEW) for tag in tags if tag.startswith(VIEW))
    known = {*_MAKERS, *_ASKED, _HANDING}
    return next((view for view in found if view in known), None)


def statements_of(examples: Iterable[HeldOut]) -> dict[str, list[Statement]]:
    """Return what examples say where an answer is chosen, by their view, held out or not.

    A plan is told from what is wrong by its form, so only those of one view stand together.
    """
    found: dict[str, list[Statement]] = {view: [] for view in _ASKED}
    for example in examples:
        view = view_of(example.slices)
        if view in found:
            for message in example.messages:
                if message.trained and (text := _statement(message, view)):
                    found[view].append(Statement(text, example.group))
    return found


def skill_cases(
    examples: Iterable[HeldOut], others: Mapping[str, Sequence[Statement]], max_chars: int
) -> Iterator[Case | DropReason]:
    """Yield the cases of examples that show one skill, and why a decision became none."""
    for example in examples:
        view = view_of(example.slices)
        for at, message in enumerate(example.messages):
            if view is not None and message.role == "assistant" and message.trained:
                yield _case(example, at, view, others, max_chars)


def _case(
    example: HeldOut, at: int, view: str, others: Mapping[str, Sequence[Statement]], max_chars: int
) -> Case | DropReason:
    message, before = example.messages[at], example.messages[:at]
    if not any(each.role == "user" for each in before):
        return "no_request"
    if view == _HANDING:
        return _handing(example, message, before, max_chars)
    if view in _ASKED:
        return _choice(example, message, before, view, others[view], max_chars)
    return _next_message(example, message, before, view, max_chars)


def _next_message(
    example: HeldOut, message: Message, before: Sequence[Message], view: str, max_chars: int
) -> Case | DropReason:
    if not example.tools:
        return "no_tools"
    prompt = fit(before, max_chars)
    if prompt is None:
        return "too_long"
    calls = [call["function"] for call in message.tool_calls]
    shown = _MAKERS[view](calls)
    if isinstance(shown, str):
        return shown
    return make_case(
        Case(
            id="",
            messages=prompt,
            tools=tuple(dict(each) for each in example.tools),
            wanted=tuple(map(wanted_call, calls)),
            group=example.group,
            slices=(*example.slices, f"tool:{calls[0]['name']}"),
            example_id=example.id,
            **shown,
        )
    )


def _choice(
    example: HeldOut,
    message: Message,
    before: Sequence[Message],
    view: str,
    others: Sequence[Statement],
    max_chars: int,
) -> Case | DropReason:
    right = Statement(_statement(message, view), example.group)
    if not right.text:
        return "said_nothing"
    question = make_question(_ASKED[view], right, others, example.id)
    if question is None:
        return "no_others"
    prompt = fit(before, max_chars - len(question.text))
    if prompt is None:
        return "too_long"
    return make_case(
        Case(
            id="",
            messages=(*prompt, Message(role="user", content=question.text)),
            checks=("choice",),
            choice=question.letter,
            group=example.group,
            slices=example.slices,
            example_id=example.id,
        )
    )


def _handing(
    example: HeldOut, message: Message, before: Sequence[Message], max_chars: int
) -> Case | DropReason:
    things = handed_things(message.content)
    if len(things) < _MIN_THINGS:
        return "no_fact"
    prompt = fit(before, max_chars - len(REQUEST))
    if prompt is None:
        return "too_long"
    return make_case(
        Case(
            id="",
            messages=(*prompt, Message(role="user", content=REQUEST)),
            tools=tuple(dict(each) for each in example.tools),
            checks=("hand_over",),
            handed=things,
            handed_chars=len(message.content),
            group=example.group,
            slices=example.slices,
            example_id=example.id,
        )
    )


def _statement(message: Message, view: str | None) -> str:
    """Return what a message says of the work: its words, or the plan that it sets up."""
    calls = message.tool_calls if view == "design" else ()
    planned = [text for call in calls for text in _planned(call["function"]["arguments"])]
    return "\n".join(planned) or message.content.strip()


def _planned(arguments: Mapping[str, Any]) -> Iterator[str]:
    for value in arguments.values():
        if isinstance(value, list):
            steps = [text for entry in value if (text := _entry(entry))]
            yield from (f"{number}) {text}" for number, text in enumerate(steps, 1))
        elif isinstance(value, str) and "\n" in value:
            yield value


def _entry(entry: Any) -> str | None:
    """Return what an entry of a list of things to do says."""
    if isinstance(entry, str):
        return entry
    if isinstance(entry, dict):
        named = (entry.get(name) for name in ("content", "step", "title", "description", "task"))
        return next((text for text in named if isinstance(text, str) and text), None)
    return None


def _implementation(calls: Sequence[Mapping[str, Any]]) -> dict[str, Any] | DropReason:
    files = edited_files(calls)
    return {"checks": ("edit_place",), "files": files} if files else "no_place"


def _validation(calls: Sequence[Mapping[str, Any]]) -> dict[str, Any] | DropReason:
    programs = tuple(dict.fromkeys(name for call in calls for name in programs_run(call)))
    return {"checks": ("validation",), "programs": programs} if programs else "no_program"


_MAKERS: Final = {"implementation": _implementation, "validation": _validation}
"""What a case of the next message looks at, by the view; or why there is none."""
