"""`tracemill prompt test|refuse|promote|rollback`: what becomes of a suggestion."""

from dataclasses import dataclass
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from tracemill.base.clock import now
from tracemill.base.text import printable
from tracemill.cli.learn.experiment import tell_experiment
from tracemill.cli.shared.exits import EXIT_DONE
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, write
from tracemill.flows.experiments import experiments
from tracemill.flows.prompts.proposals import refuse, take_back
from tracemill.flows.prompts.trials import Asked, try_suggestion

Units = Annotated[int | None, Parameter(validator=Number(gte=2))]


@Parameter(name="*")
@dataclass(frozen=True)
class Trial:
    """What a trial compares, and how long it goes on."""

    control: str | None = None
    """The version in use; by default the one that the newest report names."""
    treatment: str | None = None
    """What the changed prompt is called; by default the next number."""
    units: Units = None
    """Projects after which it ends; by default as many as its least gain needs."""
    gain: Annotated[float | None, Parameter(validator=Number(gt=0))] = None
    """The least gain that is worth it, in the metric's unit; by default a part of what is usual."""


def test_prompt(
    suggestion: str,
    /,
    *,
    by: str,
    trial: Trial = Trial(),
    dry_run: bool = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Begin the experiment that a suggestion asks for: half of the next projects try it.

    Parameters
    ----------
    suggestion
        Its id, as `prompt suggest` prints it, or that of a pattern which calls for a loop.
    by
        Who starts it.
    dry_run
        Only say what would be filed.
    """
    asked = Asked(trial.control, trial.treatment, trial.units, trial.gain)
    shown = try_suggestion(common.open(), suggestion, by, now(), asked, dry_run=dry_run)
    return tell_experiment(shown, common)


def refuse_prompt(
    suggestion: str,
    /,
    *,
    by: str,
    reason: str,
    back: bool = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Refuse a suggestion; the reason is kept, and it is proposed again with newer cases.

    Parameters
    ----------
    suggestion
        Its id, as `prompt suggest` prints it.
    by
        Who decides.
    reason
        Why.
    back
        Take a refusal back: the suggestion stands again.
    """
    decide = take_back if back else refuse
    noted = decide(common.open(), suggestion, by, reason, now())
    if not answer("refusal", noted, common, next_steps=["tracemill prompt suggest"]):
        state = "stands again" if noted.is_taken_back else "is refused"
        write(f"{noted.suggestion_id} {state}: {printable(noted.reason)}")
    return EXIT_DONE


def promote_prompt(
    experiment: str,
    /,
    *,
    by: str,
    reason: str | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Give a change that was chosen to a quarter of the work, and the next time to all of it.

    Parameters
    ----------
    experiment
        Name of its experiment, or how its id begins.
    by
        Who says yes.
    reason
        Why; it is kept.
    """
    return tell_experiment(
        experiments.promote(common.open(), experiment, by, now(), reason), common
    )


def rollback_prompt(
    experiment: str,
    /,
    *,
    by: str,
    reason: str | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Take a change out of all work at once, from wherever it stands.

    Parameters
    ----------
    experiment
        Name of its experiment, or how its id begins.
    by
        Who takes it back.
    reason
        Why; it is kept.
    """
    return tell_experiment(
        experiments.roll_back(common.open(), experiment, by, now(), reason), common
    )
