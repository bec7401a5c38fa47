"""`tracemill watch`: sessions are read shortly after they change."""

import os
import sys
from pathlib import Path

from tracemill.base.clock import now
from tracemill.base.text import counted, sized
from tracemill.cli.shared.exits import EXIT_DONE
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import hint, write, write_lines
from tracemill.cli.shared.unread import hint_unread
from tracemill.flows.results import RunResult
from tracemill.flows.wheel.watching import Rhythm
from tracemill.flows.wheel.watching import watch as watch_places


def watch(
    *sources: Path,
    every: float = 5.0,
    still: float = 3.0,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Read sessions shortly after they change, until you press Ctrl-C. Builds nothing.

    With --json, each reading is a line of its own.

    Parameters
    ----------
    sources
        Files, folders or git repositories to watch; by default this machine's sessions.
    every
        Seconds between two looks.
    still
        Seconds for which a session must have stood still before it is read.
    """
    rhythm = Rhythm(every_s=every, quiet_s=still)
    workspace = common.open()
    readings = watch_places(workspace, sources, dict(os.environ), lambda _: None, rhythm)
    hint("watching; press Ctrl-C to stop", common)
    for result in readings:
        if common.json:
            write_lines([result])
        else:
            _show(result, common)
        sys.stdout.flush()
    return EXIT_DONE


def _show(result: RunResult, common: Common) -> None:
    read = counted(result.inputs.get("read", 0), "input")
    n_bytes = sum(stage.n_bytes for stage in result.stages.values())
    write(f"{now():%H:%M:%S}  read {read}, {sized(n_bytes)}")
    hint_unread(result, common)
