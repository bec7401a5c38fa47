"""`tracemill model gaps`: where a model fails, beside what there is to learn it from."""

from tracemill.base.text import counted
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_NOTHING
from tracemill.cli.shared.options import Common, Listing
from tracemill.cli.shared.output import answer, hint, write, write_lines
from tracemill.cli.shared.tables import print_table
from tracemill.flows.analysis.gaps import find_gaps
from tracemill.records.models.gaps import Gap


def gaps_model(
    subject: str,
    /,
    *,
    suite: str | None = None,
    dataset: str = "chat",
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Show where a model fails, how many examples cover that, and how often work asks for it.

    Parameters
    ----------
    subject
        What the model is called in its evaluation.
    suite
        The suite that it was asked; the one that it was asked last without it.
    dataset
        The dataset whose examples are counted, or the id of one of its versions.
    """
    found = find_gaps(common.open(), subject, suite, dataset)
    shown = found.gaps[: listing.limit or None]
    if listing.jsonl:
        write_lines(found.gaps)
    elif not answer("gaps", found, common, next_steps=["tracemill synth plan"]):
        write(f"{found.subject} on {found.suite}, beside {found.dataset_id}")
        print_table(("PART", "FAILED", "EXAMPLES", "SESSIONS", "DID INSTEAD"), map(_cells, shown))
        n = counted(len(found.gaps), "part")
        hint(f"{len(shown):,} of {n}; next: tracemill synth plan", common)
    return EXIT_DONE if found.gaps else EXIT_NOTHING


def _cells(gap: Gap) -> tuple[str, ...]:
    failed = f"{gap.n_failed:,} of {gap.n_cases:,}" if gap.n_cases else "no case"
    return (
        gap.part, failed, f"{gap.n_examples:,}",
        "" if gap.n_sessions is None else f"{gap.n_sessions:,}",
        ", ".join(f"{name} {n:,}" for name, n in gap.instead.items()),
    )  # fmt: skip
