"""`tracemill doctor`: whether this machine is ready, and what would be lost soon."""

import os

from tracemill.cli.shared.exits import EXIT_DONE, EXIT_NO
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, write
from tracemill.flows.machine.doctor import examine


def doctor(*, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Check this machine: sessions, git, disk, key, scanner. Read-only."""
    result = examine(common.open(), dict(os.environ))
    if not answer("doctor", result, common):
        for check in result.checks:
            write(f"{check.status:<5} {check.name:<14} {check.detail}")
    return EXIT_NO if any(check.status == "fail" for check in result.checks) else EXIT_DONE
