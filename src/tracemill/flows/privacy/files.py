"""Anyone's files, redacted: to standard output, or to another place."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tracemill.base.errors import DataError, UsageError
from tracemill.base.named_files import read_bytes, require_there
from tracemill.flows.destinations import require_writable
from tracemill.flows.privacy.documents import RedactedFile, redacted_file
from tracemill.flows.results import Failure
from tracemill.records.refs import Record
from tracemill.redact import Redactor


class RedactedText(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One file that was redacted."""

    path: str
    """Where it stands."""
    form: str
    """What its content was taken for: `json`, `json lines` or `text`."""
    found: dict[str, int]
    """What was found, by rule."""
    to: str | None = None
    """The file that was written."""
    text: str | None = None
    """The redacted text, where none was written."""


class RedactedTexts(Record, frozen=True, kw_only=True, omit_defaults=False):
    """All files that were redacted."""

    files: tuple[RedactedText, ...]
    """Those that were."""
    failures: tuple[Failure, ...]
    """Those that were not, of which nothing came out."""


def redact_files(paths: Sequence[Path], to: Path | None, redactor: Redactor) -> RedactedTexts:
    """Redact files; write each below `to` under its name, or return their texts.

    Raises:
        NotFoundError: there is no such file.
        UsageError: one cannot be read, or `to` not be written to; two of them have one name, or
            something of that name is there already.
    """
    for path in paths:
        require_there(path, "file to redact")
        if not path.is_file():
            raise UsageError(f"{str(path)!r} is no file; expected files to redact")
    targets = [None if to is None else to / path.name for path in paths]
    if to is not None:
        require_writable(to)
    _check_targets([target for target in targets if target is not None])
    done = [
        _redacted(str(path), read_bytes(path, "file to redact"), target, redactor)
        for path, target in zip(paths, targets, strict=True)
    ]
    return _gathered(done)


def redact_bytes(name: str, data: bytes, redactor: Redactor) -> RedactedTexts:
    """Redact bytes that stand in no file."""
    return _gathered([_redacted(name, data, None, redactor)])


def _gathered(done: Sequence[RedactedText | Failure]) -> RedactedTexts:
    return RedactedTexts(
        files=tuple(one for one in done if isinstance(one, RedactedText)),
        failures=tuple(one for one in done if isinstance(one, Failure)),
    )


def _redacted(
    name: str, data: bytes, target: Path | None, redactor: Redactor
) -> RedactedText | Failure:
    try:
        redacted = redacted_file(data, redactor)
    except DataError as error:
        return Failure(uri=name, reason="not_redacted", detail=str(error))
    return _kept(name, target, redacted)


def _check_targets(targets: Sequence[Path]) -> None:
    for number, target in enumerate(targets):
        if target.exists() or target in targets[:number]:
            raise UsageError(
                f"{str(target)!r} would be written over; name another folder with --to"
            )


def _kept(name: str, target: Path | None, redacted: RedactedFile) -> RedactedText:
    if target is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(redacted.data)
    return RedactedText(
        path=name,
        form=redacted.form,
        found=redacted.found,
        to=None if target is None else str(target),
        text=redacted.data.decode() if target is None else None,
    )
