"""Made-up worlds in which a change does what was planted, and plans of experiments on it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from tracemill.experiments import Filed, Outcome, judge
from tracemill.experiments.units import Span, is_treated
from tracemill.records.process.experiments import ExperimentPlan, ExperimentResult, PlannedMetric

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
OLD, NEW = "architect.v1.0", "architect.v1.1"
FAILS = PlannedMetric(metric="gate_failure_rate", better="less", only={"gate": "api_contract"})
TOKENS = PlannedMetric(metric="tokens_per_success", better="less", ceiling=20_000.0)
UNTIL = BEGIN + timedelta(days=900)


def plan(**changed: Any) -> ExperimentPlan:
    given: dict[str, Any] = {
        "name": "errors", "says": "name the errors", "target": FAILS, "guards": (TOKENS,),
        "control": OLD, "treatment": NEW, "horizon": 200, "minimum_effect": 0.1, **changed,
    }  # fmt: skip
    return ExperimentPlan(**given)


class World(NamedTuple):
    """What happens in the units of both arms."""

    fails: tuple[float, float] = (0.4, 0.4)
    """How often gates fail, in the control and in the treatment."""
    tokens: tuple[float, float] = (6_000.0, 6_000.0)
    """What stages take."""
    gates_per_unit: int = 3
    """Gates in one unit; they hang together."""
    told: bool = True
    """Whether reports name the prompt."""

    def outcomes(
        self, n: int, seed: int = 1, name: str = "exp_1", share: float = 0.5
    ) -> list[list[Outcome]]:
        """Return the target's outcomes and the guard's; a unit begins each day."""
        random, fails, tokens = Random(seed), [], []
        for number in range(n):
            unit, at = f"project_{seed}_{number}", BEGIN + timedelta(days=number)
            arm = is_treated(name, unit, share)
            uses = (NEW if arm else OLD) if self.told else None
            is_bad = random.random() < self.fails[arm]
            for gate in range(self.gates_per_unit):
                failed = is_bad if random.random() < 0.8 else random.random() < self.fails[arm]
                fails.append(Outcome(unit, at + timedelta(hours=gate), float(failed), uses))
            tokens.append(Outcome(unit, at, random.gauss(self.tokens[arm], 500), uses))
        return [fails, tokens]


def look(
    held: Sequence[Sequence[Outcome]],
    filed: ExperimentPlan | None = None,
    until: datetime = UNTIL,
    told: dict[str, datetime] | None = None,
    **changed: Any,
) -> ExperimentResult:
    """Judge what is held, as a look at a moment does."""
    return judge(Filed("exp_1", filed or plan(), **changed), held, Span(BEGIN), until, told)
