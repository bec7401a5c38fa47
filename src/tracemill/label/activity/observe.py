"""What a trajectory did, observed while its steps go by.

An `Observer` is handed every step and event once, in their order, and holds only counts, indexes,
paths and the few commands that have not come back yet. Replayed steps are counted but prove
nothing: what they tell was done elsewhere. Words in a subagent's trajectory were written by
another agent, so no praise or correction is heard there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from itertools import chain
from operator import attrgetter
from typing import Final, NamedTuple

from msgspec import structs

from tracemill.base.line_sketch import Seal
from tracemill.label.activity.asked import Asked
from tracemill.label.activity.delegating import Delegations
from tracemill.label.activity.first_words import FirstWords
from tracemill.label.activity.handed_plans import HandedPlans, but_refusals
from tracemill.label.activity.last_word import LastWord
from tracemill.label.activity.left_branches import LeftBranches
from tracemill.label.activity.made_commits import MadeCommits
from tracemill.label.activity.proposed_plans import ProposedPlans
from tracemill.label.activity.recoveries import Attempt, Recoveries
from tracemill.label.activity.stated import Stated
from tracemill.label.activity.used_texts import UsedTexts
from tracemill.label.activity.written import LastEdits, Written
from tracemill.label.calls.answers import is_answer
from tracemill.label.calls.edits import added_by_tool, edited_by_tool, edits_work, is_editor
from tracemill.label.calls.mentions import Mentions, Named
from tracemill.label.calls.shell_calls import (
    POLLS,
    SHELLS,
    RunningCall,
    ShellCall,
    exit_code_of,
    is_still_running,
    polled_id,
    read_call,
    running_id,
)
from tracemill.label.calls.shown import Shown
from tracemill.label.calls.tool_names import plain_name
from tracemill.label.calls.verdict import Outcome
from tracemill.label.reactions.listening import Listener
from tracemill.label.reactions.taken_back import TakenBack
from tracemill.records.events.event import (
    Compaction,
    Event,
    Feedback,
    PullRequestLink,
    StatedOutcome,
    TodoChange,
)
from tracemill.records.sessions.activity import Activity, CheckRun
from tracemill.records.sessions.trajectory import Step, ToolCall, ToolResult, Trajectory

_MAX_HELD: Final = 256
_ENDED: Final = frozenset({"ok", "error"})
"""How a result ends whose log says whether it failed."""
_UNDONE: Final = frozenset({"rejected", "error", "interrupted"})


class _Edit(NamedTuple):
    step: int
    at: datetime | None
    paths: tuple[str, ...]
    lines: frozenset[int]
    is_work: bool


_Held = ShellCall | RunningCall | _Edit
"""What is remembered of a call until its result comes."""


class Observer:
    """Folds the steps and events of one trajectory into its activity."""

    def __init__(self, seal: Seal | None = None, listener: Listener | None = None) -> None:
        self._n_steps = self._n_user = self._n_calls = self._n_results = self._n_ended = 0
        self._n_errors = 0
        self._n_rejections = self._n_refusals = self._n_compactions = self._n_todos = 0
        self._first_words = FirstWords()
        self._first_native_id: str | None = None
        self._started: datetime | None = None
        self._ended: datetime | None = None
        self._last_word = LastWord()
        self._held: dict[str, _Held] = {}
        self._running: dict[str, RunningCall] = {}
        self._commits = MadeCommits()
        self._asked = Asked()
        self._mentions = Mentions()
        self._used = UsedTexts()
        self._checks: list[CheckRun] = []
        self._recoveries = Recoveries()
        self._listener = Listener() if listener is None else listener
        self._rejected: set[int] = set()
        self._interrupted: set[int] = set()
        self._stops: Counter[int] = Counter()
        """How often a person stopped the agent at each step."""
        self._compacted: set[int] = set()
        self._left = LeftBranches()
        self._written = Written(seal)
        self._taken_back = TakenBack()
        self._shown = Shown()
        self._delegations = Delegations()
        self._plans = ProposedPlans()
        self._stated = Stated()
        self._handed = HandedPlans()
        self._last_edits = LastEdits()

    def step(self, step: Step) -> None:
        """Take the next step."""
        self._n_steps += 1
        if self._first_native_id is None:
            self._first_native_id = step.native_id
        if step.at is not None:
            self._see_moment(step.at)
        if step.calls or step.results:
            self._count(step)
        self._first_words.step(step)
        if not step.is_replayed:
            self._used.see(step)
            self._handed.step(step)
        if step.speaker == "user":
            self._recoveries.asked(step.index)
            self._n_user += 1
            if not step.is_replayed:
                self._hear(step)
        elif step.speaker != "system" and not step.is_replayed:
            self._delegations.step(step)
            self._plans.step(step)
            self._watch(step)

    def event(self, event: Event) -> None:
        """Take an event; a source may tell it before or after the step at which it happened."""
        self._plans.event(event)
        if isinstance(event, Feedback) and event.action != "rewind":
            self._listener.deed(event, self._index_of(event))
        match event:
            case Feedback(action="interruption"):
                self._stops[self._index_of(event)] += 1
                self._interrupted.add(self._index_of(event))
            case Feedback(action="rejection"):
                self._n_refusals += 1
                self._rejected.add(self._index_of(event))
                self._taken_back.refused(event.call_id, self._index_of(event))
            case TodoChange():
                self._n_todos += 1
            case Feedback(action="rewind"):
                self._go_back(event)
            case StatedOutcome():
                self._stated.take(event)
            case Compaction():
                self._n_compactions += 1
                self._compacted.add(0 if event.step is None else event.step + 1)
            case PullRequestLink():
                own = Named("pull_request", event.number, None, event.repository)
                self._mentions.add([own], self._index_of(event), is_opened=True)
            case _:
                pass

    def _go_back(self, event: Feedback) -> None:
        """Take a rewind; where nothing of what it undid is left, it says nothing of other steps."""
        first, last = event.undone_from, self._index_of(event)
        if first is not None and first <= last:
            self._listener.deed(event, last)
            self._rejected.add(last)
            self._left.leave(first, last)
        if event.goes_on_from is not None:
            self._left.return_to(event.goes_on_from)

    def finish(self, trajectory: Trajectory) -> Activity:
        """Return what the trajectory did, once all its steps and events were taken."""
        for running in self._running.values():
            self._checks.extend(running.call.runs(None, running.text))
        handed = self._handed.finish()
        accepted = handed | self._left.returned
        stop = max(self._interrupted, default=-1)
        is_stop = stop not in handed and stop != self._last_word.left
        is_stopped = is_stop and stop >= max(self._last_word.step, 0)
        activity = Activity(
            trajectory_id=trajectory.id, input_id=trajectory.origin.input_id,
            first_native_id=self._first_native_id,
            started=trajectory.started or self._started, ended=trajectory.ended or self._ended,
            goal=self._first_words.goal(is_subagent=trajectory.is_subagent),
            n_steps=self._n_steps, n_calls=self._n_calls, n_results=self._n_results,
            n_ended=self._n_ended, n_errors=self._n_errors,
            n_compactions=self._n_compactions, n_todo_changes=self._n_todos,
            n_rejections=max(self._n_rejections, self._n_refusals) - len(handed & self._rejected),
            n_interruptions=sum(n for step, n in self._stops.items() if step not in handed),
            rejected_steps=tuple(sorted(self._rejected - accepted)),
            interrupted_steps=tuple(sorted(self._interrupted - handed)),
            compacted_steps=tuple(sorted(self._compacted)), undone=self._left.finish(),
            commits=self._commits.finish(trajectory.cwd, self._taken_back),
            asked_commits=self._commits.asked([*self._held.values(), *self._running.values()]),
            plans=self._plans.finish(), plan_verdicts=self._plans.verdicts(handed),
            pull_requests=self._mentions.pull_requests, mentions=self._mentions.mentions,
            named_sessions=self._mentions.sessions, used_texts=self._used.finish(),
            checks=tuple(sorted(self._checks, key=attrgetter("step"))),
            recoveries=self._recoveries.finish(),
            ignored_failures=dict(sorted(self._recoveries.ignored.items())),
            stated_solved=self._stated.is_solved, stated_liked=self._stated.is_liked,
            delegations=self._delegations.finish(trajectory.ended or self._ended),
            files_edited=self._written.paths, edits=self._written.edits,
            added_lines=self._written.sketch, n_edits=self._taken_back.n_edits,
            last_edit_step=self._last_edits.of_any, last_code_edit_step=self._last_edits.of_code,
            last_edit_at=self._last_edits.at, failed_edit_steps=self._last_edits.failed_steps,
            taken_back_steps=self._taken_back.steps, rerun_steps=self._shown.rerun_steps,
            ran_steps=self._shown.ran_steps, pushed_steps=self._shown.pushed_steps,
            unpushed_steps=self._shown.unpushed_steps, is_cut_off=self._last_word.is_cut_off,
            is_waiting=self._last_word.is_waiting,
            ending="interruption" if is_stopped else self._last_word.ending,
        )  # fmt: skip
        return activity if trajectory.is_subagent else self._with_words(activity, accepted)

    def _with_words(self, activity: Activity, accepted: frozenset[int]) -> Activity:
        """Return an activity with what a person asked for, and how they took it."""
        return structs.replace(
            activity,
            n_user_steps=self._n_user,
            last_user_step=self._last_word.asked,
            requests=self._asked.requests,
            done_steps=self._asked.finish(),
            checked_turns=self._asked.checked_turns,
            reactions=but_refusals(self._listener.finish(), accepted),
            granted_turns=tuple(self._listener.granted),
        )

    def _index_of(self, event: Event) -> int:
        return max(self._n_steps - 1, 0) if event.step is None else event.step

    def _see_moment(self, at: datetime) -> None:
        if self._started is None or at < self._started:
            self._started = at
        if self._ended is None or at > self._ended:
            self._ended = at

    def _count(self, step: Step) -> None:
        self._n_calls += len(step.calls)
        self._n_results += len(step.results)
        for result in step.results:
            self._n_ended += result.status in _ENDED
            if result.status == "error":
                called = (call for call in step.calls if call.id == result.call_id)
                self._n_errors += not any(is_answer(call, result) for call in called)
            elif result.status == "rejected":
                self._n_rejections += 1
                self._rejected.add(step.index)
                if result.feedback:
                    self._listener.refusal(step.index, result.feedback)
            elif result.status == "interrupted":
                self._interrupted.add(step.index)

    def _hear(self, step: Step) -> None:
        self._last_word.person(step)
        self._mentions.hear(step.text, step.index)
        self._asked.hear(step, self._checks, self._shown.ran_steps, self._last_edits.of_code)
        self._shown.heard(step.index)
        self._listener.person(step)

    def _watch(self, step: Step) -> None:
        """Follow what an agent's step, or a late result, did."""
        if step.speaker == "agent":
            self._listener.agent(step)
        self._last_word.agent(step)
        self._asked.agent(step)
        for call in step.calls:
            self._hold(call, step)
        self._listener.results(step.results)
        self._follow(step)
        for result in step.results:
            self._commits.result(result, step.index)
            held = self._held.pop(result.call_id, None)
            if held is not None:
                self._resolve(held, result)
        self._last_word.results(step, step.results)

    def _follow(self, step: Step) -> None:
        """Hand the results of calls that are no checks to whoever follows failures."""
        if self._recoveries.is_quiet and all(r.status != "error" for r in step.results):
            return
        calls = {call.id: call for call in step.calls}
        for result in step.results:
            held, call = self._held.get(result.call_id), calls.get(result.call_id)
            is_check = isinstance(held, ShellCall) and bool(held.checks)
            if not is_check:
                self._recoveries.result(call, result, step.index, step.at)

    def _hold(self, call: ToolCall, step: Step) -> None:
        name = plain_name(call.name)
        held: _Held | None = None
        if name in SHELLS:
            held = read_call(call, step.index, step.at)
        elif name in POLLS:
            held = self._running.get(polled_id(call) or "")
        elif is_editor(name):
            lines = self._written.lines(added_by_tool(call.arguments))
            paths = edited_by_tool(name, call.arguments)
            is_work = edits_work(call.arguments, paths)
            held = _Edit(step.index, step.at, paths, lines, is_work)
        if held is None:
            return
        self._held[call.id] = held
        if len(self._held) > _MAX_HELD:
            del self._held[next(iter(self._held))]

    def _resolve(self, held: _Held, result: ToolResult) -> None:
        match held:
            case _Edit():
                if result.status == "error" and held.paths:
                    self._last_edits.failed(held.step)
                elif result.status not in _UNDONE:
                    is_kept = result.commit is not None
                    self._taken_back.edited(result.call_id, held.step, is_committed=is_kept)
                    self._edited(held.step, held.at, held.paths, is_work=held.is_work)
                    self._written.add(held.lines)
            case RunningCall():
                held.extend(result.content)
                if not is_still_running(result):
                    self._running = {k: v for k, v in self._running.items() if v is not held}
                    self._ended_call(held.call, result, held.text)
            case ShellCall():
                self._resolve_shell(held, result)

    def _resolve_shell(self, call: ShellCall, result: ToolResult) -> None:
        if result.status == "rejected":
            return
        session = running_id(result)
        if session is None:
            self._ended_call(call, result, result.content)
            return
        self._running[session] = RunningCall(call, result.content)
        if len(self._running) > _MAX_HELD:
            del self._running[next(iter(self._running))]

    def _ended_call(self, call: ShellCall, result: ToolResult, text: str) -> None:
        exit_code = exit_code_of(result)
        runs = call.runs(exit_code, text)
        self._checks.extend(runs)
        if call.checks:
            tried = Attempt(call.step, call.at, call.line.parts, text)
            self._recoveries.checks(call, [run.passed for run in runs], tried, result)
        if call.commits or call.drops:
            self._commits.ended(call, exit_code, text)
        if call.runs_or_pushes:
            outcome, edit = Outcome(exit_code, text), self._last_edits.of_any
            self._shown.ended(call.line, call.step, outcome, edit, call.program)
        if call.pulls:
            self._mentions.opened(text, call.step)
        self._mentions.add(call.named, call.step)
        paths, is_work = call.edits
        if paths or is_work:
            self._edited(call.step, call.at, paths, is_work=is_work)
            self._written.add(self._written.lines(call.added))

    def _edited(
        self, step: int, at: datetime | None, paths: tuple[str, ...], *, is_work: bool
    ) -> None:
        self._written.files(paths, at)
        self._listener.edited(paths)
        if is_work:
            self._recoveries.edited(step)
            self._shown.edited(paths, step)
            self._last_edits.add(step, at, paths)


def observe(
    trajectory: Trajectory, steps: Iterable[Step], events: Iterable[Event], seal: Seal | None = None
) -> Activity:
    """Return what a trajectory did; steps and events come each in their own order.

    Which lines it wrote is kept only with a seal.
    """
    observer = Observer(seal)
    waiting = iter(sorted(events, key=_step_of))
    event = next(waiting, None)
    for step in steps:
        observer.step(step)
        while event is not None and _step_of(event) <= step.index:
            observer.event(event)
            event = next(waiting, None)
    for late in chain(() if event is None else (event,), waiting):
        observer.event(late)
    return observer.finish(trajectory)


def _step_of(event: Event) -> int:
    return -1 if event.step is None else event.step
