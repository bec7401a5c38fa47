"""Where a result decided what was done next, read off a session's steps.

| basis | what shows it |
|---|---|
| `value` | the call is the first to use what the result was the first to show, in one turn |
| `failure` | the result right before it failed |
| `words` | what the agent said or thought in between names a field, value or count of that result |
| `code` | a test of `if` or `while` asks for fields of what a function returned |

Where the agent ended its turn with a question and the person agreed, what it then called is what
both decided; the result is the one that the question names. A call of which nothing shows why it
was made is counted and not guessed; one that only asks a running command for more output is none.
What comes later changes nothing that was decided before.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from tracemill.base.python_code.conditions import Condition
from tracemill.base.python_code.field_access import field_access
from tracemill.base.text import start_of
from tracemill.label.activity.named_parts import Named, fields_with, named_parts, sentence_at
from tracemill.label.activity.value_flow import value_flows
from tracemill.label.calls.action import action_of
from tracemill.label.calls.answers import is_answer
from tracemill.label.calls.run_code import run_code
from tracemill.label.calls.shell_calls import POLLS
from tracemill.label.reactions.cues import asked_back
from tracemill.records.sessions.activity import UndoneSteps
from tracemill.records.sessions.decision_points import (
    ChosenCall,
    DecidingResult,
    DecisionBasis,
    DecisionPoint,
    DecisionPoints,
    Offer,
    Transition,
)
from tracemill.records.sessions.reactions import Reaction, ReactionKind
from tracemill.records.sessions.trajectory import Step, ToolCall, ToolResult, Trajectory
from tracemill.records.sessions.value_flows import ValueFlow

_AGREES: Final[frozenset[ReactionKind]] = frozenset({"acceptance", "continuation"})
_MAX_POINTS: Final = 10_000
_MAX_TRANSITIONS: Final = 200
_MAX_REASONING: Final = 400
_MAX_CONDITION: Final = 200


class _Seen(NamedTuple):
    """A result, and what returned it."""

    step: int
    call: ToolCall
    result: ToolResult

    @property
    def failed(self) -> bool:
        return self.result.status == "error" and not is_answer(self.call, self.result)

    @property
    def action(self) -> str:
        return action_of(self.call)


class _Shown(NamedTuple):
    """What shows that a result decided."""

    basis: DecisionBasis
    seen: _Seen
    fields: tuple[str, ...] = ()
    value: str | None = None
    sentence: str | None = None


def decision_points(
    trajectory: Trajectory,
    steps: Iterable[Step],
    reactions: Iterable[Reaction] = (),
    undone: Collection[UndoneSteps] = (),
) -> DecisionPoints:
    """Return the decision points of a trajectory; steps come in their order.

    `reactions` say how a person took what the agent offered.
    """
    held = [step for step in steps if not step.is_replayed]
    standing = [step for step in held if not any(branch.holds(step.index) for branch in undone)]
    reader = _Reader(value_flows(trajectory, standing).flows, reactions)
    for step in standing:
        reader.step(step)
    counted = sorted(reader.transitions.items(), key=lambda each: (-each[1], each[0]))
    return DecisionPoints(
        trajectory_id=trajectory.id,
        points=tuple(reader.points[:_MAX_POINTS]),
        transitions=tuple(
            Transition(action=action, failed=failed, then=then, n=n)
            for (action, failed, then), n in counted[:_MAX_TRANSITIONS]
        ),
        n_transitions=reader.n_transitions,
        n_unshown=reader.n_unshown,
        n_offers=reader.n_offers,
        n_undone_steps=len(held) - len(standing),
    )


class _Reader:
    """Takes steps in their order and holds what the agent has seen and said since its last call."""

    def __init__(self, flows: Iterable[ValueFlow], reactions: Iterable[Reaction]) -> None:
        self.points: list[DecisionPoint] = []
        self.transitions: Counter[tuple[str, bool, str]] = Counter()
        self.n_transitions = self.n_unshown = self.n_offers = 0
        self._flows = _by_call(flows)
        self._taken = _agreed(reactions)
        self._seen: dict[str, _Seen] = {}
        """Every result so far, by its call."""
        self._calls: dict[str, tuple[int, ToolCall]] = {}
        self._last: list[_Seen] = []
        """The results that the agent saw since its last call."""
        self._said: list[str] = []
        self._asking: tuple[int, int, int] | None = None
        """The step of the agent's last question, and where it stands there."""
        self._offer: Offer | None = None

    def step(self, step: Step) -> None:
        """Take the next step."""
        if step.speaker == "user":
            self._hear(step)
        elif step.speaker == "agent":
            self._said += filter(None, [step.reasoning, step.text])
            self._asking = _question(step) if not step.calls else None
            if step.calls:
                self._decide(step)
        for result in step.results:
            called = self._calls.pop(result.call_id, None)
            if called is not None:
                seen = self._seen[result.call_id] = _Seen(*called, result)
                self._last.append(seen)

    def _hear(self, step: Step) -> None:
        """Take a person's words: they agree to what was offered, or begin something else."""
        reaction = self._taken.get(step.index)
        self._offer = None
        if self._asking is not None and reaction is not None:
            asked, start, end = self._asking
            self._offer = Offer(
                step=asked, start=start, end=end, answered=step.index, reaction=reaction
            )
            self.n_offers += 1
        else:
            self._last, self._said = [], []
        self._asking = None

    def _decide(self, step: Step) -> None:
        """Take a step that calls: what was seen and said until now stands behind each call."""
        words = "\n".join(self._said)
        for call in step.calls:
            self._calls[call.id] = (step.index, call)
            if call.name.lower() in POLLS:
                continue
            chosen = ChosenCall(step=step.index, call_id=call.id, action=action_of(call))
            if self._last:
                self.n_transitions += 1
                before = self._last[-1]
                self.transitions[before.action, before.failed, chosen.action] += 1
            shown = self._shown(chosen, words)
            if shown is not None:
                self._add(shown, words, chosen)
            elif self._last:
                self.n_unshown += 1
        for call in step.calls:
            self.points += _in_code(step, call)
        self._last, self._said, self._offer = [], [], None

    def _shown(self, chosen: ChosenCall, words: str) -> _Shown | None:
        """Return what shows which result decided a call: its values, or else the last results."""
        n_turns = int(self._offer is not None)
        flows = [
            each
            for each in self._flows.get((chosen.step, chosen.call_id), ())
            if each.source.call_id in self._seen and each.n_turns <= n_turns
        ]
        if flows:
            flow = max(flows, key=lambda each: each.source.step)
            seen = self._seen[flow.source.call_id or ""]
            fields = fields_with(flow.value, seen.result.content)
            place = words.find(flow.value)
            sentence = sentence_at(words, place) if place >= 0 else None
            return _Shown("value", seen, fields, flow.value, sentence)
        failed = next((seen for seen in reversed(self._last) if seen.failed), None)
        for seen in [failed] if failed is not None else reversed(self._last):
            named = named_parts(words, seen.result.content) if words else None
            if named is not None:
                return _named(seen, named, words)
        return None if failed is None else _Shown("failure", failed)

    def _add(self, shown: _Shown, words: str, chosen: ChosenCall) -> None:
        seen = shown.seen
        self.points.append(
            DecisionPoint(
                deciding=DecidingResult(
                    step=seen.step,
                    call_id=seen.call.id,
                    action=seen.action,
                    status=seen.result.status,
                    fields=shown.fields,
                    value=shown.value,
                ),
                basis=shown.basis,
                condition=None
                if shown.sentence is None
                else start_of(shown.sentence, _MAX_CONDITION),
                reasoning=words.strip()[-_MAX_REASONING:] or None,
                offer=self._offer,
                chosen=(chosen,),
            )
        )


def _named(seen: _Seen, named: Named, words: str) -> _Shown:
    basis: DecisionBasis = "failure" if seen.failed else "words"
    return _Shown(basis, seen, named.fields, named.value, sentence_at(words, named.start))


def _by_call(flows: Iterable[ValueFlow]) -> Mapping[tuple[int, str], Sequence[ValueFlow]]:
    """Return the values of results that each call, by its step and id, was the first to use."""
    found: defaultdict[tuple[int, str], list[ValueFlow]] = defaultdict(list)
    for flow in flows:
        if flow.source.part == "result" and flow.is_first and flow.use.call_id is not None:
            found[flow.use.step, flow.use.call_id].append(flow)
    return found


def _agreed(reactions: Iterable[Reaction]) -> dict[int, ReactionKind]:
    """Return how a person agreed, by the step in which they did and said nothing against it."""
    kinds: defaultdict[int, list[ReactionKind]] = defaultdict(list)
    for reaction in reactions:
        kinds[reaction.step].append(reaction.kind)
    return {step: heard[0] for step, heard in kinds.items() if _AGREES.issuperset(heard)}


def _question(step: Step) -> tuple[int, int, int] | None:
    """Return the step and the place of the question that an agent's words end with."""
    mark = asked_back(step.text)
    if mark is None:
        return None
    sentence = sentence_at(step.text, mark) or ""
    start = max(step.text.rfind(sentence, 0, mark + 1 + len(sentence)), 0)
    return step.index, start, max(start + len(sentence), mark + 1)


def _in_code(step: Step, call: ToolCall) -> Iterator[DecisionPoint]:
    """Yield the tests of the code that a call runs."""
    for code in run_code(call):
        access = field_access(code)
        for test in () if access is None else access.conditions:
            yield _of_test(step, call, test)


def _of_test(step: Step, call: ToolCall, test: Condition) -> DecisionPoint:
    function = test.fields[0][0]
    return DecisionPoint(
        deciding=DecidingResult(
            step=step.index,
            call_id=call.id,
            action=function,
            fields=tuple(field for of, field in test.fields if of == function),
        ),
        basis="code",
        condition=test.test,
        chosen=tuple(
            ChosenCall(step=step.index, call_id=call.id, action=name) for name in test.chosen
        ),
    )
