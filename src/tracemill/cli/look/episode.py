"""`tracemill episode`: list and look at pieces of work."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from tracemill.base.errors import UsageError
from tracemill.base.named_files import expanded
from tracemill.base.text import counted, one_line
from tracemill.cli.shared.exits import EXIT_DONE
from tracemill.cli.shared.learned import show_learned
from tracemill.cli.shared.lists import Shape, show_list
from tracemill.cli.shared.options import Common, Listing
from tracemill.cli.shared.output import answer, counts, hint, when, write
from tracemill.flows.analysis.learning import export_learning, show_learning
from tracemill.flows.held.lookup import show_work
from tracemill.flows.results import EpisodeRow
from tracemill.records.work.episodes import EpisodeKind, Outcome
from tracemill.records.work.survival import RewrittenBy, Rollback, Survival

_MOST_SHOWN: Final = 5
_NO_GOAL: Final = "What was asked for is not known: the record holds no words of it."
_ROLLBACKS: Final[Mapping[Rollback, str]] = {
    "day": "within 24 hours",
    "week": "within 7 days",
    "later": "later than 7 days",
    "none": "not within 7 days",
    "pending": "not so far; the history does not go on for 7 days",
}
_REWRITERS: Final[Mapping[RewrittenBy, str]] = {
    "session": "another session",
    "agent": "an agent",
    "unmarked": "commits of no known session or agent",
}


def _cells(row: EpisodeRow) -> tuple[str, ...]:
    return (
        row.id, when(row.started), row.kind, row.outcome, f"{row.confidence:.2f}",
        str(len(row.sessions)), str(len(row.commits)), _percent(row.kept_head),
        one_line(row.goal, 70),
    )  # fmt: skip


_SHAPE = Shape(
    "episodes",
    ("ID", "STARTED", "KIND", "OUTCOME", "SURE", "SESSIONS", "COMMITS", "KEPT", "GOAL"),
    _cells,
    "tracemill episode show ID",
    ("KEPT", "SESSIONS", "COMMITS", "KIND"),
    "no episodes are known: they are made of sessions; see: tracemill session list",
)


def list_episode(
    *,
    outcome: Outcome | None = None,
    kind: EpisodeKind | None = None,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List episodes, newest first.

    Parameters
    ----------
    outcome
        Only those that ended so.
    kind
        Only work of one kind.
    """
    return show_list("episode", EpisodeRow, _SHAPE, listing, common, outcome=outcome, kind=kind)


def show_episode(
    name: str,
    /,
    *,
    learning: bool = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Show an episode: its goal, what it consists of, and what proves its outcome.

    Parameters
    ----------
    name
        Its id, or how it begins; with `--learning` also a commit that no known session made.
    learning
        Show instead what can be learned from it: problem, thinking, approach, steps, validation.
    """
    if learning:
        return _show_learning(name, common)
    shown = show_work(common.open(), name)
    following = [f"tracemill session show {i}" for i in shown.episode.trajectory_ids[:1]]
    if answer("episode", shown, common, next_steps=following):
        return EXIT_DONE
    episode = shown.episode
    write(f"{episode.id}  {episode.kind}  {episode.outcome} ({episode.confidence:.2f})")
    write(f"Because      {episode.reason}")
    if episode.started is not None:
        write(f"Started      {when(episode.started)}")
    for trajectory_id in episode.trajectory_ids:
        write(f"Trajectory   {trajectory_id}")
    for sha in episode.commits:
        write(f"Commit       {sha}")
    if shown.survival is not None:
        for line in _survival(shown.survival):
            write(line)
    for label in shown.labels:
        write(
            f"Label        {label.name} = {label.value}  ({label.confidence:.2f})  {label.reason}"
        )
    write(f"\n{episode.goal or _NO_GOAL}")
    return EXIT_DONE


def _show_learning(name: str, common: Common) -> int:
    shown = show_learning(common.open(), name)
    found = shown.sources
    if answer("learning", shown, common, next_steps=["tracemill episode export --learning"]):
        return EXIT_DONE
    write(f"{found.episode_id}  {found.kind}  {found.outcome}")
    show_learned(found)
    return EXIT_DONE


def export_episode(
    *,
    learning: bool,
    to: Path,
    changes: tuple[Path, ...] = (),
    views: bool = False,
    force: bool = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Write what can be learned from sessions, commits and documents, with the places of it all.

    Parameters
    ----------
    learning
        What is written; there is nothing else yet.
    to
        A new folder, outside the workspace.
    changes
        A repository: write too what the commits behind the steps changed, line by line. May be
        named again.
    views
        Write too rows to train on, of one skill each: what is wrong, how to go about it, the diff,
        the checks; the first and the third need `--changes`.
    force
        Write into a folder that holds something.
    """
    if not learning:
        raise UsageError("expected --learning: episodes are written as what can be learned")
    repositories = [expanded(each).absolute() for each in changes]
    found = export_learning(
        common.open(), expanded(to).absolute(), repositories, has_views=views, is_forced=force
    )
    if not answer("learning-export", found, common, next_steps=["tracemill episode list"]):
        counts("Episodes", found.n_episodes)
        counts("Told by", found.told_by)
        counts("Parts", found.parts)
        counts("Left out", found.left_out)
        counts("Changes", found.changes)
        counts("Views", found.views)
        counts("No view", found.no_views)
        hint(f"written to {found.folder}", common)
    return EXIT_DONE


def _survival(survival: Survival) -> Iterator[str]:
    """Yield what still stands of an episode, in lines."""
    shares = (
        ("1 day", survival.kept_day),
        ("7 days", survival.kept_week),
        ("30 days", survival.kept_month),
        ("at HEAD", survival.kept_head),
    )
    if survival.n_lines is not None:
        kept = ", ".join(f"{_percent(share) or 'unknown'} {when}" for when, share in shares)
        n_lines = counted(survival.n_lines, "line")
        yield f"Kept         {kept}; {n_lines} written, {survival.n_landed} on the main line"
    yield f"Taken back   {_ROLLBACKS[survival.rollback]}"
    for each in survival.undone:
        how = "as its message says" if each.is_said else "as its changes show"
        yield f"             {each.commit[:12]} by {each.undone_by[:12]}, {how}"
    for by in survival.rewritten[:_MOST_SHOWN]:
        who = by.episode_id or _REWRITERS[by.by]
        yield f"Rewritten    {counted(by.n_lines, 'line')} by {who}, {by.n_lines_week} in 7 days"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"
