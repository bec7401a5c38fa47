"""The archive of retired versions: put aside, and deleted when they have expired.

An archive is a folder with one file for each version and a list of them, `archive.json`. Nothing
that the list does not name is touched, so the folder may be one of a repository.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Final

import msgspec

from tracemill.base.errors import DataError
from tracemill.flows.analysis.process import Known, TextCounts, read_known
from tracemill.flows.written_reports import REPORTS, write_texts
from tracemill.prompts.standing import SUCCESS, standings
from tracemill.records.refs import Record
from tracemill.store.workspace import Workspace

_LIST: Final = "archive.json"
_FOLDER: Final = "deprecated"


class ArchivedVersion(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A version that is done with."""

    name: str
    """Its name."""
    file: str
    """Its file in the archive."""
    path: str
    """The file that it was a version of."""
    because: str
    """Why it is done with."""
    kept_until: datetime
    """Until when it is kept: three months after its last use."""


class PromptArchive(Record, frozen=True, kw_only=True, omit_defaults=False):
    """An archive as it stands."""

    folder: str
    """Where it is."""
    kept: tuple[ArchivedVersion, ...]
    """Versions in it."""
    dropped: tuple[str, ...]
    """Names of versions that were taken out, three months after their last use."""


def archive_prompts(workspace: Workspace, today: datetime, to: Path | None) -> PromptArchive:
    """Bring an archive up to date, and return what is in it.

    Args:
        workspace: where the archive lies without `to`.
        today: the moment at which it is asked.
        to: a folder elsewhere.

    Raises:
        PolicyError: the gate of exports refuses it; nothing is written.
        DataError: the folder's list is not one of an archive.
    """
    folder = workspace.root / REPORTS / _FOLDER if to is None else to
    before = _listed(folder)
    kept: dict[str, ArchivedVersion] = {}
    texts: dict[str, str] = {}
    for entry, text in _retired(read_known(workspace), today):
        kept[entry.file], texts[entry.file] = entry, text
    gone = [each for each in before if each.file not in kept]
    if kept or before:
        listed = msgspec.json.format(msgspec.json.encode(list(kept.values())), indent=2).decode()
        prefix = f"{_FOLDER}/" if to is None else ""
        files = {f"{prefix}{name}": text for name, text in {**texts, _LIST: listed}.items()}
        write_texts(workspace, _FOLDER, files, to)
    for each in gone:
        (folder / PurePosixPath(each.file).name).unlink(missing_ok=True)
    return PromptArchive(
        folder=str(folder),
        kept=tuple(kept.values()),
        dropped=tuple(each.name for each in gone),
    )


def _listed(folder: Path) -> list[ArchivedVersion]:
    path = folder / _LIST
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[ArchivedVersion])
    except FileNotFoundError:
        return []
    except msgspec.DecodeError as error:
        raise DataError(f"{str(path)!r}: expected the list of an archive, found: {error}") from None


def _retired(known: Known, today: datetime) -> list[tuple[ArchivedVersion, str]]:
    """Return versions that are retired, with what each says."""
    counts = TextCounts(known, SUCCESS)
    found = []
    for kept in known.texts:
        names = {known.in_force.label(kept.told, v.name): v.name for v in kept.told.versions}
        told = {names[each.version]: each for each in counts.of(kept.told).told(list(names))}
        for place, judged in enumerate(standings(kept.told.versions, told, today)):
            version, text = kept.told.versions[place], kept.texts[place]
            if judged.standing == "retired" and judged.kept_until is not None and text is not None:
                ending = PurePosixPath(kept.told.path).suffix
                label = known.in_force.label(kept.told, version.name).replace(" of ", "-")
                entry = ArchivedVersion(
                    name=version.name, file=f"{label}{ending}", path=kept.told.path,
                    because=judged.because, kept_until=judged.kept_until,
                )  # fmt: skip
                found.append((entry, text))
    return found
