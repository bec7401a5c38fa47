"""What redaction finds in files, by kind, rule and place; never what it is.

What was redacted with the rules in use holds nothing that they would find, so whatever is found in
an export or a workspace has no business there: it was put in since, or newer rules know it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, Literal, NamedTuple

from tracemill.base.errors import DataError
from tracemill.flows.guarding import Refused, guarded
from tracemill.flows.privacy.documents import Document, decoded
from tracemill.flows.privacy.pieces import Piece, pieces, pieces_of_text
from tracemill.flows.results import Failure
from tracemill.records.refs import Record
from tracemill.redact import Redactor, Seen, rules_version

Kind = Literal["secret", "pii"]
_AT_ONCE: Final = 64
_LEFT_ALONE: Final = frozenset({".git", ".hg", ".svn", "node_modules", ".venv"})
_OF_DATABASES: Final = ("-wal", "-shm")
"""What lies beside a database, and is read through it."""


class ScanPlace(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Where something was found."""

    path: str
    """The file."""
    place: str
    """The line or row in it."""
    where: str
    """The field there that holds it; empty in plain text."""
    rule: str
    """The rule that found it."""
    kind: Kind
    """Whether it gives access or points at a person."""
    n: int
    """How often it was found there."""


class ScanResult(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What a scan found."""

    rules_version: str
    """The rules that looked."""
    n_files: int
    """Files that were looked at."""
    n_bytes: int
    """Their size."""
    kinds: dict[str, int]
    """What was found, by kind."""
    rules: dict[str, int]
    """The same, by rule."""
    places: tuple[ScanPlace, ...]
    """The same, by place."""
    failures: tuple[Failure, ...]
    """Files, lines and rows that could not be looked at: nothing is known of them."""


class Target(NamedTuple):
    """What is to be looked at."""

    path: Path
    """A file or folder."""
    without: Path | None = None
    """What is left out of it."""


def files_of(target: Target) -> Iterator[Path]:
    """Yield the files of a target, in order; links are not followed."""
    if not target.path.is_dir():
        yield target.path
        return
    for path in sorted(target.path.iterdir()):
        if path.is_symlink() or path == target.without or _is_left_alone(path):
            continue
        if path.is_dir():
            yield from files_of(Target(path, target.without))
        elif path.is_file():
            yield path


def _is_left_alone(path: Path) -> bool:
    if path.name in _LEFT_ALONE:
        return True
    ending = path.name[-4:]
    return ending in _OF_DATABASES and path.with_name(path.name[:-4]).exists()


class Scan:
    """Looks at files, and counts what is found."""

    def __init__(self, redactor: Redactor, kind: Kind | None = None) -> None:
        self._redactor = redactor
        self._kind = kind
        self._places: Counter[tuple[str, str, str, str, Kind]] = Counter()
        self._failures: list[Failure] = []
        self._n_files = 0
        self._n_bytes = 0

    def look(self, paths: Iterable[Path]) -> None:
        """Look at every piece of some files."""
        for path in paths:
            name = self._begun(path)
            try:
                self._n_bytes += path.stat().st_size
                self._look_at_all(name, pieces(path))
            except DataError as error:
                self._fail(name, "not_looked_at", str(error))
            except OSError as error:
                self._fail(name, "not_readable", error.strerror or "unknown")

    def look_at_lines(
        self, path: Path, lines: Iterable[tuple[int, object]]
    ) -> Iterator[tuple[int, object]]:
        """Look at the lines of a file, each its number and what its JSON says, and pass them on.

        Whoever reads all of a file anyway spares another reading of it.
        """
        name = self._begun(path)
        self._n_bytes += path.stat().st_size
        batch: list[Piece] = []
        for number, value in lines:
            batch.append(Piece(f"line {number}", Document(value=value)))
            if len(batch) == _AT_ONCE:
                self._look_at(name, batch)
                batch = []
            yield number, value
        self._look_at(name, batch)

    def _begun(self, path: Path) -> str:
        """Return a file's path as it may be said, and count it and what is found in its name."""
        self._n_files += 1
        shown, rules = shown_path(path, self._redactor)
        if self._kind != "pii":
            self._places.update((shown, "file name", "", rule, "secret") for rule in rules)
        return shown

    def look_at_data(self, name: str, data: bytes) -> None:
        """Look at text that is to be written under a name."""
        self._n_files += 1
        self._n_bytes += len(data)
        try:
            self._look_at_all(name, pieces_of_text(decoded(data)))
        except DataError as error:
            self._fail(name, "not_looked_at", str(error))

    def _look_at_all(self, name: str, found: Iterator[Piece]) -> None:
        batch: list[Piece] = []
        try:
            for piece in found:
                batch.append(piece)
                if len(batch) == _AT_ONCE:
                    self._look_at(name, batch)
                    batch = []
        finally:  # what stands before something that cannot be read is looked at all the same
            self._look_at(name, batch)

    def _fail(self, uri: str, reason: str, detail: str) -> None:
        self._failures.append(Failure(uri=uri, reason=reason, detail=detail))

    def _look_at(self, path: str, batch: list[Piece]) -> None:
        seen = guarded(lambda: self._redactor.look([piece.document for piece in batch]))
        if not isinstance(seen, Refused):
            for one in seen:
                self._note(path, batch[one.record], one)
        elif len(batch) == 1:
            self._fail(f"{path}, {batch[0].place}".removesuffix(", "), seen.reason, seen.detail)
        else:
            for piece in batch:
                self._look_at(path, [piece])

    def _note(self, path: str, piece: Piece, seen: Seen) -> None:
        where = field_of(seen)
        for found in seen.located.found:
            if self._kind in {None, found.rule.kind}:
                place = piece.place or (line_of(seen.text, found.start) if not where else "")
                self._places[path, place, where, found.rule.id, found.rule.kind] += 1

    def result(self) -> ScanResult:
        """Return what was found."""
        kinds: Counter[str] = Counter()
        rules: Counter[str] = Counter()
        for (_, _, _, rule, kind), n in self._places.items():
            kinds[kind] += n
            rules[rule] += n
        return ScanResult(
            rules_version=rules_version(),
            n_files=self._n_files,
            n_bytes=self._n_bytes,
            kinds=dict(sorted(kinds.items())),
            rules=dict(sorted(rules.items(), key=lambda item: (-item[1], item[0]))),
            places=tuple(
                ScanPlace(path=path, place=place, where=where, rule=rule, kind=kind, n=n)
                for (path, place, where, rule, kind), n in self._places.items()
            ),
            failures=tuple(self._failures),
        )


class ShownPath(NamedTuple):
    """A path without the secrets in it."""

    shown: str
    rules: list[str]
    """What found them."""


def shown_path(path: Path, redactor: Redactor) -> ShownPath:
    """Return a path as it may be said: it is whoever asks's own, but names may hold secrets."""
    shown, rules = [], []
    for name, located in zip(path.parts, redactor.locate(path.parts), strict=True):
        secrets = [found.rule.id for found in located.found if found.rule.kind == "secret"]
        shown.append(located.text if secrets else name)
        rules += secrets
    return ShownPath(str(Path(*shown)), rules)


def field_of(seen: Seen) -> str:
    """Return the field of a document in which something was found; empty for a plain text."""
    return seen.where.removeprefix("value").removeprefix(".")


def line_of(text: str, at: int) -> str:
    """Return the line of a text in which a place is."""
    number = text.count("\n", 0, at) + 1
    return f"line {number}"
