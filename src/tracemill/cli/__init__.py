"""The command line: parses, calls one flow, prints what it returns.

stdout is the answer; progress, hints and warnings go to stderr. With `--json` the answer is
exactly one document. Exit codes: 0 done, 1 a check said no, 2 usage or config, 3 nothing
matched, 4 partly done, 5 refused by a privacy or approval rule, 6 store locked or damaged,
130 interrupted.
"""

from tracemill.cli.app import main

__all__ = ["main"]
