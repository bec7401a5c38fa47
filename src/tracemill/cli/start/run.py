"""`tracemill run` and `tracemill sync`: read what is new, and turn the wheel."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from tracemill.cli.shared.options import Common
from tracemill.cli.start.turning import turn_wheel
from tracemill.flows.wheel.turn import Options


def run(
    *sources: Path,
    workers: Annotated[
        int | None, Parameter(help="Processes; by default as many as pay off.")
    ] = None,
    executor: str = "local",
    address: str | None = None,
    dry_run: bool = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Read sessions and repositories, redact, link and label them, and build a dataset.

    Without SOURCES it finds the sessions on this machine and the repositories in which they
    ran; where there are none, and nothing was read before, it uses the bundled example history
    and says so.

    Parameters
    ----------
    sources
        Files, folders or git repositories to read.
    workers
        Processes to use.
    executor
        Where to run: local or ray.
    address
        Address of a running Ray cluster.
    dry_run
        Only say what would be read.
    """
    options = Options(workers=workers, executor=executor, address=address)
    return turn_wheel(sources, options, common, dry_run=dry_run)


def sync(
    *sources: Path,
    workers: Annotated[
        int | None, Parameter(help="Processes; by default as many as pay off.")
    ] = None,
    dry_run: bool = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Read and keep what is new, without building anything from it.

    Parameters
    ----------
    sources
        Files, folders or git repositories to read; by default this machine's sessions.
    workers
        Processes to use.
    dry_run
        Only say what would be read.
    """
    options = Options(workers=workers)
    return turn_wheel(sources, options, common, dry_run=dry_run, only_read=True)
