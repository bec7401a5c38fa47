"""Histories of prompts out of the documents that are held, with the text of each version.

One text is one path of one repository. A commit that left the file as it was makes no version, and
neither does the same commit read twice, from two clones of one history.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain, pairwise
from typing import Final, NamedTuple

import msgspec

from tracemill.base.ids import make_id
from tracemill.prompts.line_changes import difference
from tracemill.prompts.lineage import Lineage
from tracemill.prompts.naming import FIRST, Number, declared, raised, role_of, text_kind
from tracemill.records.events.documents import DocumentVersion
from tracemill.records.process.prompt_versions import PromptHistory, PromptVersion, TextChange

KINDS: Final = frozenset({"prompt", "instructions", "recipe"})
"""Kinds of documents that agents are given."""

_LEAST_KEPT: Final = 0.5
_CHARS_PER_TOKEN: Final = 4
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


class KeptHistory(NamedTuple):
    """A text with its versions, and what each of them says."""

    told: PromptHistory
    """What is told of it."""
    texts: tuple[str | None, ...]
    """What each version says, in the order of the versions; None where the file is gone."""


def histories(documents: Iterable[DocumentVersion], lineage: Lineage) -> list[KeptHistory]:
    """Return the texts that agents are given, by repository and path.

    Args:
        documents: documents of any kind, in any order.
        lineage: the commits that are held.
    """
    files: defaultdict[tuple[str, str], dict[str, DocumentVersion]] = defaultdict(dict)
    for document in documents:
        if document.document in KINDS:
            place = document.origin.uri.partition("#")[0], document.path
            files[place].setdefault(document.commit or document.id, document)
    found = (
        _history(repository, path, _ordered(files[repository, path].values(), lineage), lineage)
        for repository, path in sorted(files)
    )
    return [each for each in found if each is not None]


def _ordered(versions: Iterable[DocumentVersion], lineage: Lineage) -> list[DocumentVersion]:
    """Return versions in the order of their commits, those that changed nothing left out."""
    held = sorted(
        versions, key=lambda each: (each.at or _NEVER, lineage.depth(each.commit), each.id)
    )
    pairs = pairwise(chain([None], held))
    return [new for old, new in pairs if new and not _is_same(old, new)]


def _is_same(old: DocumentVersion | None, new: DocumentVersion) -> bool:
    if old is None:
        return new.change == "deleted"
    return old.object_id == new.object_id and old.change != "deleted"


def _history(
    repository: str, path: str, documents: Sequence[DocumentVersion], lineage: Lineage
) -> KeptHistory | None:
    if not documents:
        return None
    reading = _Reading(path, lineage)
    versions = [reading.take(document) for document in documents]
    told = PromptHistory(
        id=make_id("prompt", repository, path),
        role=reading.role,
        kind=text_kind(documents[-1].document, path),
        path=path,
        repository=repository,
        is_gone=versions[-1].change == "deleted",
        versions=tuple(_with_ends(versions)),
    )
    return KeptHistory(told, tuple(map(text_of, documents)))


class _Reading:
    """What is known of a text while its versions are read in their order."""

    def __init__(self, path: str, lineage: Lineage) -> None:
        self.role = role_of(path)
        self._path = path
        self._lineage = lineage
        self._number: Number | None = None
        self._text: str | None = None
        self._names: dict[str, str] = {}
        """Names of the versions so far, by the hashes of their contents."""

    def take(self, document: DocumentVersion) -> PromptVersion:
        """Return the version that a document is."""
        text = text_of(document)
        told = difference(self._text or "", text or "", self._path)
        change = self._change(text, told.kept)
        said = declared(text) if text is not None else None
        number = self._next(said, change)
        content = document.object_id or document.id
        restores = self._names.get(content) if text is not None else None
        name = number.of(self.role)
        self._number, self._text = number, text
        self._names.setdefault(content, name)
        return PromptVersion(
            name=name, is_declared=said == number, change="restored" if restores else change,
            restores=restores, commit=document.commit,
            because=self._lineage.subject(document.commit), since=document.at, until=None,
            n_tokens=None if text is None else -(-len(text) // _CHARS_PER_TOKEN),
            n_added=told.n_added, n_removed=told.n_removed, lines=told.lines,
            event_id=document.id,
        )  # fmt: skip

    def _change(self, text: str | None, kept: float) -> TextChange:
        if text is None:
            return "deleted"
        if self._text is None:
            return "added"
        return "edited" if kept >= _LEAST_KEPT else "rewritten"

    def _next(self, said: Number | None, change: TextChange) -> Number:
        """Return the number that the text gives where it is a higher one, or the next."""
        before = self._number
        if said is not None and (before is None or said > before):
            return said
        if before is None:
            return FIRST
        is_rewrite = change in {"added", "rewritten"}
        return before if change == "deleted" else raised(before, is_rewrite=is_rewrite)


def text_of(document: DocumentVersion) -> str | None:
    """Return what a version says; None where its file is gone."""
    if document.change == "deleted":
        return None
    return "".join(section.text for section in document.sections or ())


def _with_ends(versions: Sequence[PromptVersion]) -> Iterator[PromptVersion]:
    for old, new in pairwise((*versions, None)):
        assert old is not None
        yield msgspec.structs.replace(old, until=new.since) if new else old
