"""The seam for trainers: tokens go in, an adapter and what really happened come out.

A trainer gets rows of tokens that were made by us, with labels, so that every trainer trains the
same ones and none has a template of its own. What it says of itself it reads back from its engine:
settings that were asked for and did not take effect are seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple, Protocol

from tracemill.base.ids import digest
from tracemill.records.models.training import Stage, StageRun, TrainingRecipe
from tracemill.train.base_models import BaseModel, hash_folder


class ImitatedRow(NamedTuple):
    """A row to imitate."""

    input_ids: list[int]
    labels: list[int]
    """The same tokens where they carry loss, else -100."""

    @property
    def ids(self) -> list[list[int]]:
        """Everything that decides what is learned."""
        return [self.input_ids, self.labels]

    def answers(self) -> Iterator[tuple[list[int], list[int]]]:
        """Yield each answer that carries loss, behind everything that stands before it."""
        start: int | None = None
        for at, label in enumerate([*self.labels, -100]):
            if label >= 0 and start is None:
                start = at
            elif label < 0 and start is not None:
                yield self.input_ids[:start], self.input_ids[start:at]
                start = None

    @property
    def n_tokens(self) -> int:
        """Tokens that pass through the model."""
        return len(self.input_ids)

    @property
    def n_trained(self) -> int:
        """Tokens that carry loss."""
        return sum(label >= 0 for label in self.labels)


class PairRow(NamedTuple):
    """Two answers to one prompt, the better one first."""

    prompt_ids: list[int]
    chosen_ids: list[int]
    rejected_ids: list[int]

    @property
    def ids(self) -> list[list[int]]:
        """Everything that decides what is learned."""
        return list(self)

    @property
    def n_tokens(self) -> int:
        """Tokens that pass through the model."""
        return 2 * len(self.prompt_ids) + self.n_trained

    @property
    def n_trained(self) -> int:
        """Tokens that carry loss."""
        return len(self.chosen_ids) + len(self.rejected_ids)


class JudgedRow(NamedTuple):
    """One answer to a prompt, and whether it was a good one."""

    prompt_ids: list[int]
    completion_ids: list[int]
    is_good: bool

    @property
    def ids(self) -> list[list[int]]:
        """Everything that decides what is learned."""
        return [self.prompt_ids, self.completion_ids, [int(self.is_good)]]

    @property
    def n_tokens(self) -> int:
        """Tokens that pass through the model."""
        return len(self.prompt_ids) + len(self.completion_ids)

    @property
    def n_trained(self) -> int:
        """Tokens that carry loss."""
        return len(self.completion_ids)


Row = ImitatedRow | PairRow | JudgedRow


class StageData(NamedTuple):
    """What one stage learns from."""

    rows: Sequence[Row]
    """The rows, in their order before shuffling."""
    example_ids: Sequence[str]
    """The examples that they come from."""
    drops: dict[str, int]
    """Examples that were left out, counted by reason."""
    held_out: Sequence[Row] = ()
    """Rows of examples that nothing is learned from, to measure the loss on meanwhile."""
    held_out_drops: Mapping[str, int] = MappingProxyType({})
    """Held-out examples that are not measured on, counted by reason."""

    @property
    def hash(self) -> str:
        """Identify the rows in their order."""
        return digest(*(",".join(map(str, ids)) for row in self.rows for ids in row.ids))


class Tokens(NamedTuple):
    """What a trainer must know of the tokenizer."""

    file: Path
    """The tokenizer, as `tokenizer.json`."""
    stop: str
    """The token that ends an answer."""


def run_of(stage: Stage, data: StageData, adapter: Path, **known: Any) -> StageRun:
    """Return what a stage really was: its rows, the adapter that came of it, and what is known."""
    return StageRun(
        name=stage.name,
        method=stage.method,
        data_hash=data.hash,
        n_examples=len(data.example_ids),
        n_tokens=sum(row.n_tokens for row in data.rows),
        n_trained_tokens=sum(row.n_trained for row in data.rows),
        drops=data.drops,
        adapter_hash=hash_folder(adapter),
        **known,
    )


class Job(NamedTuple):
    """Everything that a trainer needs."""

    recipe: TrainingRecipe
    base: BaseModel
    parent: Path | None
    """Folder of the adapter to go on from."""
    stages: Sequence[StageData]
    """The data of the recipe's stages."""
    tokens: Tokens
    folder: Path
    """Where to write; a killed job that is run again with the same folder goes on."""


class TrainProgress(NamedTuple):
    """How far training has come."""

    stage: str
    step: int
    n_steps: int
    loss: float | None
    measures: Mapping[str, float] = MappingProxyType({})
    """All that was measured in this step, the loss among it."""


Report = Callable[[TrainProgress], None]
"""Called after each step."""


class Trained(NamedTuple):
    """What a trainer made."""

    stages: Sequence[StageRun]
    """What the stages really were."""
    adapter: Path
    """Folder of the adapter, with `adapter_config.json` and its weights."""
    model_config: dict[str, Any]
    """The base model's config."""
    accelerator: str | None
    """Name of what computed, where it was not the processor."""
    n_threads: int | None
    """Threads that computed."""


class HandedOff(NamedTuple):
    """What was written for another program to train with."""

    script: Path
    """The script that trains, on the machine that shall do it."""


class Trainer(Protocol):
    """Trains."""

    name: ClassVar[str]
    """As in recipes."""

    def train(self, job: Job, report: Report) -> Trained | HandedOff:
        """Train all stages that are not done yet, one after the other; or write what does."""
        ...
