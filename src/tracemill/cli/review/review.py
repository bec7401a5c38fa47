"""`tracemill review`: look at what waits for a person, and say what you think of it."""

import sys
from dataclasses import dataclass
from getpass import getuser
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from tracemill.base.clock import now
from tracemill.base.errors import UsageError
from tracemill.base.named_files import expanded
from tracemill.base.text import counted, one_line
from tracemill.cli.review.screen import Keys, judge, show_item, show_machine
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_NOTHING
from tracemill.cli.shared.learned import show_learned
from tracemill.cli.shared.lists import Shape, show_list
from tracemill.cli.shared.options import Common, Listing
from tracemill.cli.shared.output import answer, counts, hint, when, write
from tracemill.cli.shared.tables import print_table
from tracemill.flows.held.review_rows import ReviewRow
from tracemill.flows.reviews.desk import Desk
from tracemill.flows.reviews.files import export_reviews, import_reviews
from tracemill.flows.reviews.statistics import Agreement, review_stats
from tracemill.records.events.reviews import ReviewForm
from tracemill.records.work.episodes import Outcome
from tracemill.review.calibration import Calibration

_SUBMIT = "tracemill review submit {} --outcome achieved --rating 4"


@Parameter(name="*")
@dataclass(frozen=True)
class Said:
    """What is said in a review."""

    outcome: Outcome | None = None
    """What became of it; unknown says that nobody can tell."""
    rating: Annotated[int | None, Parameter(validator=Number(gte=1, lte=5))] = None
    """How good it is, from 1 to 5."""
    right: Annotated[bool | None, Parameter(negative="--wrong")] = None
    """Of one step of a session, whether it was right."""
    answers: Annotated[tuple[str, ...], Parameter(name="--answer")] = ()
    """An answer of the checklist as QUESTION=ANSWER; may be given again."""
    comments: str | None = None
    """What else there is to say; it is redacted like any other text."""
    improvements: str | None = None
    """What would have been better."""
    learning: str | None = None
    """What should be learned from it."""

    def form(self) -> ReviewForm:
        """Return it as the form that is filed."""
        return ReviewForm(
            outcome=self.outcome,
            overall_rating=self.rating,
            is_right=self.right,
            checklist=dict(map(_answer, self.answers)),
            comments=self.comments,
            suggested_improvements=self.improvements,
            learning_signal=self.learning,
        )


def next_review(
    *,
    second: bool = False,
    no_input: bool = False,
    by: str | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Show what waits first, and ask what you think of it; in a pipe it is only shown.

    What the rules think is not shown before you have said your own.

    Parameters
    ----------
    second
        Show what others have judged and you have not, so that agreement can be measured.
    no_input
        Ask nothing, even at a terminal.
    by
        Who reviews; by default your user name. Only a pseudonym of it is kept outside the vault.
    """
    is_asked = not (common.json or no_input) and sys.stdin.isatty() and sys.stdout.isatty()
    with Desk(common.open(), by or getuser()) as desk:
        if is_asked:
            n_filed = judge(desk, Keys(), is_second=second)
            hint(f"{counted(n_filed, 'review')} filed; next: tracemill run", common)
            return EXIT_DONE
        found = desk.next_item(is_second=second)
    following = [_SUBMIT.format(found.item.id)] if found.item else ["tracemill review stats"]
    if not answer("review-item", found, common, next_steps=following):
        if found.item is None:
            hint(
                "nothing waits for a review; any episode takes one: tracemill review submit ID",
                common,
            )
        else:
            show_item(found.item, found.waiting)
            hint(f"next: {following[0]}", common)
    return EXIT_DONE if found.item else EXIT_NOTHING


def submit_review(
    name: str,
    /,
    *,
    said: Said = Said(),
    by: str | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """File a review of an episode, an example, an event or a step, whether it waits or not.

    Parameters
    ----------
    name
        Its id, or how it begins; of a step the session's, with the step behind it: `traj_…#12`.
    by
        Who reviews; by default your user name.
    """
    with Desk(common.open(), by or getuser()) as desk:
        filed = desk.submit(name, said.form(), now())
    following = [f"tracemill review undo {filed.review.id}", "tracemill run"]
    if not answer("review-filed", filed, common, next_steps=following):
        write(f"{filed.review.id}  filed on {filed.review.of.name}")
        show_machine(filed.machine, filed.triggers)
        hint(f"{filed.waiting:,} wait; it is a label after: tracemill run", common)
    return EXIT_DONE


def undo_review(
    name: str | None = None,
    /,
    *,
    by: str | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Take back a review of yours: the last, or the one that is named.

    Parameters
    ----------
    name
        The review's id, or how it begins, or the id of what it is of.
    by
        Who reviews; by default your user name.
    """
    with Desk(common.open(), by or getuser()) as desk:
        undone = desk.undo(name, now())
    if not answer("review-undone", undone, common, next_steps=["tracemill review next"]):
        write(f"{undone.review.id}  taken back, of {undone.review.of.name}")
    return EXIT_DONE


def show_review(name: str, /, *, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Show what is to be judged, and what people said of it.

    Parameters
    ----------
    name
        Its id, or a review's, or how one of them begins.
    """
    with Desk(common.open(), getuser()) as desk:
        shown = desk.show(name)
    if answer("review", shown, common, next_steps=[_SUBMIT.format(shown.item.id)]):
        return EXIT_DONE
    show_item(shown.item, None)
    if shown.told is not None:
        show_learned(shown.told, is_blind=shown.machine is None)
    for row in shown.reviews:
        write(f"\n{row.id}  {row.reviewer}  {when(row.at)}")
        write("  ".join(_said(row)))
        for text in (row.comments, row.suggested_improvements, row.learning_signal):
            if text:
                write(f"  {text}")
    if shown.machine is not None:
        show_machine(shown.machine, shown.triggers or ())
    return EXIT_DONE


def _answer(said: str) -> tuple[str, str]:
    question, is_pair, found = said.partition("=")
    if not is_pair:
        raise UsageError(f"--answer: expected QUESTION=ANSWER, found {said!r}")
    return question, found


def _said(row: ReviewRow) -> list[str]:
    found = [_verdict(row)] if _verdict(row) else []
    found += [f"{row.overall_rating} of 5"] if row.overall_rating else []
    found += [f"{name}={value}" for name, value in row.checklist.items()]
    late = "before the work went on" if row.step is None else "of what stood there before"
    return found + ([] if row.current else [late])


def _cells(row: ReviewRow) -> tuple[str, ...]:
    rating = str(row.overall_rating or "")
    said = one_line(row.comments or row.learning_signal or "", 60)
    return row.id, row.of.name, row.reviewer, when(row.at), _verdict(row), rating, said


def _verdict(row: ReviewRow) -> str:
    return row.outcome or {True: "right", False: "wrong", None: ""}[row.is_right]


_SHAPE = Shape(
    "reviews",
    ("ID", "OF", "REVIEWER", "AT", "OUTCOME", "RATING", "COMMENTS"),
    _cells,
    "tracemill review show ID",
    ("AT", "REVIEWER"),
    "nobody has reviewed anything yet; next: tracemill review next",
)


def list_review(
    *,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List reviews, newest first."""
    return show_list("review", ReviewRow, _SHAPE, listing, common)


def stats_review(*, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Say how far people agree with each other, and how far the rules agree with them."""
    found = review_stats(common.open())
    if answer("review-stats", found, common, next_steps=["tracemill review next"]):
        return EXIT_DONE
    write(
        f"Reviews      {found.n_reviews:,} by {counted(found.n_people, 'reviewer')} "
        f"of {counted(found.n_reviewed, 'thing')}; {found.waiting:,} wait"
    )
    counts("Triggers", found.triggers)
    if found.agreement:
        write()
        columns = ("QUESTION", "SHARED", "PEOPLE", "SAME", "ALPHA", "KAPPA")
        print_table(columns, map(_cells_of_agreement, found.agreement))
    for rule, said in found.confusion.items():
        counts(f"Rules say {rule}, people", said, 34)
    if found.calibration is not None:
        _show_calibration(found.calibration, found.machine_kappa)
    if found.by_chance is not None:
        share = f"{found.by_chance.right:.0%} of {counted(found.by_chance.n, 'episode')}"
        write(f"By chance    of those that chance chose, the rules are right in {share}")
    if found.unjudged:
        episodes = counted(found.unjudged, "episode")
        write(f"Left out     {episodes}: one side does not know, or people differ")
    return EXIT_DONE


def _show_calibration(found: Calibration, kappa: float | None) -> None:
    write(
        f"\nThe rules are right in {found.right:.0%} of {counted(found.n, 'episode')}, "
        f"kappa {_figure(kappa)}, calibration error {found.error:.2f}, Brier {found.brier:.2f}"
    )
    rows = (
        (f"{row.low:.1f} to {row.high:.1f}", str(row.n), f"{row.confidence:.2f}",
         f"{row.right:.2f}", f"{row.right_low:.2f} to {row.right_high:.2f}")
        for row in found.bins
    )  # fmt: skip
    print_table(("SURE", "N", "MEAN", "RIGHT", "95 % INTERVAL"), rows)


def _cells_of_agreement(one: Agreement) -> tuple[str, ...]:
    figures = (_figure(one.same), _figure(one.alpha), _figure(one.kappa))
    return (one.question, str(one.n_shared), str(one.n_people), *figures)


def _figure(value: float | None) -> str:
    return "not defined" if value is None else f"{value:.2f}"


def export_review(
    *,
    to: Path,
    tool: str = "label-studio",
    force: bool = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Write what waits, and what was said, for another tool; it passes the gate first.

    Parameters
    ----------
    to
        A new folder, outside the workspace.
    tool
        label-studio, argilla, or manual-reviews for a team's own file.
    force
        Write into a folder that holds something.
    """
    workspace, folder = common.open(), expanded(to).absolute()
    with Desk(workspace, getuser()) as desk:
        found = export_reviews(desk, workspace, folder, tool, is_forced=force)
    following = [f"tracemill review import FILE --tool {tool}"]
    if not answer("review-export", found, common, next_steps=following):
        for path in found.files:
            write(path)
        items, reviews = counted(found.n_items, "item"), counted(found.n_reviews, "review")
        hint(f"{items} and {reviews} in {found.folder}; back again: {following[0]}", common)
    return EXIT_DONE


def import_review(
    file: Path,
    /,
    *,
    tool: str | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """File reviews that people made in another tool.

    Parameters
    ----------
    file
        What the tool exports: JSON of Label Studio, records.json of Argilla, manual_reviews.jsonl,
        or notes in Markdown that name records, such as .ai/insights.md.
    tool
        The tool; it is told by the file where it is not named.
    """
    found = import_reviews(common.open(), expanded(file).absolute(), tool, now())
    if not answer("review-import", found, common, next_steps=["tracemill run"]):
        write(f"Filed        {counted(found.filed, 'review')}")
        counts("Left out", found.left_out)
        hint("next: tracemill run", common)
    return EXIT_DONE if found.filed else EXIT_NOTHING
