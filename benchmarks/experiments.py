"""How often experiments err when people look as they like, and how often they find what is there.

Run: python benchmarks/experiments.py [--runs 2000] [--histories 200]
Prints for experiments on nothing how often any of their looks spoke for an arm, a power curve beside
what `tracemill.stats` computed before, looks at one horizon by exact tests, what became of canaries
and of draws that are not fair, and how many of the histories of a team without any effect raise an
alarm, with planted ones beside them.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import chain
from pathlib import Path
from random import Random
from statistics import fmean
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.analyze.histories import Team
from tests.analyze.projects import Projects

from tracemill.analyze import calibrations, find_patterns
from tracemill.analyze.process import Process
from tracemill.experiments import Filed, Outcome, judge
from tracemill.experiments.units import Span, is_treated, settle
from tracemill.records.events.team import TeamReport
from tracemill.records.process.experiments import ExperimentPlan, ExperimentResult, PlannedMetric
from tracemill.stats import Unit, arms_evidence, arms_power, e_value, fisher_power, wilson

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
TARGET = PlannedMetric(metric="gate_failure_rate", better="less")
GUARD = PlannedMetric(metric="tokens_per_success", better="less", ceiling=20_000.0)
OLD, NEW = "architect.v1.0", "architect.v1.1"


class World(NamedTuple):
    """What happens in projects."""

    name: str
    fails: tuple[float, float]
    """How often gates fail, in the control and in the treatment."""
    gates: int = 1
    """Gates a project; four of five fall as the first one did."""
    tokens: tuple[float, float] = (6_000, 6_000)
    n: int = 100


def plan(n: int, **changed: Any) -> ExperimentPlan:
    given: dict[str, Any] = {
        "name": "x",
        "says": "x",
        "target": TARGET,
        "control": OLD,
        "treatment": NEW,
    }
    return ExperimentPlan(**{**given, "horizon": n, "minimum_effect": 0.1, **changed})


def outcomes(
    world: World, experiment: str, random: Random, share: float = 0.5
) -> list[list[Outcome]]:
    fails, tokens = [], []
    for number in range(world.n):
        unit, at = f"{experiment} {number}", BEGIN + timedelta(days=number)
        arm = is_treated(experiment, unit, share)
        first = random.random() < world.fails[arm]
        for gate in range(world.gates):
            failed = (
                first if not gate or random.random() < 0.8 else random.random() < world.fails[arm]
            )
            fails.append(Outcome(unit, at, float(failed), NEW if arm else OLD))
        tokens.append(Outcome(unit, at, random.gauss(world.tokens[arm], 1_500), None))
    return [fails, tokens]


def look(
    filed: ExperimentPlan, experiment: str, held: Sequence[list[Outcome]], day: float
) -> ExperimentResult:
    return judge(Filed(experiment, filed), held, Span(BEGIN), BEGIN + timedelta(days=day + 7.5))


NOTHING = (
    World("half fail", (0.5, 0.5)),
    World("one of ten fails", (0.1, 0.1)),
    World("four gates a project", (0.4, 0.4), gates=4),
)


def errors(world: World, n_runs: int) -> int:
    """Return how many experiments on nothing ever showed a gain or a loss, looking after each unit.

    The first hundred are also judged as in earnest after each tenth unit, and must say the same.
    """
    filed, random, n_wrong = plan(world.n), Random(11), 0
    for run in range(n_runs):
        experiment = f"exp_{world.name}_{run}"
        held = outcomes(world, experiment, random)[:1]
        units = settle(experiment, filed, held, Span(BEGIN), BEGIN + timedelta(days=900)).settled
        drawn = [Unit(each.is_treated, fmean(each.cases[0])) for each in units]
        grown = list(arms_evidence(drawn))
        n_wrong += any(max(each) > 2 / filed.alpha for each in grown)
        if run < 100:
            for n in range(10, world.n + 1, 10):
                said = {"better", "worse"} & set(look(filed, experiment, held, n - 1).reasons)
                assert bool(said) == (max(grown[n - 1]) > 2 / filed.alpha)
    return n_wrong


def found(world: World, n_runs: int, **changed: Any) -> int:
    """Return how many experiments speak for the treatment at their end."""
    filed, random, n_found = plan(world.n, **changed), Random(12), 0
    for run in range(n_runs):
        experiment = f"exp_{world.name}_{world.n}_{run}"
        held = outcomes(world, experiment, random)[:1]
        n_found += look(filed, experiment, held, world.n).verdict == "treatment"
    return n_found


def share(n: int, of: int) -> str:
    low, high = wilson(n, of)
    return f"{n / of:.1%} | {low:.1%} to {high:.1%}"


def type_one(n_runs: int) -> None:
    print(f"| {n_runs:,} experiments on nothing, a look after each of 100 units | wrong | 95 % |")
    print("|---|---|---|")
    for world in NOTHING:
        print(f"| {world.name} | {share(errors(world, n_runs), n_runs)} |", flush=True)


def silence(n_runs: int) -> None:
    print(f"\n| {n_runs:,} fair draws of 200 projects, a look after each | called uneven | 95 % |")
    print("|---|---|---|")
    for part in (0.1, 0.3, 0.5):
        random, n_wrong = Random(14), 0
        for _ in range(n_runs):
            silent = [random.random() < 0.5 for _ in range(200) if random.random() < part]
            grown = (e_value(sum(silent[:n]), n, 0.5, "either") for n in range(len(silent) + 1))
            n_wrong += max(grown) >= 1 / 0.05
        name = f"the target tells nothing of {part:.0%}"
        print(f"| {name} | {share(n_wrong, n_runs)} |", flush=True)


def power(n_runs: int) -> None:
    print(f"\n| gates fail 50 %, with the change 20 %; {n_runs:,} each | found | 95 % | computed |")
    print("|---|---|---|---|")
    spread = ((0.5 * 0.5 + 0.2 * 0.8) / 2) ** 0.5
    for n in (40, 60, 80, 100, 140, 200):
        n_found = found(World("power", (0.5, 0.2), n=n), n_runs)
        computed = arms_power(n, 0.3, spread)
        print(f"| {n} projects, any look | {share(n_found, n_runs)} | {computed:.1%} |", flush=True)
    for n in (20, 40, 60, 80, 100):
        n_found = found(World("once", (0.5, 0.2), n=n), n_runs, looks="once")
        computed = fisher_power((n // 2, n // 2), (0.5, 0.2))
        print(f"| {n} projects, one look | {share(n_found, n_runs)} | {computed:.1%} |", flush=True)


def verdicts(name: str, n_runs: int, judged: Callable[[int, Random], ExperimentResult]) -> None:
    random, said = Random(13), dict[str, int]()
    for run in range(n_runs):
        result = judged(run, random)
        key = f"{result.verdict} ({', '.join(result.reasons)})"
        said[key] = said.get(key, 0) + 1
    ranked = sorted(said.items(), key=lambda item: -item[1])
    print(f"| {name} | {', '.join(f'{key} {n}' for key, n in ranked)} |", flush=True)


def planted(n_runs: int) -> None:
    print(f"\n| planted, {n_runs} each | verdicts |")
    print("|---|---|")
    better = World("better", (0.5, 0.15), n=120)
    dear = World("dear", (0.5, 0.15), tokens=(6_000, 10_000), n=120)
    bad = World("bad canary", (0.15, 0.6), n=160)

    def drawn(world: World, part: float) -> Callable[[int, Random], ExperimentResult]:
        def judged(run: int, random: Random) -> ExperimentResult:
            experiment = f"exp_{world.name}_{run}"
            filed = plan(world.n, share=part, guards=(GUARD,))
            return look(filed, experiment, outcomes(world, experiment, random, part), world.n)

        return judged

    def lost(run: int, random: Random, *, is_told: bool) -> ExperimentResult:
        """Four of five treated projects that fail tell of no gate, and something else or nothing."""
        experiment = f"exp_lost_{run}"
        held = outcomes(World("lost", (0.5, 0.5), n=400), experiment, random)[0]
        kept = [
            each
            for each in held
            if not (each.value and is_treated(experiment, each.unit, 0.5) and random.random() < 0.8)
        ]
        told = {each.unit: each.at for each in held} if is_told else None
        until = BEGIN + timedelta(days=407.5)
        return judge(Filed(experiment, plan(400)), [kept], Span(BEGIN), until, told)

    verdicts("a better prompt, 120 projects", n_runs, drawn(better, 0.5))
    verdicts("a better prompt that takes 4,000 tokens more", n_runs, drawn(dear, 0.5))
    verdicts("a bad canary, a quarter of 160 projects", n_runs, drawn(bad, 0.25))
    verdicts(
        "failures of treated projects of which no gate tells", n_runs, partial(lost, is_told=True)
    )
    verdicts("the same, and nothing else tells of them", n_runs, partial(lost, is_told=False))


def grown(reports: Iterator[TeamReport]) -> Iterator[Iterator[TeamReport]]:
    """Yield a history as it is after eight projects, after ten, and so on."""
    projects: dict[str | None, list[TeamReport]] = {}
    for each in reports:
        projects.setdefault(each.project_id, []).append(each)
    for n in range(8, len(projects) + 1, 2):
        yield chain.from_iterable(list(projects.values())[:n])


def alarms(n_histories: int) -> None:
    def kinds(reports: Iterator[object]) -> set[str]:
        report = find_patterns(Process(reports))  # type: ignore[arg-type]
        return {each.kind for each in report.patterns if each.verdict == "found"}

    def accused(seed: int) -> bool:
        sure = {str(each): each / 100 for each in (10, 30, 50, 70, 90)}
        roles = calibrations(Process(Team(seed, sure_of=sure).history(40))).roles
        return any(each.lean in ("overconfident", "underconfident") for each in roles)

    print(f"\n| {n_histories} histories without an effect | with a false alarm | 95 % |")
    print("|---|---|---|")
    n_found = sum(bool(kinds(Team(seed).history(40))) for seed in range(n_histories))
    print(f"| 40 projects, three roles | {share(n_found, n_histories)} |", flush=True)
    n_found = sum(any(map(kinds, grown(Team(seed).history(40)))) for seed in range(n_histories))
    print(f"| the same, a look after each second one | {share(n_found, n_histories)} |", flush=True)
    quiet: dict[str, Any] = {"passes": 0.97, "overridden": 0.2}
    n_found = sum(
        bool(kinds(iter(Projects(seed).make(60, **quiet)))) for seed in range(n_histories)
    )
    print(f"| 60 projects one after another | {share(n_found, n_histories)} |", flush=True)
    n_found = sum(accused(seed) for seed in range(n_histories))
    print(f"| 40 projects of calibrated roles | {share(n_found, n_histories)} |", flush=True)
    changes: dict[str, tuple[dict[str, Any], str]] = {
        "quality 0.9 to 0.75": ({"quality": 0.75, "model": "mini-2"}, "quality_regression"),
        "a prompt of 9k tokens after 6k": (
            {"prompt": "engineer.v2.0", "tokens": 9_000}, "token_regression",
        ),
        "overrides 20 % to 80 %": ({"overridden": 0.8}, "autonomy_shift"),
    }  # fmt: skip
    for name, (changed, kind) in changes.items():
        n_found = 0
        for seed in range(50):
            made = Projects(seed)
            history = made.make(40, **quiet) + made.make(20, **{**quiet, **changed})
            n_found += kind in kinds(iter(history))
        print(f"| planted, the last 20 of 60: {name} | found {n_found} of 50 | |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=2_000)
    parser.add_argument("--histories", type=int, default=200)
    asked = parser.parse_args()
    begun = time.process_time()
    type_one(asked.runs)
    silence(asked.runs)
    power(max(50, asked.runs // 4))
    planted(max(20, asked.runs // 20))
    alarms(asked.histories)
    print(f"\n{time.process_time() - begun:,.0f} CPU seconds", file=sys.stderr)


if __name__ == "__main__":
    main()
