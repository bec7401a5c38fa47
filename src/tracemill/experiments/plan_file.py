"""Plans are TOML; a name or value that is not known is refused, with the place."""

from __future__ import annotations

import msgspec

from tracemill.base.errors import UsageError
from tracemill.records.from_toml import from_toml
from tracemill.records.process.experiments import ExperimentPlan


def read_plan(text: str, where: str) -> ExperimentPlan:
    """Return the plan that a text states.

    Raises:
        UsageError: it is no plan.
    """
    plan = from_toml(text, ExperimentPlan, f"the plan {where!r}", "docs/experiments.md")
    return check_plan(plan, where)


def check_plan(plan: ExperimentPlan, where: str) -> ExperimentPlan:
    """Return a plan that can be carried out, as a journal will give it back.

    A program may put whole numbers where fractions belong; its id must not depend on that.

    Raises:
        UsageError: it cannot.
    """
    if plan.control == plan.treatment:
        raise UsageError(f"{where!r}: expected two arms, found {plan.control!r} in both")
    if plan.minimum_effect >= plan.target.ceiling:
        raise UsageError(
            f"{where!r}: expected minimum_effect below the ceiling of {plan.target.ceiling:g}, "
            f"found {plan.minimum_effect:g}"
        )
    return msgspec.convert(msgspec.to_builtins(plan), ExperimentPlan)
