"""The steps of one trajectory, read once: the few places that say something are kept.

What is kept is bounded, however long the trajectory is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from heapq import nlargest
from operator import attrgetter
from typing import Any, Final, NamedTuple

import msgspec

from tracemill.label.calls.edits import edited_by_tool, is_editor, is_scratch
from tracemill.label.calls.shell_calls import command_of
from tracemill.label.learning.cues import is_role, names_problem, sums_up, weight_of
from tracemill.label.learning.sentences import Sentence, beginning, sentence_at, sentences
from tracemill.records.events.in_session import TodoChange
from tracemill.records.refs import Ref
from tracemill.records.sessions.activity import Activity
from tracemill.records.sessions.trajectory import Step, ToolCall, ToolResult
from tracemill.records.work.learning import Words, WordsOrigin
from tracemill.render.todo_entries import TodoEntries

_MOST_THOUGHTS: Final = 400
_MOST_PLACES: Final = 200
_KEPT_THOUGHTS: Final = 64
_KEPT: Final = 24
_TELLING_WORDS: Final = 6
_PLAN_TEXTS: Final = ("plan", "explanation")
_LONGEST_PROBLEM: Final = 600
_LONGEST_COMMAND: Final = 160
_COUNTS: Final = re.compile(
    r"(?i)(?<![\w:.-])\d+ (?:tests? )?(?:passed|failed|passing|failing|pass|errors?|problems?)\b"
    r"|^(?:test result:|Tests?:|Found \d+ )"
)
_GOOD: Final = re.compile(r"^(?:OK\b|ok\s|PASSED|BUILD SUCC|Success\b|All checks passed)")
_BAD: Final = re.compile(r"^(?:FAIL|BUILD FAIL|--- FAIL|\w*(?:Error|error)(?:\[\w+\])?:)")
"""Lines by which checks say how they ended."""
_AFTER_EXAMPLES: Final = ("END OF EXAMPLE", "- NEW TASK DESCRIPTION -", "</example>")
"""Marks behind which a request stands that begins with an example."""
_BEFORE: Final = re.compile(r"cd \S+ (?:&&|;) ")
_BEHIND: Final = re.compile(r"(?<!\s)\s*(?:2>&1\s*)?(?:\|\s*(?:head|tail|grep)\b.*)?$")
"""What stands around a command, and says nothing of it."""
_PROBLEM_HEADS: Final = (
    "problem",
    "context",
    "background",
    "motivation",
    "why",
    "issue",
    "symptom",
)
_APPROACH_HEADS: Final = (
    "solution",
    "approach",
    "strategy",
    "fix",
    "design",
    "overview",
    "summary",
)


class Thought(NamedTuple):
    """A sentence that may tell how the agent thinks."""

    words: Words
    weight: int
    place: tuple[int, int, int]
    """Its step, and where it stands there: thinking before words, words before calls."""


class Told(NamedTuple):
    """What one trajectory says of its work."""

    request: tuple[Words, ...]
    """Sentences of the first request; its beginning where there are none."""
    problem: tuple[Words, ...]
    """Those that say what is wrong, or stand below such a heading."""
    thoughts: tuple[Thought, ...]
    """In order."""
    approach: tuple[Words, ...]
    """Sentences of a plan below a heading such as `Approach`."""
    summary: tuple[Words, ...]
    """Sentences of one text of the agent that say what was done: of the fullest, else the last."""
    plan_steps: tuple[Words, ...]
    """Steps of the last plan."""
    todos: tuple[Words, ...]
    """Entries of the todo list that were completed, in order; all, where none was."""
    edits: tuple[Words, ...]
    """Files, in the order in which they were first written."""
    checks: Mapping[int, Words]
    """What checks were and what they printed, by step."""
    replies: Mapping[int, Words]
    """What a person said where they accepted or praised the work."""
    n_steps: int
    n_thinking: int
    n_worded: int


class Teller:
    """Takes the steps of one trajectory in order."""

    def __init__(self, activity: Activity) -> None:
        self._id = activity.trajectory_id
        self._goal = activity.goal[:40]
        self._passed = {run.step: run.passed for run in activity.checks}
        self._praised = {
            reaction.step: reaction.start or 0
            for reaction in activity.reactions
            if reaction.kind == "acceptance"
        }
        self._request: tuple[Words, ...] = ()
        self._asked: tuple[Sentence, ...] = ()
        self._thoughts: list[Thought] = []
        self._approach: tuple[Words, ...] = ()
        self._summary: tuple[Words, ...] = ()
        self._plan_steps: tuple[Words, ...] = ()
        self._edits: dict[str, Words] = {}
        self._checks: dict[int, Words] = {}
        self._replies: dict[int, Words] = {}
        self._n_summed = 0
        self._n: Counter[str] = Counter()

    def take(self, step: Step) -> None:
        """Read the next step; what was replayed says nothing new."""
        if step.is_replayed or step.is_error:
            return
        if step.speaker == "user":
            self._take_user(step)
        elif step.speaker == "agent":
            self._take_agent(step)

    def finish(self, todos: Sequence[TodoChange] = ()) -> Told:
        """Return what was told; the changes of the todo list are events, and come beside."""
        asked = list(zip(self._request, self._asked, strict=True))
        problem = [words for words, said in asked if said.heading.startswith(_PROBLEM_HEADS)]
        problem = problem or [words for words, said in asked if names_problem(said.text)]
        return Told(
            request=self._request[:_KEPT],
            problem=tuple(problem),
            thoughts=tuple(strongest(self._thoughts, _KEPT_THOUGHTS)),
            approach=self._approach,
            summary=self._summary,
            plan_steps=self._plan_steps,
            todos=tuple(_todo_words(self._id, todos)),
            edits=tuple(self._edits.values())[:_KEPT],
            checks=self._checks,
            replies=self._replies,
            n_steps=self._n["steps"],
            n_thinking=self._n["thinking"],
            n_worded=self._n["worded"],
        )

    def _take_user(self, step: Step) -> None:
        if step.index in self._praised and len(self._replies) < _MOST_PLACES:
            place = self._praised[step.index]
            self._replies[step.index] = self._quote(step, sentence_at(step.text, place), "asked")
        is_goal = step.text.find(self._goal) >= 0 if self._goal else bool(step.text.strip())
        if self._request or not is_goal:
            return
        first = _behind_examples(step.text, step.text.find(self._goal) if self._goal else 0)
        found = tuple(
            each
            for each in sentences(step.text, _LONGEST_PROBLEM)
            if each.end > first and not is_role(each.text)
        )
        if not found and (start := beginning(step.text[first:], _LONGEST_PROBLEM)) is not None:
            found = (start._replace(start=start.start + first, end=start.end + first),)
        self._asked = found[:_MOST_PLACES]
        self._request = tuple(self._quote(step, said, "asked") for said in self._asked)
        self._take_plan(step, step.text, "asked")

    def _take_agent(self, step: Step) -> None:
        self._n["steps"] += 1
        has_thinking = bool(step.reasoning and step.reasoning.strip())
        described = [call for call in step.calls if _description(call)]
        self._n["thinking"] += has_thinking
        self._n["worded"] += bool(has_thinking or step.text.strip() or described)
        if has_thinking:
            self._think(step, step.reasoning or "", "thinking")
        if step.text.strip():
            self._think(step, step.text, "said")
            self._sum_up(step)
        is_silent = not has_thinking and not step.text.strip()
        for call in step.calls:
            self._take_call(step, call, is_silent=is_silent)
        if step.index in self._passed and len(self._checks) < _MOST_PLACES:
            self._checks[step.index] = self._check(step)

    def _think(self, step: Step, text: str, origin: WordsOrigin) -> None:
        found = list(sentences(text))
        for number, said in enumerate(found):
            weight = weight_of(said.text) or int(number == 0 and origin == "said")
            if weight:
                words = self._quote(step, said, origin)
                self._thoughts.append(
                    Thought(words, weight, (step.index, int(origin == "said"), said.start))
                )
        if len(self._thoughts) > 2 * _MOST_THOUGHTS:
            self._thoughts = strongest(self._thoughts, _MOST_THOUGHTS)

    def _sum_up(self, step: Step) -> None:
        found = [said for said in sentences(step.text) if sums_up(said.text)]
        telling = [said for said in found if len(said.text.split()) >= _TELLING_WORDS] or found[:1]
        if telling and len(telling) >= self._n_summed:
            self._n_summed = len(telling)
            self._summary = tuple(self._quote(step, said, "said") for said in telling[:2])

    def _take_call(self, step: Step, call: ToolCall, *, is_silent: bool) -> None:
        for name in _PLAN_TEXTS:
            text = call.arguments.get(name)
            if isinstance(text, str) and text.strip():
                self._take_plan(step, text, "plan")
        edited = edited_by_tool(call.name, call.arguments) if is_editor(call.name) else ()
        for path in edited:
            if not is_scratch(path) and len(self._edits) < _MOST_PLACES:
                self._edits.setdefault(path, self._words(step, f"Edit {path}", "record"))
        chosen = _description(call) if is_silent else None
        if chosen is not None:
            words = self._words(step, chosen, "choice")
            self._thoughts.append(Thought(words, 1, (step.index, 3, 0)))

    def _take_plan(self, step: Step, text: str, origin: WordsOrigin) -> None:
        """Keep the approach and the steps of a plan, the agent's own or one that it was handed."""
        found = list(sentences(text))
        approach = [said for said in found if said.heading.startswith(_APPROACH_HEADS)]
        steps = [said for said in found if _is_listed(text, said.start)]
        if origin == "plan":
            for said in found:
                if weight := weight_of(said.text):
                    words = self._words(step, said.text, "plan")
                    self._thoughts.append(Thought(words, weight + 1, (step.index, 2, said.start)))
        if origin == "plan" or approach:
            self._approach = tuple(self._words(step, s.text, origin) for s in approach[:2])
            self._plan_steps = tuple(self._words(step, s.text, origin) for s in steps[:12])

    def _check(self, step: Step) -> Words:
        """Return the command of a check and the line that says how it ended, or our own verdict."""
        commands = (command_of(call.arguments) for call in step.calls)
        command = next((c for c in commands if c), step.calls[0].name if step.calls else "check")
        shown = " ".join(command.split())
        before = _BEFORE.match(shown)
        shown = _BEHIND.sub("", shown[before.end() if before else 0 :], 1)[:_LONGEST_COMMAND]
        passed = self._passed[step.index]
        told = _told_line(step.results, passed=passed)
        if told is not None:
            words = self._words(step, f"{shown}: {told[:_LONGEST_COMMAND]}", "printed")
        else:
            verdict = "did not tell" if passed is None else "passed" if passed else "failed"
            words = self._words(step, f"{shown}: {verdict}", "record")
        return msgspec.structs.replace(words, command=shown)

    def _quote(self, step: Step, said: Sentence, origin: WordsOrigin) -> Words:
        ref = Ref(kind="trajectory", id=self._id, step=step.index)
        return Words(text=said.text, origin=origin, source=ref, start=said.start, end=said.end)

    def _words(self, step: Step, text: str, origin: WordsOrigin) -> Words:
        ref = Ref(kind="trajectory", id=self._id, step=step.index)
        return Words(text=text, origin=origin, source=ref)


def _behind_examples(text: str, first: int) -> int:
    """Return where a request begins behind an example of how others were answered, or `first`."""
    places = (text.find("\n", text.rfind(mark)) for mark in _AFTER_EXAMPLES if mark in text)
    return max([first, *places])


def _told_line(results: Sequence[ToolResult], *, passed: bool | None) -> str | None:
    """Return the last line that says how a check ended, as far as it does not speak against it."""
    lines = [line.strip("= \t") for result in results for line in result.content.split("\n")]
    for pattern in (_COUNTS, *((_GOOD,) if passed else ()), *((_BAD,) if passed is False else ())):
        if told := next((line for line in reversed(lines) if pattern.search(line)), None):
            return told
    return None


def strongest(thoughts: Iterable[Thought], n: int) -> list[Thought]:
    """Return the thoughts that tell most, the earlier ones first among like, in their order."""
    ranked = nlargest(n, thoughts, key=lambda each: (each.weight, [-part for part in each.place]))
    return sorted(ranked, key=attrgetter("place"))


def _description(call: ToolCall) -> str | None:
    """Return the words in which a call says what it is for."""
    found: Any = call.arguments.get("description") or call.arguments.get("justification")
    return found.strip() if isinstance(found, str) and found.strip() else None


def _is_listed(text: str, start: int) -> bool:
    """Tell whether a sentence begins an entry of a list."""
    line = text[text.rfind("\n", 0, start) + 1 : start]
    return bool(re.fullmatch(r"\s*(?:[-*+]|\d{1,2}[.)])\s+(?:\[[ xX]\]\s+)?(?:\*\*|__)?", line))


def _todo_words(trajectory_id: str, changes: Sequence[TodoChange]) -> Iterable[Words]:
    """Yield the entries of a todo list in the order in which they were first written down."""
    first: dict[tuple[str, int], int] = {}
    status: dict[tuple[str, int], str] = {}
    text: dict[tuple[str, int], str] = {}
    entries = TodoEntries()
    for change in changes:
        for todo in change.todos:
            name = entries.name(todo)
            if todo.text:
                text[name] = todo.text
            first.setdefault(name, change.step or 0)
            status[name] = todo.status
    done = [name for name in first if status[name] == "completed"]
    for name in done or first:
        if name in text:
            ref = Ref(kind="trajectory", id=trajectory_id, step=first[name])
            yield Words(text=text[name], origin="todo", source=ref)
