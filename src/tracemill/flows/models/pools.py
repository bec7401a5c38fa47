"""The examples that recipes of training name; each dataset or file is read once for each split."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec

from tracemill.base.errors import NotFoundError
from tracemill.base.ids import digest
from tracemill.base.named_files import expanded, missing
from tracemill.export.trainers.dataset_format import Part
from tracemill.flows.datasets.versions import find_version
from tracemill.flows.models import made_data
from tracemill.records.datasets.examples import Split
from tracemill.records.datasets.versions import DatasetVersion
from tracemill.records.models.training import Stage
from tracemill.store.workspace import Workspace
from tracemill.train.lessons import Lesson, choose, read_lesson

_TAUGHT: Final = frozenset({"trl-chat", "trl-preference", "trl-unpaired"})
"""Formats of files that stages learn from; prompts alone and marked steps teach nothing here."""


class Pools:
    """The lessons of each dataset, read once for each split."""

    def __init__(self, workspace: Workspace, versions: Mapping[str, str]) -> None:
        self._workspace = workspace
        self._versions = versions
        self._read: dict[tuple[str, Split], list[Lesson]] = {}
        self.names: set[str] = set()
        """Ids of the dataset versions and hashes of the files that were read."""

    def lessons(self, stage: Stage, seed: int) -> list[Lesson]:
        """Return the examples to train on that the slices of a stage name.

        An example that several slices name is returned for each of them.

        Raises:
            NotFoundError: there is no such dataset.
        """
        return self._chosen(stage, seed, "train")

    def held_out(self, stage: Stage, seed: int) -> list[Lesson]:
        """Return the examples for validation that the slices of a stage name.

        A file of rows tells no split and gives none; an example that any slice trains on is not
        held out, whatever another dataset says of it.

        Raises:
            NotFoundError: there is no such dataset.
        """
        learned = {lesson.id for lesson in self.lessons(stage, seed)}
        chosen = self._chosen(stage, seed, "validation")
        return [lesson for lesson in chosen if lesson.id not in learned]

    def _chosen(self, stage: Stage, seed: int, split: Split) -> list[Lesson]:
        return [
            lesson
            for part in stage.data
            for lesson in choose(self.of(part.dataset, split), part, seed)
        ]

    def of(self, dataset: str, split: Split = "train") -> list[Lesson]:
        """Return the lessons of one split of a dataset or of a version of it, or those of a file.

        Raises:
            NotFoundError: there is no such dataset, version or file.
        """
        if (dataset, split) not in self._read:
            self._read[dataset, split] = list(self._read_lessons(dataset, split))
        return self._read[dataset, split]

    def _read_lessons(self, dataset: str, split: Split) -> Iterator[Lesson]:
        path = expanded(dataset)
        if path.suffix == ".jsonl":
            if not path.is_file():
                raise missing(path, "rows to learn from")
            if split == "train":
                self.names.add(digest(path.read_bytes()))
                yield from _lessons(path, "file")
            return
        folder, found = self._find(dataset)
        self.names.add(found.id)
        for file in found.files:
            part = Part.of_file(file.path)
            is_rows = file.path.endswith(".jsonl") and file.format in _TAUGHT
            if is_rows and part and part.split == split:
                builder = "session" if part.kind == "chat" else part.kind
                yield from _lessons(folder / file.path, builder)

    def _find(self, dataset: str) -> tuple[Path, DatasetVersion]:
        named = self._versions.get(dataset, dataset)
        try:
            return find_version(self._workspace, named)
        except NotFoundError as error:
            if named != made_data.NAME:
                raise
            raise NotFoundError(
                f"no dataset {named!r} in {str(self._workspace.root)!r}: these are made-up tasks, "
                "which `tracemill loop --demo` makes in a workspace of its own; run that, or name "
                "datasets of yours in a recipe (docs/training.md)"
            ) from error


def _lessons(path: Path, builder: str) -> Iterator[Lesson]:
    """Yield the lessons of a file of rows, under the name of what built them."""
    with path.open("rb") as lines:
        for line in lines:
            yield read_lesson(msgspec.json.decode(line), builder)
