"""Files of text that a person names, such as a recipe or a plan."""

from __future__ import annotations

from pathlib import Path

from tracemill.base.errors import UsageError


def read_named(file: Path, what: str) -> str:
    """Return the text of a file; `what` it should hold stands in the error, for example `recipe`.

    Raises:
        UsageError: it cannot be read, or is no text in UTF-8.
    """
    try:
        return file.read_text("utf-8")
    except OSError as error:
        raise UsageError(f"cannot read the {what} {str(file)!r}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"the {what} {str(file)!r} is no text in UTF-8") from error
