"""`tracemill review turns`: a model says what people's turns mean where the rules are not sure."""

from dataclasses import dataclass
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number
from typing_extensions import override

from tracemill.base.errors import UsageError
from tracemill.cli.review.asking import AskedModel, Asking, review
from tracemill.cli.shared.bounds import Bounds
from tracemill.cli.shared.door import Door
from tracemill.cli.shared.exits import EXIT_DONE
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, write
from tracemill.cli.shared.tables import print_table
from tracemill.flows.deriving.judged.turns import TURNS
from tracemill.flows.reviews.beside import BesideRow, Share, turns_beside
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
    beside: str | None = None
    """Who else answered the same, as `openai:NAME`: nobody is asked, and it is said how well the
    model and the rules tell what this one says."""

    @override
    def __post_init__(self) -> None:
        """Refuse what contradicts itself."""
        super().__post_init__()
        asks = self.dry_run or self.jsonl or self.to is not None or self.answers is not None
        if self.beside is not None and asks:
            raise UsageError(
                "expected --beside alone, found it with --dry-run, --jsonl, --to or --answers"
            )


@Parameter(name="*")
@dataclass(frozen=True)
class QuestionDoor(Door):
    """How a model is reached that is asked about turns."""

    max_tokens: Annotated[int, Parameter(validator=Number(gt=0))] = 2048
    """Longest answer, with what a model thinks before it."""
    context: Annotated[int, Parameter(validator=Number(gt=0))] = 6144
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
    """Let a model classify people's turns where the rules are not sure.

    It is asked about redacted text, within the limits, and about each turn once. What it says has
    to point at words of the turn. Exits with 4 where it ended early or had no answer.

    With `--to` nothing is asked: the questions are written, once each, as a batch of OpenAI's
    interface, and `--answers` takes the answers to them, in that form or as `custom_id` and
    `answer`. The model is only a name then.

    With `--beside` it is said how well the model and the rules do, class by class, beside another
    who answered the same questions: a person, by file, or another model.

    Parameters
    ----------
    subject
        A door and a model, as `openai:NAME`, `llama-cpp:FILE.gguf` or `scripted:FILE`.
    """
    if turns.beside is not None:
        return _beside(subject, turns.beside, turns.n, common)
    return review(TURNS, AskedModel(subject, door, bounds), turns, common)


def _beside(subject: str, other: str, most: int | None, common: Common) -> int:
    found = turns_beside(common.open(), subject, other, most)
    if answer("turns-beside", found, common):
        return EXIT_DONE
    write(
        f"Turns        {found.n_turns:,} that {found.subject} and {found.beside} answered: "
        f"the same of {found.n_same:,}, a class in common of {found.n_common:,}\n"
    )
    print_table(("CLASS", "BY", "PRECISION", "RECALL", "KAPPA"), map(_cells, found.rows))
    return EXIT_DONE


def _cells(row: BesideRow) -> tuple[str, ...]:
    kappa = "not defined" if row.kappa is None else f"{row.kappa:.2f}"
    by = f"{row.by}, where sure" if row.only_sure else row.by
    return (row.kind, by, _figure(row.precision), _figure(row.recall), kappa)


def _figure(share: Share) -> str:
    if share.share is None:
        return "unknown (n=0)"
    return f"{share.share:.2f} ({share.low:.2f} to {share.high:.2f}, n={share.n})"
