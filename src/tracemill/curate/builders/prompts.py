"""Prompts with a verifier: what a person asked first, and the check that decides an answer.

A model that answers such a prompt starts from the commit at which the session began, and what it
did is right where the command passes. That the check decides must be seen: the agent changed files
before it passed, and the person had asked for nothing else by then. What passed before any change,
or after more was asked for, proves nothing of this prompt.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import ClassVar, Final, Literal

from tracemill.base.ids import make_id
from tracemill.curate.builders.chat import distrusted
from tracemill.curate.windows.families import family_of
from tracemill.curate.windows.missing import holds_image
from tracemill.curate.windows.sight import leaves
from tracemill.curate.windows.tools import tools_of_steps
from tracemill.curate.windows.windows import Turn
from tracemill.curate.windows.work import (
    CHECKS,
    Configured,
    Drop,
    Window,
    Work,
)
from tracemill.records.canonical import canonical_json
from tracemill.records.datasets.examples import PromptExample, Verifier
from tracemill.records.refs import Ref
from tracemill.records.sessions.activity import CheckKind, CheckRun
from tracemill.records.sessions.trajectory import Step
from tracemill.render.messages import is_trained

Proof = Literal["failed_before", "new_tests", "passed_after"]
"""`failed_before`: it failed on the way; `new_tests`: the answer wrote tests; `passed_after`: all
that is known is that it passes now."""

_COMMANDS: Final = ("command", "cmd", "script", "input")
"""Arguments that hold a command line."""
_ORDER: Final[tuple[CheckKind, ...]] = ("test", "types", "build")
"""Which check tells most of an answer; that a linter is content tells nothing of it."""
_SHORTENING: Final = re.compile(r"(?<!\|)\|\s*(?:tail|head|grep|tee|cat)\b[^|;&]*\Z")
"""What only shortens the output of a command, and hides whether that failed."""
_TEST_FILE: Final = re.compile(
    r"(?:\A|[/_.-])(?:tests?|specs?|conftest)(?:[/_.-]|\Z)", re.IGNORECASE
)


class PromptBuilder(Configured):
    """Makes one example of the first request of a session, where a check decided it."""

    name: ClassVar[str] = "verified"

    def refusal(self, work: Work) -> None:
        """Refuse nothing: the check decides, whatever became of the work."""

    def has_material(self, work: Work) -> bool:
        """Tell whether a person asked, files were changed, and a check passed."""
        has_passed = any(check.passed for check in work.activity.checks)
        is_main = not work.trajectory.is_subagent
        return is_main and has_passed and bool(work.activity.files_edited)

    def build(self, work: Work, window: Window) -> Iterator[PromptExample | Drop]:
        """Yield the example of the window in which a session begins, or why there is none."""
        if window.first_step != 0:
            return
        turn = next((each for each in window.turns if any(map(is_trained, each.steps))), None)
        if turn is None:
            return
        reason = distrusted(window) or ("image_turn" if holds_image(turn) else None)
        if reason is not None:
            yield work.drop(reason, turn.first_step, turn.last_step)
        elif (check := _deciding(work, turn)) is None:
            yield work.drop("unproven_check", turn.first_step, turn.last_step)
        elif work.start_commit is None:
            yield work.drop("start_unknown", turn.first_step, check.step)
        else:
            yield _example(work, window, turn, check)


def _deciding(work: Work, turn: Turn) -> CheckRun | None:
    """Return the check that passed after the last change of a turn, the one that tells most."""
    changed = [s.index for s in turn.steps if any(family_of(c.name) == "edit" for c in s.calls)]
    if not changed:
        return None
    commands = {step.index: _command(step) for step in turn.steps}
    passed = [
        check
        for check in work.activity.checks
        if check.passed
        and check.check in _ORDER
        and check.step > changed[-1]
        and commands.get(check.step)
    ]
    return min(passed, key=lambda check: _ORDER.index(check.check), default=None)


def _proof(work: Work, turn: Turn, check: CheckRun) -> Proof:
    """Return how much the check proves: most passes before anything is done as well."""
    if any(
        each.kind in CHECKS and each.resolved_step == check.step
        for each in work.activity.recoveries
    ):
        return "failed_before"
    paths = (
        text
        for step in turn.steps
        for call in step.calls
        if family_of(call.name) == "edit"
        for name, text in leaves(call.arguments)
        if "path" in name
    )
    return "new_tests" if any(map(_TEST_FILE.search, paths)) else "passed_after"


def _command(step: Step) -> str | None:
    """Return the command line of a step that calls nothing else."""
    if len(step.calls) != 1:
        return None
    for name in _COMMANDS:
        value = step.calls[0].arguments.get(name)
        if isinstance(value, str) and value:
            return _unshortened(value)
        if isinstance(value, list) and value and all(isinstance(part, str) for part in value):
            return shlex.join(value)
    return None


def _unshortened(line: str) -> str:
    """Return a command line without the programs at its end that only shorten its output."""
    while (at := line.rfind("|")) >= 0 and _SHORTENING.match(line, at):
        line = line[:at].rstrip().removesuffix("2>&1").rstrip()
    return line


def _example(work: Work, window: Window, turn: Turn, check: CheckRun) -> PromptExample | Drop:
    answer = next(step.index for step in turn.steps if is_trained(step))
    asked = [step for step in window.steps if step.index < answer]
    prompt = work.context(asked)
    command = next(filter(None, (_command(s) for s in turn.steps if s.index == check.step)), None)
    if command is None or work.start_commit is None or not prompt or prompt[-1].role != "user":
        return work.drop("no_user_step", turn.first_step, check.step)
    verifier = Verifier(
        check=check.check,
        command=command,
        cwd=work.trajectory.cwd,
        repository=work.trajectory.repository,
        start_commit=work.start_commit,
        end_commit=work.end_commit,
        evidence=(Ref(kind="trajectory", id=work.trajectory.id, step=check.step),),
    )
    tools = tools_of_steps(turn.steps, work.trajectory.agent)
    until = [step for step in window.steps if step.index <= check.step]
    proof = _proof(work, turn, check)
    told = (f"check:{check.check}", f"proof:{proof}")
    return PromptExample(
        id=make_id("example", *map(canonical_json, (prompt, verifier, tools))),
        builder="verified",
        prompt=tuple(prompt),
        verifier=verifier,
        tools=tools,
        lineage=work.lineage(until),
        tags=work.tags("verified", prompt, tools, *told),
    )
