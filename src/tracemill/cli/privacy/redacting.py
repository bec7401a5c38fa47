"""`tracemill privacy redact`: redact files or a stream."""

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from tracemill.base.errors import UsageError
from tracemill.base.text import printable
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_PARTLY
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, hint, write
from tracemill.flows.ingest.redactors import OwnRedactor, own_redactor
from tracemill.flows.privacy.files import RedactedText, RedactedTexts, redact_bytes, redact_files
from tracemill.flows.privacy.rows import RowFilter
from tracemill.redact import Redactor

_BLOCK_BYTES = 2**20


def redact_privacy(
    *files: Path,
    jsonl: bool = False,
    to: Path | None = None,
    engine: str | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Redact files, or what comes in; nothing is kept. JSON keeps its shape.

    With --jsonl each line {"id", "text"} of the input is answered at once with {"id", "text",
    "spans"}, whose spans [start, end, kind] count the code points of the text that came in. What
    cannot be read or redacted is answered with an error, and the exit code is 4.

    Stand-ins are those of the workspace, where there is one; otherwise their key is forgotten.

    Parameters
    ----------
    files
        Files to redact; by default what comes in.
    jsonl
        Answer lines of JSON, for scripts.
    to
        Write each file below this folder, and do not print it.
    engine
        hyperscan or re2; both find the same.
    """
    own = own_redactor(common.open(), engine)
    if jsonl:
        return _answer_lines(files, own.redactor)
    if files:
        return _say(redact_files(files, to, own.redactor), own, common)
    if to is not None:
        raise UsageError("--to names where files go; what comes in goes to stdout")
    return _say(redact_bytes("stdin", sys.stdin.buffer.read(), own.redactor), own, common)


def _answer_lines(files: tuple[Path, ...], redactor: Redactor) -> int:
    if files:
        raise UsageError(
            "--jsonl reads what comes in; run: tracemill privacy redact --jsonl < FILE"
        )
    rows = RowFilter(redactor, _write_through)
    rows.run(_blocks())
    return EXIT_PARTLY if rows.n_refused else EXIT_DONE


def _blocks() -> Iterator[bytes]:
    """Yield what comes in as it comes, without waiting for more."""
    stream = cast("io.BufferedReader", sys.stdin.buffer)
    while block := stream.read1(_BLOCK_BYTES):
        yield block


def _write_through(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _say(result: RedactedTexts, own: OwnRedactor, common: Common) -> int:
    if not answer("redact", result, common):
        for redacted in result.files:
            _show(redacted, common)
    for failure in result.failures:
        hint(f"not redacted: {failure.uri}: {failure.detail}", common)
    if not own.is_kept:
        hint("no workspace: the key of these stand-ins is forgotten now", common)
    return EXIT_PARTLY if result.failures else EXIT_DONE


def _show(redacted: RedactedText, common: Common) -> None:
    found = ", ".join(f"{rule} {n:,}" for rule, n in redacted.found.items()) or "nothing found"
    hint(f"{redacted.path}: {found}", common)
    if redacted.text is not None:
        shown = printable(redacted.text) if sys.stdout.isatty() else redacted.text
        sys.stdout.write(shown)
    else:
        write(f"{redacted.to}")
