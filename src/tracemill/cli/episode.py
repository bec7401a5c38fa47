"""`tracemill episode`: list and look at pieces of work."""

from tracemill.base.text import one_line
from tracemill.cli.exits import EXIT_DONE
from tracemill.cli.output import Common, Listing, Shape, answer, show_list, write
from tracemill.flows.lookup import show_work
from tracemill.flows.results import EpisodeRow


def _cells(row: EpisodeRow) -> tuple[str, ...]:
    return (
        row.id, row.kind, row.outcome, f"{row.confidence:.2f}", str(len(row.sessions)),
        str(len(row.commits)), one_line(row.goal, 70),
    )  # fmt: skip


_SHAPE = Shape(
    "episodes",
    ("ID", "KIND", "OUTCOME", "SURE", "SESSIONS", "COMMITS", "GOAL"),
    _cells,
    "tracemill episode show ID",
    ("SESSIONS", "COMMITS", "KIND"),
    "no episodes are known: they are made of sessions; see: tracemill session list",
)


def list_episode(
    *,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List episodes, newest first."""
    return show_list("episode", EpisodeRow, _SHAPE, listing, common)


def show_episode(name: str, /, *, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Show an episode: its goal, what it consists of, and what proves its outcome.

    Parameters
    ----------
    name
        Its id, or how it begins.
    """
    shown = show_work(common.open(), name)
    following = [f"tracemill session show {i}" for i in shown.episode.trajectory_ids[:1]]
    if answer("episode", shown, common, next_steps=following):
        return EXIT_DONE
    episode = shown.episode
    write(f"{episode.id}  {episode.kind}  {episode.outcome} ({episode.confidence:.2f})")
    write(f"Because      {episode.reason}")
    for trajectory_id in episode.trajectory_ids:
        write(f"Trajectory   {trajectory_id}")
    for sha in episode.commits:
        write(f"Commit       {sha}")
    for label in shown.labels:
        write(
            f"Label        {label.name} = {label.value}  ({label.confidence:.2f})  {label.reason}"
        )
    write(f"\n{episode.goal}")
    return EXIT_DONE
