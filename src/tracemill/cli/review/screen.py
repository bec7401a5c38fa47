"""Reviewing at a terminal: one item, a few keys, and the next one."""

import os
import select
import sys
import termios
import time
import tty
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Final, Protocol

import msgspec

from tracemill.base.clock import now
from tracemill.cli.shared.learned import show_learned
from tracemill.cli.shared.output import write
from tracemill.flows.held.review_rows import Submitted
from tracemill.flows.reviews.desk import Desk
from tracemill.records.events.reviews import MachineVerdict, ReviewForm, ReviewItem, Trigger
from tracemill.records.work.episodes import Outcome

_WIDTH: Final = 12
_OUTCOMES: Final[dict[str, Outcome]] = {
    "a": "achieved", "p": "partial", "f": "failed", "b": "abandoned", "u": "unknown",
}  # fmt: skip
_ENTER: Final = frozenset({"\r", "\n", ""})
_CHOICES: Final = """\
Outcome      a achieved   p partial   f failed   b abandoned   u nobody can tell   Enter leave open
             v view all   s skip   z undo the last   q quit"""
_END: Final = (
    "Enter file   c checklist   t comment   l what to learn   s skip   q quit without filing"
)


_COUNTED: Final = "the share of its kinds of checks (test, lint, types, build) that passed at last"


class Answers(Protocol):
    """Where answers come from."""

    def key(self, allowed: Sequence[str]) -> str:
        """Return the next key that is allowed, `""` for Enter."""
        ...

    def line(self, said: str) -> str:
        """Return a line of text, asked for with `said`."""
        ...


class Keys:
    """A person at a terminal."""

    def key(self, allowed: Sequence[str]) -> str:
        """Return the next key that is allowed; others do nothing."""
        while True:
            with _raw():
                found = sys.stdin.read(1)
            if found == "\x03":
                raise KeyboardInterrupt
            if found in _ENTER:
                return ""
            if found in allowed:
                return found

    def key_within(self, allowed: str, seconds: float) -> str:
        """Return the first key that is allowed; `""` for Enter, or where none comes in time."""
        end, terminal = time.monotonic() + seconds, sys.stdin.fileno()
        with _raw():
            while (left := end - time.monotonic()) > 0:
                if not select.select([terminal], [], [], left)[0]:
                    break
                found = os.read(terminal, 1).decode("utf-8", "replace")
                if found in _ENTER or found in allowed:
                    return "" if found in _ENTER else found
        return ""

    def line(self, said: str) -> str:
        """Return a line, with the terminal's own editing."""
        return input(f"{said}: ").strip()


@contextmanager
def _raw() -> Iterator[None]:
    """Have each key handed on as it is pressed."""
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    try:
        tty.setcbreak(descriptor)
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


def judge(desk: Desk, answers: Answers, *, is_second: bool = False) -> int:
    """Show items and file what is said of them, until nothing waits; return how many were filed."""
    skipped: set[str] = set()
    filed: list[str] = []
    while True:
        found = desk.next_item(is_second=is_second, skipped=skipped)
        if found.item is None:
            write("nothing more waits")
            return len(filed)
        show_item(found.item, found.waiting)
        began = now()
        match _judge_one(desk, answers, found.item):
            case ReviewForm() as form:
                seconds = (now() - began) / timedelta(seconds=1)
                result = desk.submit(found.item.id, form, now(), seconds=round(seconds, 1))
                filed.append(result.review.id)
                _show_filed(result)
            case "skip":
                skipped.add(found.item.id)
            case "undo":
                _undo(desk, filed)
            case _:
                return len(filed)


def _judge_one(desk: Desk, answers: Answers, item: ReviewItem) -> ReviewForm | str:
    """Return what is said of an item, or `skip`, `undo` or `quit`."""
    write(f"\n{_CHOICES}")
    key = answers.key([*_OUTCOMES, "v", "s", "z", "q"])
    while key == "v":
        told = desk.told(item, is_blind=True)
        if told is None:
            write(f"in another terminal: {item.look}")
        else:
            show_learned(told, is_blind=True)
        write(f"\n{_CHOICES}")
        key = answers.key([*_OUTCOMES, "v", "s", "z", "q"])
    if key in {"s", "z", "q"}:
        return {"s": "skip", "z": "undo", "q": "quit"}[key]
    form = ReviewForm(outcome=_OUTCOMES.get(key))
    write(f"             {form.outcome or 'left open'}")
    form = _rated(desk, answers, form)
    return _finished(desk, answers, form)


def _rated(desk: Desk, answers: Answers, form: ReviewForm) -> ReviewForm:
    scale = desk.checklist.rating
    grades = "   ".join(f"{n} {said}" for n, said in enumerate(scale.grades, start=1))
    write(f"Rating       {grades}   Enter leave open")
    key = answers.key(["1", "2", "3", "4", "5"])
    return msgspec.structs.replace(form, overall_rating=int(key)) if key else form


def _finished(desk: Desk, answers: Answers, form: ReviewForm) -> ReviewForm | str:
    while True:
        write(f"\n{_END}")
        match answers.key(["c", "t", "l", "s", "q"]):
            case "c":
                given = _checked(desk, answers)
                form = msgspec.structs.replace(form, checklist=given)
            case "t":
                text = answers.line("Comment") or None
                form = msgspec.structs.replace(form, comments=text)
            case "l":
                text = answers.line("What should be learned from it") or None
                form = msgspec.structs.replace(form, learning_signal=text)
            case "s":
                return "skip"
            case "q":
                return "quit"
            case _ if form == ReviewForm():
                return "skip"
            case _:
                return form


def _checked(desk: Desk, answers: Answers) -> dict[str, str]:
    given = {}
    for question in desk.checklist.questions:
        choices = "   ".join(f"{n} {said}" for n, said in enumerate(question.answers, start=1))
        write(f"{question.text}\n  {choices}   Enter leave open")
        key = answers.key([str(n + 1) for n in range(len(question.answers))])
        if key:
            given[question.name] = question.answers[int(key) - 1]
    return given


def _undo(desk: Desk, filed: list[str]) -> None:
    """Take back the last review of this sitting; what was filed before it stays."""
    if filed:
        undone = desk.undo(filed.pop(), now())
        write(f"{undone.review.id}  taken back")
    else:
        write("nothing was filed in this sitting; to go back further: tracemill review undo ID")


def _show_filed(result: Submitted) -> None:
    write(f"\n{result.review.id}  filed")
    show_machine(result.machine, result.triggers)


def show_item(item: ReviewItem, waiting: int | None) -> None:
    """Print what a reviewer sees."""
    count = "" if waiting is None else f"  ({waiting:,} wait)"
    write(f"\n{item.id}  {item.title}{count}")
    for part in item.parts:
        lines = [line for text in part.lines for line in text.split("\n")]
        for number, line in enumerate(lines):
            write(f"{part.name if number == 0 else '':<{_WIDTH}} {line}".rstrip())
    write(f"{'All of it':<{_WIDTH}} {item.look}")


def show_machine(machine: MachineVerdict, triggers: Sequence[Trigger]) -> None:
    """Print what the rules say, which a reviewer sees afterwards."""
    if machine.outcome is not None:
        sure = "" if machine.confidence is None else f" ({machine.confidence:.2f})"
        write(f"The rules say {machine.outcome}{sure}: {machine.reason}")
    if machine.quality is not None and machine.outcome is None:
        write(f"The team's process scored it {machine.quality:.2f}")
    elif machine.quality is not None:
        write(f"The rules score it {machine.quality:.2f}: {_COUNTED}")
    if triggers:
        write(f"It waited for {', '.join(triggers)}")
