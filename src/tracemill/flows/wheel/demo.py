"""One turn of the whole wheel: sessions, dataset, training, evaluation, decision.

It turns on the bundled example history and on made-up tasks, in a workspace of its own. The base
and the candidate are asked the same held-out questions, in the same format, and what they differ by
is said with its interval, whatever it is.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Final, NamedTuple

import msgspec

from tracemill.base.clock import now
from tracemill.base.machine import n_cores
from tracemill.flows.example_history import build_example
from tracemill.flows.models.evaluations import Terms, evaluate
from tracemill.flows.models.made_data import NAME, keep_tasks
from tracemill.flows.models.promotion import promote
from tracemill.flows.models.registry import register_run
from tracemill.flows.models.runs import subject_of
from tracemill.flows.models.suites import build_suite
from tracemill.flows.models.training import plan_run, train_model
from tracemill.flows.wheel.turn import Options, turn
from tracemill.llm import AskSettings, SubjectConfig
from tracemill.records.models.evaluations import Evaluation, Suite
from tracemill.records.models.promotion import PolicyPart, PromotionDecision, PromotionPolicy
from tracemill.records.models.training import TrainingRun
from tracemill.records.refs import Record
from tracemill.store.workspace import Workspace
from tracemill.synth.repository_tasks import Numbers, make_tasks

_MAX_CHARS: Final = 8_000
"""Longest prompt of a held-out case."""
_ANSWER: Final = AskSettings(max_tokens=72)
"""The longest call that is right takes 50 tokens."""

_MARGIN: Final = 0.15
"""Of the thirty questions that no tool answers one may be lost: two do not rule out 15 points."""
_POLICY: Final = PromotionPolicy(
    name=NAME,
    target=(PolicyPart(suite=NAME, part="check:tool"),),
    guards=(PolicyPart(suite=NAME, part="answer", margin=_MARGIN),),
    alpha=0.01,
    required=("lineage", "format", "leaks", "labels", "complete"),
)
"""Better at choosing tools, and worse nowhere; nobody is there to say yes to a demo."""


class Turn(NamedTuple):
    """What one turn is made of."""

    recipe: str = "demo"
    """The recipe, by name or file."""
    trained: Numbers = Numbers(one_call=36, answer=44, two_calls=90)
    """How many tasks are trained on, by kind."""
    held_out: Numbers = Numbers(one_call=14, answer=30, two_calls=24)
    """How many are held out; each of two calls gives two decisions."""
    seed: int = 0
    """What both are drawn by, and what training begins with and shuffles by."""


Tell = Callable[[str, int, int, str], None]
"""Is told a stage, how far it has come, of how much, and what else there is to say."""


class WheelResult(Record, frozen=True, kw_only=True):
    """What came of a turn."""

    workspace: str
    """The workspace in which it turned."""
    sessions: int
    """Sessions of the example history."""
    datasets: tuple[str, ...]
    """Dataset versions that were trained on."""
    run: TrainingRun
    """What was trained, and how."""
    suite: Suite
    """The held-out cases."""
    base: Evaluation
    """What the base did."""
    candidate: Evaluation
    """What the trained model did."""
    decision: PromotionDecision
    """Whether it may take the base's place, and why; what they differ by is in it."""
    seconds: dict[str, float]
    """How long each stage took."""


def turn_wheel(workspace: Workspace, wanted: Turn, tell: Tell) -> WheelResult:
    """Turn the wheel once; what is made already is not made again."""
    seconds: dict[str, float] = {}
    with _timed(seconds, "ingest"):
        if not workspace.example.exists():
            build_example(workspace.example)
        read = turn(workspace, [workspace.example], {}, Options(), lambda _: None)
    with _timed(seconds, "dataset"):
        made = keep_tasks(
            workspace,
            make_tasks("train", wanted.trained, wanted.seed),
            make_tasks("held_out", wanted.held_out, wanted.seed),
        )
        suite = build_suite(workspace, made.id, NAME, max_chars=_MAX_CHARS).suite
    with _timed(seconds, "train"):
        planned = plan_run(workspace, wanted.recipe, datasets={NAME: made.id}, seed=wanted.seed)
        kept = train_model(
            workspace,
            planned,
            lambda p: tell(p.stage, p.step, p.n_steps, _said_of(p.loss)),
        )
    candidate = _with_threads(subject_of(kept))
    base = msgspec.structs.replace(candidate, adapter=None, name=f"{kept.run.recipe.name}-base")
    done: list[Evaluation] = []
    for title, config in (("base", base), ("candidate", candidate)):
        with _timed(seconds, f"evaluate {title}"):
            done.append(_evaluate(workspace, config, suite, _told(tell, title)))
    with _timed(seconds, "decide"):
        model = register_run(workspace, kept.run.id, now())
        decision = promote(workspace, model.id, _POLICY, at=now(), against=done[0].subject)
    return WheelResult(
        workspace=str(workspace.root),
        sessions=read.store.sessions,
        datasets=kept.run.datasets,
        run=kept.run,
        suite=suite,
        base=done[0],
        candidate=done[1],
        decision=decision,
        seconds={stage: round(took, 1) for stage, took in seconds.items()},
    )


def _said_of(loss: float | None) -> str:
    return "" if loss is None else f", loss {loss:.2f}"


def _told(tell: Tell, title: str) -> Callable[[int, int], None]:
    return lambda at, n_cases: tell(f"evaluate {title}", at, n_cases, "")


def _with_threads(config: SubjectConfig) -> SubjectConfig:
    given = os.environ.get("OMP_NUM_THREADS", "")
    n_threads = int(given) if given.isdigit() else n_cores()
    return msgspec.structs.replace(config, threads=max(1, n_threads))


def _evaluate(
    workspace: Workspace, config: SubjectConfig, suite: Suite, told: Callable[[int, int], None]
) -> Evaluation:
    return evaluate(workspace, config, suite.id, Terms(_ANSWER, now()), told=told)


@contextmanager
def _timed(seconds: dict[str, float], stage: str) -> Iterator[None]:
    """Note how long a stage takes."""
    begun = perf_counter()
    yield
    seconds[stage] = perf_counter() - begun
