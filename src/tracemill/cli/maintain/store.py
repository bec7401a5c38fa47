"""`tracemill store`: what is kept on this machine, and whether it is whole."""

from tracemill.cli.shared.exits import EXIT_DONE, EXIT_STORE
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import ProgressLine, answer, write
from tracemill.flows.check import check_workspace


def check_store(*, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Check every archived byte against its hash, count all rows, and hash what they say."""
    with ProgressLine(common) as report:
        result = check_workspace(common.open(), report)
    if not answer("store", result, common):
        for table, n_rows in result.rows.items():
            write(f"{table:<14}{n_rows:>12,} rows, version {result.versions.get(table, 'none')}")
        write(f"archive       {result.n_chunks:>12,} chunks, {result.n_bytes:,} bytes")
        write(f"content       {result.content_hash}")
        for problem in result.problems:
            write(f"DAMAGED       {problem}")
    return EXIT_STORE if result.problems else EXIT_DONE
