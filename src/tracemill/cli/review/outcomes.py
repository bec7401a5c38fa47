"""`tracemill review outcomes`: a model says what became of work where the rules know nothing."""

from dataclasses import dataclass
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from tracemill.cli.review.asking import AskedModel, Asking, review
from tracemill.cli.shared.bounds import Bounds
from tracemill.cli.shared.door import Door
from tracemill.cli.shared.options import Common
from tracemill.flows.deriving.judged.outcomes import OUTCOMES
from tracemill.records.work.outcome_labels import OutcomePolicy


@Parameter(name="*")
@dataclass(frozen=True)
class Outcomes(Asking):
    """Which work a model is asked about."""

    policy: OutcomePolicy = "unknown"
    """Whose word stands: the model's where the rules know nothing, the model's for all, or what
    both say."""
    n: Annotated[int | None, Parameter(validator=Number(gt=0))] = None
    """How many pieces of work to look at, at most."""


@Parameter(name="*")
@dataclass(frozen=True)
class ExcerptDoor(Door):
    """How a model is reached that is asked about outcomes."""

    max_tokens: Annotated[int, Parameter(validator=Number(gt=0))] = 2048
    """Longest answer, with what a model thinks before it."""
    context: Annotated[int, Parameter(validator=Number(gt=0))] = 10240
    """Longest question and answer together, in tokens."""


def outcomes_review(
    subject: str,
    /,
    *,
    outcomes: Outcomes = Outcomes(),
    door: ExcerptDoor = ExcerptDoor(),
    bounds: Bounds = Bounds(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Let a model judge the outcome of work where the rules know nothing.

    It is shown an excerpt of redacted text, within the limits, once for each piece of work, and has
    to point at words of the log. Exits with 4 where it ended early or had no answer.

    With `--to` nothing is asked: the questions are written, once each, as a batch of OpenAI's
    interface, and `--answers` takes the answers to them, in that form or as `custom_id` and
    `answer`. The model is only a name then.

    Parameters
    ----------
    subject
        A door and a model, as `openai:NAME`, `llama-cpp:FILE.gguf` or `scripted:FILE`.
    """
    return review(OUTCOMES, AskedModel(subject, door, bounds), outcomes, common)
