"""The command line: parses, calls one flow, prints what it returns.

stdout is the answer; progress, hints and warnings go to stderr. With `--json` the answer is
exactly one document. Exit codes: 0 done, 1 a check said no, 2 usage or config, 3 nothing
matched, 4 partly done, 5 refused by a privacy or approval rule, 6 store locked or damaged,
130 interrupted.

Commands stand in a package for each group that `tracemill --help` shows; `shared` is what several
groups have in common. To add a command: its function `VERB_NOUN` in a module of its group, its
words in `commands`, its module in `modules`.
"""

import gc
import os
import sys
from collections.abc import Sequence
from typing import Final

__all__ = ["main"]

_BETWEEN_COLLECTIONS: Final = 500_000
"""New objects before the collector looks for cycles: hardly any are made, and records hold none."""

_ENVIRONMENT: Final = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL",
    "OPENBLAS_NUM_THREADS": "1",
}
"""Arrow's own pool keeps 40 MB of what it once held; NumPy, which Arrow imports where it is there,
starts threads that spin and have nothing to do, and sorts with instructions of AVX-512 that some
processors (AMD's Zen 4) take five times as long for as for those before. All look before anything
else of them runs."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command that the arguments name, and exit with its code."""
    from tracemill.cli.at_once import call_at_once
    from tracemill.cli.standard_streams import end_process, end_streams, take_streams

    take_streams()
    gc.set_threshold(_BETWEEN_COLLECTIONS)
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    given = sys.argv[1:] if arguments is None else arguments
    code = call_at_once(given)
    is_plain = code is not None
    if code is None:
        from tracemill.cli.app import call

        code = call(given)
    code = end_streams(code)
    if is_plain and arguments is None:  # whoever names arguments may want to go on
        end_process(code)
    gc.freeze()  # or the interpreter looks at every object once more before it ends
    sys.exit(code)
