"""`tracemill review turns`: a model says what people's turns mean where the rules are not sure."""

from dataclasses import dataclass
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from tracemill.cli.review.asking import Asking, Judge, review
from tracemill.cli.shared.bounds import Bounds
from tracemill.cli.shared.door import Door
from tracemill.cli.shared.options import Common
from tracemill.flows.deriving.judged.turns import TURNS
from tracemill.records.sessions.turn_labels import TurnPolicy


@Parameter(name="*")
@dataclass(frozen=True)
class Turns(Asking):
    """Which turns a model is asked about."""

    policy: TurnPolicy = "unsure"
    """Whose word stands: the model's where the rules are not sure, the model's for all, or what
    both say."""
    n: Annotated[int | None, Parameter(validator=Number(gt=0))] = None
    """How many turns to look at, at most."""


@Parameter(name="*")
@dataclass(frozen=True)
class QuestionDoor(Door):
    """How a model is reached that is asked about turns."""

    context: Annotated[int, Parameter(validator=Number(gt=0))] = 4096
    """Longest question and answer together, in tokens."""


def turns_review(
    subject: str,
    /,
    *,
    turns: Turns = Turns(),
    door: QuestionDoor = QuestionDoor(),
    bounds: Bounds = Bounds(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Let a model say what people's turns mean where the rules are not sure.

    It is asked about redacted text, within the limits, and about each turn once. What it says has
    to point at words of the turn. Exits with 4 where it ended early or had no answer.

    With `--to` nothing is asked: the questions are written, once each, as a batch of OpenAI's
    interface, and `--answers` takes the answers to them, in that form or as `custom_id` and
    `answer`. The model is only a name then.

    Parameters
    ----------
    subject
        A door and a model, as `openai:NAME`, `llama-cpp:FILE.gguf` or `scripted:FILE`.
    """
    return review(TURNS, Judge(subject, door, bounds), turns, common)
