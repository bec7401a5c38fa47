"""The examples that recipes of training name, each dataset or file read once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec

from tracemill.base.errors import NotFoundError
from tracemill.base.ids import digest
from tracemill.base.named_files import missing
from tracemill.export.trainers.dataset_format import Part
from tracemill.flows.datasets.versions import find_version
from tracemill.flows.models import made_data
from tracemill.records.models.training import Stage
from tracemill.store.workspace import Workspace
from tracemill.train.lessons import Lesson, choose, read_lesson

_TAUGHT: Final = frozenset({"trl-chat", "trl-preference", "trl-unpaired"})
"""Formats of files that stages learn from; prompts alone and marked steps teach nothing here."""


class Pools:
    """The lessons of each dataset, read once."""

    def __init__(self, workspace: Workspace, versions: Mapping[str, str]) -> None:
        self._workspace = workspace
        self._versions = versions
        self._held: dict[str, list[Lesson]] = {}
        self.names: set[str] = set()

    def lessons(self, stage: Stage, seed: int) -> list[Lesson]:
        """Return what the slices of a stage name; what several name stands there as often.

        Raises:
            NotFoundError: there is no such dataset.
        """
        return [each for part in stage.data for each in choose(self.of(part.dataset), part, seed)]

    def of(self, dataset: str) -> list[Lesson]:
        """Return the lessons of a dataset, a version or a file.

        Raises:
            NotFoundError: there is no such thing.
        """
        if dataset not in self._held:
            self._held[dataset] = list(self._read(dataset))
        return self._held[dataset]

    def _read(self, dataset: str) -> Iterator[Lesson]:
        path = Path(dataset).expanduser()
        if path.suffix == ".jsonl":
            if not path.is_file():
                raise missing(path, "rows to learn from")
            self.names.add(digest(path.read_bytes()))
            yield from _lessons(path, "file")
            return
        named = self._versions.get(dataset, dataset)
        try:
            folder, found = find_version(self._workspace, named)
        except NotFoundError as error:
            if named != made_data.NAME:
                raise
            raise NotFoundError(
                f"no dataset {named!r} in {str(self._workspace.root)!r}: these are made-up tasks, "
                "which `tracemill loop --demo` makes in a workspace of its own; run that, or name "
                "datasets of yours in a recipe (docs/training.md)"
            ) from error
        self.names.add(found.id)
        for file in found.files:
            part = Part.of_file(file.path)
            is_rows = file.path.endswith(".jsonl") and file.format in _TAUGHT
            if is_rows and part and part.split == "train":
                builder = "session" if part.kind == "chat" else part.kind
                yield from _lessons(folder / file.path, builder)


def _lessons(path: Path, builder: str) -> Iterator[Lesson]:
    with path.open("rb") as lines:
        for line in lines:
            yield read_lesson(msgspec.json.decode(line), builder)
