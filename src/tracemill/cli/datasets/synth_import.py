"""`tracemill synth import`: import rows that agents generated elsewhere, if they are valid."""

from pathlib import Path

from tracemill.base.text import counted
from tracemill.cli.shared.door import Judge
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_PARTLY
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, counts, hint, write
from tracemill.flows.synthesis.imported import import_made
from tracemill.llm.judging import open_judge


def import_synth(
    *files: Path,
    judge: Judge = Judge(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Keep rows that agents made up outside: redacted, marked as made up, none that is rejected.

    A row may say `category`, `part`, `generator` and `generator_version`, as the agents of
    `synth definitions export` are told to. Results of calls that ran elsewhere are not believed:
    such rows are kept as unverified. Exits with 4 where rows were rejected.

    Parameters
    ----------
    files
        Files of rows, or folders that hold them.
    """
    workspace = common.open()
    with workspace.writing(), open_judge(judge.config()) as ask:
        done = import_made(workspace, files, ask)
    if not answer("synth-import", done, common, next_steps=["tracemill synth plan"]):
        write(f"Kept         {done.n_kept:,} of {counted(done.n_rows, 'row')}")
        if done.n_there:
            write(f"There before {done.n_there:,}")
        counts("Rows", {str(standing): n for standing, n in done.standings.items()})
        counts("Rejected by", done.rejected)
        counts("Categories", done.categories)
        counts("Redacted", done.redacted)
        if done.kept_in is not None:
            write(f"File         {done.kept_in}")
        hint("next: tracemill synth plan", common)
    return EXIT_PARTLY if done.rejected else EXIT_DONE
