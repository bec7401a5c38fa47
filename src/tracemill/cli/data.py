"""`tracemill data`: what is kept of a person's data, and how to get it back."""

from collections import Counter
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from tracemill.base.text import counted
from tracemill.cli.exits import EXIT_DONE, EXIT_PARTLY
from tracemill.cli.output import Common, ProgressLine, answer, hint, write
from tracemill.flows.ingest import restore_originals
from tracemill.flows.team_views import write_team_files

_NOUNS = {"file": "file", "folder": "folder", "stream": "repository stream"}


def restore_data(
    *ids: str,
    to: Path,
    force: Annotated[bool, Parameter(negative="")] = False,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Write original bytes, as they were archived, to a folder of yours. They are unredacted.

    Parameters
    ----------
    ids
        Sessions, inputs, or paths where files stood; by default everything.
    to
        The folder; files come below it, each under the path where it stood.
    force
        Write into a folder that holds something already.
    dry_run
        Only say what would be written.
    """
    with ProgressLine(common) as report:
        result = restore_originals(
            common.open(), ids, to.expanduser().absolute(), report,
            is_forced=force, dry_run=dry_run,
        )  # fmt: skip
    if not answer("restore", result, common):
        kinds = Counter(restored.kind for restored in result.inputs)
        said = ", ".join(counted(n, _NOUNS[kind]) for kind, n in sorted(kinds.items()))
        verb = "Would write" if dry_run else "Written"
        write(f"{verb}      {said or 'nothing'}, {result.n_bytes / 1e6:,.1f} MB, unredacted")
        write(f"Folder       {result.folder}")
    for failure in result.failures:
        hint(f"not restored: {failure.uri}: {failure.reason}: {failure.detail}", common)
    return EXIT_PARTLY if result.failures else EXIT_DONE


def reports_data(
    *,
    to: Path,
    force: Annotated[bool, Parameter(negative="")] = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Write the files that teams keep of their own process, by feature and by project.

    Parameters
    ----------
    to
        The folder; `training_data` and `raw` come below it.
    force
        Write into a folder that holds something already.
    """
    result = write_team_files(common.open(), to.expanduser().absolute(), is_forced=force)
    if not answer("reports", result, common):
        n_reports = sum(file.n_reports for file in result.files)
        said = f"{counted(n_reports, 'report')} in {counted(len(result.files), 'file')}"
        write(f"Written      {said}")
        write(f"Folder       {result.folder}")
    for kind, n_events in result.left_out.items():
        hint(
            f"not written: {counted(n_events, f'{kind} event')}, which no file has a line for",
            common,
        )
    return EXIT_DONE
