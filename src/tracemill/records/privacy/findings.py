"""Sensitive places: where redaction found something, and never the text itself."""

from __future__ import annotations

from typing import Final, Literal

from tracemill.records.refs import Count, Record

UNSCANNED: Final = "[SECRET:unscanned-text:"
"""How the token begins that stands for a text on which redaction failed."""


class Finding(Record, frozen=True, kw_only=True):
    """Where something sensitive stood, and what stands there now."""

    rule: str
    """The rule that found it, for example `github-pat`."""
    kind: Literal["secret", "pii"]
    """Whether it gives access or points at a person."""
    start: Count
    """Offset of its first character in the redacted text."""
    end: Count
    """Offset just behind its last character in the redacted text."""
    where: str = ""
    """The field that holds it, as a path such as `calls[0].arguments.command`."""
    record_id: str = ""
    """The trajectory or event that holds it."""
    step: Count | None = None
    """Index of the step that holds it."""
    input_id: str = ""
    """The input it was read from."""
