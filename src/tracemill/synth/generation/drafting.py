"""One draft: a request, the agent's turns with results that are real, and an answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple, Protocol

from tracemill.llm.protocol import tool_call
from tracemill.records.datasets.examples import Message
from tracemill.records.synth.generation import Draft, DraftFault, Purpose
from tracemill.records.synth.generators import GeneratorDefinition
from tracemill.records.synth.made_up import TaskStep
from tracemill.synth.generation.asking import (
    REQUEST_SCHEMA,
    Tool,
    Turn,
    Wanted,
    WantedCall,
    ask_answer,
    ask_follow_up,
    ask_request,
    ask_turn,
    read_request,
    read_turn,
    turn_schema,
)
from tracemill.synth.generation.fragments import Fragment

_MAX_TURNS: Final = 8
SEVERAL_REQUESTS: Final = frozenset({"multi-turn", "clarifying", "preferences", "collaboration"})
"""Parts that are about what a person says next."""


class Said(NamedTuple):
    """What the model said."""

    text: str
    is_cut: bool = False
    """Whether it ran out of room."""


Ask = Callable[[Purpose, Sequence[Message], dict[str, Any]], Said]
"""Asks the model for a purpose, with messages and the schema of the answer."""


class Job(NamedTuple):
    """One draft to make."""

    id: str
    part: str
    fragment: Fragment | None = None
    """Something of real work to start from."""


class Ran(NamedTuple):
    """What came of a call that was carried out."""

    text: str
    failed: bool


class Workbench(Protocol):
    """Carries calls out on a project of its own, in a sandbox."""

    def call(self, calls: Sequence[WantedCall]) -> Sequence[Ran] | None:
        """Return what each call gives, in their order; None where no answer came."""
        ...


class _FaultError(Exception):
    """The draft comes to nothing."""

    def __init__(self, fault: DraftFault) -> None:
        super().__init__(fault)
        self.fault: DraftFault = fault


def draft(
    job: Job,
    definition: GeneratorDefinition,
    tools: Sequence[Tool],
    bench: Workbench | None,
    ask: Ask,
) -> Draft:
    """Return what a model makes of a job; without a bench it ends at the first call."""
    work = _Work(job, definition, tools, bench, ask)
    try:
        work.run()
        fault = None
    except _FaultError as error:
        fault = error.fault
    return Draft(
        job=job.id,
        part=job.part,
        seed_example=None if job.fragment is None else job.fragment.example_id,
        seed_inputs=() if job.fragment is None else job.fragment.inputs,
        fault=fault,
        messages=tuple(work.messages),
        steps=tuple(work.steps),
        n_requests=work.n_requests,
    )


class _Work:
    """A draft while it is made."""

    def __init__(
        self,
        job: Job,
        definition: GeneratorDefinition,
        tools: Sequence[Tool],
        bench: Workbench | None,
        ask: Ask,
    ) -> None:
        self._job = job
        self._body = definition.body
        self._tools = tools
        self._bench = bench
        self._ask = ask
        self.messages: list[Message] = []
        self.steps: list[TaskStep] = []
        self.n_requests = 0

    def run(self) -> None:
        """Make it; what keeps it from becoming one is raised."""
        fragment = None if self._job.fragment is None else self._job.fragment.text
        asked = ask_request(self._body, self._job.part, fragment)
        self._user(asked, "request")
        self._work()
        if self._job.part in SEVERAL_REQUESTS:
            self._user(ask_follow_up(self._body, self.messages), "follow_up")
            self._work()

    def _user(self, asked: Sequence[Message], purpose: Purpose) -> None:
        said = self._said(purpose, asked, dict(REQUEST_SCHEMA))
        request = read_request(said.text)
        if not isinstance(request, Wanted):
            raise _FaultError("cut" if said.is_cut else request)
        self.messages.append(Message(role="user", content=request.text))

    def _work(self) -> None:
        schema, before = turn_schema(self._tools), None
        for _ in range(_MAX_TURNS):
            asked = ask_turn(self._body, self._tools, self.messages)
            said = self._said("turn", asked, schema)
            turn = read_turn(said.text, self._tools)
            if not isinstance(turn, Turn):
                raise _FaultError("cut" if said.is_cut else turn)
            if turn.answer:
                self._answer(turn.answer)
                return
            if turn == before:
                self._end("same_again")
                return
            self._call(turn.calls)
            before = turn
        self._end("no_end")

    def _end(self, otherwise: DraftFault) -> None:
        """Ask for an answer alone, as the model would go on calling for ever."""
        asked = ask_answer(self._body, self.messages)
        said = self._said("turn", asked, turn_schema(()))
        turn = read_turn(said.text, ())
        if not isinstance(turn, Turn):
            raise _FaultError(otherwise)
        self._answer(turn.answer)

    def _answer(self, text: str) -> None:
        self.messages.append(Message(role="assistant", content=text, trained=True))

    def _said(self, purpose: Purpose, asked: Sequence[Message], schema: dict[str, Any]) -> Said:
        self.n_requests += 1
        return self._ask(purpose, asked, schema)

    def _call(self, calls: Sequence[WantedCall]) -> None:
        """Carry calls out; they stand in one message, so none may need another's result."""
        if self._bench is None:
            raise _FaultError("no_sandbox")
        first = len(self.steps)
        made = [tool_call(c.name, c.arguments, first + at) for at, c in enumerate(calls)]
        ran = self._bench.call(calls)
        if ran is None:
            raise _FaultError("not_carried_out")
        self.messages.append(Message(role="assistant", tool_calls=tuple(made), trained=True))
        for call, wanted, result in zip(made, calls, ran, strict=True):
            self.messages.append(
                Message(role="tool", content=result.text, tool_call_id=call["id"], name=wanted.name)
            )
            self.steps.append(
                TaskStep(
                    id=call["id"],
                    tool=wanted.name,
                    arguments=wanted.arguments,
                    result=result.text,
                    is_failed=result.failed,
                )
            )
