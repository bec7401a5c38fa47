"""`tracemill prompt show`: what each version of a prompt brought, and which does best where."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from tracemill.analyze import METRICS
from tracemill.base.clock import now
from tracemill.base.text import counted, measured, one_line
from tracemill.cli.shared.exits import EXIT_DONE
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, hint, when, write
from tracemill.cli.shared.tables import print_table
from tracemill.flows.prompts.archive import archive_prompts
from tracemill.flows.prompts.numbers import Comparison, PromptVersionRow, ShownPrompt
from tracemill.flows.prompts.numbers import show_prompt as look
from tracemill.records.process.version_metrics import BestVersion, VersionChange, VersionMetrics

_MOST_RANKED = 3
_VERDICTS = {"same": "may be chance", "unknown": "neither is better"}


def show_prompt(
    name: str,
    /,
    *,
    by: tuple[str, ...] = (),
    metric: str | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Show what each version of a prompt brought, and which one does best in which work.

    Parameters
    ----------
    name
        Its id or how it begins, its role, or its path.
    by
        Facts that make slices in which versions are ranked, for example `--by domain`.
    metric
        What they are ranked by; passed gates, or achieved work, without it.
    """
    shown = look(common.open(), name, Comparison(by, metric), now())
    if answer("prompt", shown, common, next_steps=[f"tracemill prompt diff {name}"]):
        return EXIT_DONE
    write(f"{shown.prompt.id}  {shown.prompt.path}" if shown.prompt else shown.role)
    rows = map(_version_cells, reversed(shown.versions))
    columns = (
        "VERSION",
        "SINCE",
        "LAST USED",
        "PROJECTS",
        "SESSIONS",
        "GATES",
        "STANDS",
        "BECAUSE",
    )
    print_table(columns, rows, ("SINCE", "SESSIONS"))
    changes = [each.told for each in reversed(shown.versions) if each.told.metrics]
    if changes:
        write()
        print_table(VERSION_COLUMNS, version_rows(changes), ("95 %",))
    for line in best_lines(shown.best):
        write(line)
    _say_unknown(shown, common)
    return EXIT_DONE


def archive_prompt(
    *,
    to: Path | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Put versions that are done with aside; three months after their last use they go.

    A version is done with when a newer one does better and no open project used it last.

    Parameters
    ----------
    to
        A folder outside of the workspace, which then passes the gate of exports.
    """
    found = archive_prompts(common.open(), now(), to)
    if answer("prompt-archive", found, common, next_steps=["tracemill prompt list"]):
        return EXIT_DONE
    for each in found.kept:
        write(f"{each.name}  until {each.kept_until:%Y-%m-%d}  {each.because}")
    for name in found.dropped:
        write(f"{name}  taken out")
    hint(f"{counted(len(found.kept), 'version')} in {found.folder}", common)
    return EXIT_DONE


def _version_cells(version: PromptVersionRow) -> tuple[str, ...]:
    told = version.told
    return (
        version.name, when(version.since), when(told.last_used), f"{told.n_projects:,}",
        f"{told.n_sessions:,}", told.effectiveness or "unknown",
        (version.standing or "unknown").replace("_", " "), version.because,
    )  # fmt: skip


VERSION_COLUMNS = ("METRIC", "VERSION", "VALUE", "95 %", "CASES", "CHANGE")
"""Heads of the table that `version_rows` fills."""


def version_rows(versions: Iterable[VersionMetrics]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each metric of each version, the metrics together."""
    order = {name: place for place, name in enumerate(METRICS)}
    rows = [(change, told.version) for told in versions for change in told.metrics]
    for change, version in sorted(rows, key=lambda row: order[row[0].measure.metric]):
        found = change.measure
        between = "unknown"
        if found.low is not None and found.high is not None:
            between = f"{measured(found.unit, found.low)} to {measured(found.unit, found.high)}"
        yield (
            found.metric, version, measured(found.unit, found.value), between, f"{found.n:,}",
            change_in_words(change),
        )  # fmt: skip


def change_in_words(change: VersionChange) -> str:
    """Return how a version differs from the one before: shares in points, means in percent."""
    if change.difference is None or change.q_value is None:
        return "nothing before it"
    if change.measure.unit == "share":
        size = f"{100 * change.difference:+.0f} points"
    elif change.relative is None:
        size = f"{change.difference:+.2f}"
    else:
        size = f"{change.relative:+.0%}"
    verdict = _VERDICTS.get(change.change, change.change)
    return f"{size}, {verdict} (q {change.q_value:.2g})"


def best_lines(found: Iterable[BestVersion]) -> Iterator[str]:
    """Yield one line for each slice: which version does best there, or why nobody can tell."""
    for each in found:
        if each.slice or each.verdict != "too_few":
            facts = ", ".join(f"{one_line(value, 40)}" for value in each.slice.values())
            yield f"{facts or 'All work'}: {_verdict(each)}"


def _verdict(found: BestVersion) -> str:
    shares = "; ".join(
        f"{next(iter(each.slice.values()))} {measured(each.unit, each.value)} of {each.n:,}"
        for each in found.ranked[:_MOST_RANKED]
    )
    metric = found.ranked[0].metric.replace("_", " ")
    if found.verdict == "best":
        return f"use {found.best} ({metric}: {shares}; p {found.p_value:.2g})"
    if found.verdict == "no_difference":
        needed = f"; {found.n_needed:,} cases of each could tell" if found.n_needed else ""
        return f"no difference shown ({metric}: {shares}; p {found.p_value:.2g}{needed})"
    return f"too few cases to choose ({metric}: {shares})"


def _say_unknown(shown: ShownPrompt, common: Common) -> None:
    for kind in ("report", "session"):
        unknown = shown.attributed.get(f"{kind}_unknown", 0)
        if unknown:
            hint(f"of {unknown:,} {kind}s nobody knows which version they had", common)
