"""Original bytes, back out of the archive: every input as it last stood, identical.

A file comes back under the path where it stood, below the folder that was named; a folder's
files come back one by one. A repository was archived as the stream that its source reads,
not as a repository, so it comes back as that stream and is named so. Files hold unredacted
text: they are closed to other users.
"""

from __future__ import annotations

import os
import tarfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Final, NamedTuple

from tracemill.base.errors import (
    NotFoundError,
    StoreError,
    UnknownNameError,
)
from tracemill.base.streams import Blocks
from tracemill.flows.destinations import make_folder, new_folder, require_elsewhere
from tracemill.flows.held.lookup import canonical_input, find_row
from tracemill.flows.ingest.results import Progress, Report
from tracemill.flows.results import Failure, RestoredInput, RestoreResult, SessionRow
from tracemill.sources import load_source
from tracemill.store.vault import Archive, Archived, Chunk, Vault
from tracemill.store.workspace import Workspace

_BLOCK_BYTES: Final = 2**20


class _Original(NamedTuple):
    """One input as it last stood."""

    state: Archived
    chunks: tuple[Chunk, ...]
    """Its bytes; those of its original where it is a copy."""
    kind: str
    """`file`, `folder`, or `stream`."""

    @property
    def path(self) -> Path:
        """Where it goes, below the folder to restore to."""
        address = self.state.path
        if self.kind == "stream":
            address = f"{address.removesuffix(f'#{self.state.source}')}.{self.state.source}-stream"
        path = Path(os.path.normpath(address))
        return path.relative_to(path.anchor)


def restore_originals(
    workspace: Workspace,
    names: Sequence[str],
    folder: Path,
    report: Report,
    *,
    is_forced: bool = False,
    dry_run: bool = False,
) -> RestoreResult:
    """Write the original bytes of inputs below `folder`: of those named, or of all.

    Raises:
        NotFoundError: the archive holds nothing, or nothing that answers to a name.
        UsageError: the folder holds something, and nobody forced it.
        PolicyError: the folder is in the workspace.
    """
    originals = _originals(Vault(workspace.vault).archive.states())
    if not originals:
        raise NotFoundError(f"nothing is archived in {str(workspace.root)!r}; run: tracemill sync")
    wanted = _wanted(workspace, originals, names)
    _check_folder(workspace, folder, is_forced=is_forced)
    restored, failures = [_restored(original) for original in wanted], list[Failure]()
    if not dry_run:
        make_folder(folder, 0o700)  # closes all below it
        restored, failures = _write_all(Vault(workspace.vault).archive, wanted, folder, report)
    return RestoreResult(
        folder=str(folder),
        inputs=tuple(restored),
        n_bytes=sum(one.n_bytes for one in restored),
        failures=tuple(failures),
    )


class OriginalFile(NamedTuple):
    """A file as it last stood, out of the archive: for the eyes of whoever asks, never kept."""

    path: Path
    """Where it stood."""
    data: bytes
    """Its bytes."""


def read_originals(workspace: Workspace, name: str) -> Iterator[OriginalFile]:
    """Yield the files of the inputs that a session, an input or a path means, one at a time.

    Raises:
        NotFoundError: nothing that is archived answers to the name.
    """
    vault = Vault(workspace.vault)
    for original in _wanted(workspace, _originals(vault.archive.states()), [name]):
        blocks = vault.archive.read(original.chunks)
        stood = Path(original.state.path)
        if original.kind == "folder":
            yield from (OriginalFile(stood / name, data) for name, data in _members(blocks))
        else:
            yield OriginalFile(stood, b"".join(blocks))


def _members(blocks: Iterator[bytes]) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(fileobj=Blocks(blocks), mode="r|") as packed:
        for entry in packed:
            opened = packed.extractfile(entry)
            if opened is not None:
                yield entry.name, opened.read()


def _originals(states: Iterable[tuple[str, Archived]]) -> list[_Original]:
    """Return every input of which bytes are archived, in its newest such state."""
    newest: dict[str, Archived] = {}
    by_content: dict[str | None, tuple[Chunk, ...]] = {}
    for _, state in states:
        if state.content is not None:
            if state.chunks:
                by_content[state.content] = state.chunks
            newest[state.path] = state
    return [
        _Original(state, by_content[state.content], _kind(state))
        for _, state in sorted(newest.items())
        if state.content in by_content
    ]


def _kind(state: Archived) -> str:
    if state.source is None:
        return "file"  # a copy of another file
    try:
        reads = load_source(state.source).reads
    except UnknownNameError:
        return "stream"
    return "stream" if reads == "repository" else reads


def _wanted(
    workspace: Workspace, originals: Sequence[_Original], names: Sequence[str]
) -> Collection[_Original]:
    if not names:
        return originals
    found = {}
    for name in names:
        matching = [original for original in originals if _answers(original, name)]
        if not matching:
            input_id = _input_of_session(workspace, name)
            matching = [original for original in originals if original.state.input_id == input_id]
        found.update({original.state.path: original for original in matching})
    return found.values()


def _answers(original: _Original, name: str) -> bool:
    state = original.state
    if name.startswith("input_"):
        return state.input_id.startswith(name)
    path = os.path.abspath(os.path.expanduser(name))  # noqa: PTH100,PTH111 - it may be long gone
    return state.path == path or state.path.startswith((f"{path}{os.sep}", f"{path}#"))


def _input_of_session(workspace: Workspace, name: str) -> str:
    try:
        return canonical_input(workspace, find_row(workspace, "session", name, SessionRow).id)
    except NotFoundError as error:
        raise NotFoundError(
            f"{error}; expected a session, the path where a file stood, or an input (input_…)"
        ) from None


def _check_folder(workspace: Workspace, folder: Path, *, is_forced: bool) -> None:
    why = ", where only the vault may hold unredacted text"
    require_elsewhere(workspace, folder, why)
    new_folder(folder, is_forced=is_forced)


def _restored(original: _Original) -> RestoredInput:
    state = original.state
    return RestoredInput(
        input_id=state.input_id,
        source=state.source,
        kind=original.kind,
        n_bytes=sum(chunk.n_bytes for chunk in original.chunks),
        content=str(state.content),
    )


def _write_all(
    archive: Archive, wanted: Collection[_Original], folder: Path, report: Report
) -> tuple[list[RestoredInput], list[Failure]]:
    total = sum(chunk.n_bytes for original in wanted for chunk in original.chunks)
    restored: list[RestoredInput] = []
    failures = []
    done = 0
    for original in wanted:
        try:
            _write(archive, original, folder)
        except StoreError as error:
            failures.append(_failure(original, "damaged", str(error)))
        except OSError as error:
            failures.append(_failure(original, "not_written", str(error.strerror)))
        else:
            restored.append(_restored(original))
            done += restored[-1].n_bytes
            report(Progress("restore", done, total))
    return restored, failures


def _failure(original: _Original, reason: str, detail: str) -> Failure:
    return Failure(uri=original.state.input_id, reason=reason, detail=detail)


def _write(archive: Archive, original: _Original, folder: Path) -> None:
    target = folder / original.path
    blocks = archive.read(original.chunks)
    if original.kind == "folder":
        _unpack(blocks, target)
    else:
        _write_file(target, blocks, _written(original.state))


def _written(state: Archived) -> int | None:
    """Return when a file was last written to, as its state says, in nanoseconds."""
    parts = state.stamp.split(":")
    return int(parts[1]) if len(parts) == 3 and parts[1].isdigit() else None  # noqa: PLR2004


def _write_file(target: Path, blocks: Iterable[bytes], written: int | None) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.writelines(blocks)
        if written is not None:
            os.utime(part, ns=(written, written))
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _unpack(blocks: Iterator[bytes], target: Path) -> None:
    with tarfile.open(fileobj=Blocks(blocks), mode="r|") as packed:
        for entry in packed:
            path = Path(os.path.normpath(target / entry.name))
            opened = packed.extractfile(entry)
            if opened is None or not path.is_relative_to(target):
                continue  # our own streams hold plain files only
            _write_file(path, _read(opened), int(entry.mtime) * 1_000_000_000)


def _read(opened: IO[bytes]) -> Iterator[bytes]:
    while block := opened.read(_BLOCK_BYTES):
        yield block
