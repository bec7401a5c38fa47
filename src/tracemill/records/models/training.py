"""How a model is trained, and what came of it.

A recipe says what is wanted: a base model, a format, and stages with their data. A run says what
really happened, read back from the trainer: which data by hash, which settings took effect, the
loss, the cost. A run whose recipe, data, base, parent and seed are known can be made again.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from tracemill.records.datasets.recipes import Name
from tracemill.records.refs import Count, Ratio, Record

Method = Literal["sft", "dpo", "kto"]
"""`sft`: imitate; `dpo`: of two answers, prefer one; `kto`: of single answers, more or less."""

Schedule = Literal["cosine", "linear", "constant"]
"""How the learning rate goes down after it was warmed up."""

Precision = Literal["bf16", "fp32"]
"""Numbers that are computed with."""

Positive = Annotated[float, msgspec.Meta(gt=0, lt=1e9)]
"""A number that something can be done with: TOML knows `inf`."""
AtLeastOne = Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)]
"""How many of something; no training has more."""
InMemory = Annotated[int, msgspec.Meta(ge=1, le=1_048_576)]
"""How many things are held at once, or numbers in a row: no machine takes more."""


class DataSlice(Record, frozen=True, kw_only=True):
    """Some examples of a dataset; what it names must all hold."""

    dataset: str = "chat"
    """A dataset, the id of one of its versions, or a file of our examples as JSON Lines."""
    builders: tuple[str, ...] = ()
    """Only what one of these builders made, for example `recovery`; none named means any."""
    tags: tuple[str, ...] = ()
    """Only examples that carry one of these tags; a `*` at the end stands for any ending."""
    limit: AtLeastOne | None = None
    """At most so many, drawn by the seed; None for all."""


class Stage(Record, frozen=True, kw_only=True):
    """One pass of training; the next one goes on from its adapter."""

    name: Name
    """What it is called; folders are named after it."""
    purpose: str = ""
    """What the model shall learn in it."""
    method: Method = "sft"
    """How it learns."""
    data: Annotated[tuple[DataSlice, ...], msgspec.Meta(min_length=1)]
    """What it learns from; an example that several slices name is used once."""
    learning_rate: Positive | None = None
    """Highest learning rate; None in a recipe for the one that suits what it begins with: a model
    that was tuned here already is trained on more gently than a base, and each stage half as fast
    as the one before. A run always says which."""
    epochs: Positive = 1.0
    """How often each example is seen."""
    batch_size: InMemory = 8
    """Examples in one step."""
    accumulate: InMemory = 1
    """Steps that are added up before the weights change."""
    max_tokens: Annotated[int, msgspec.Meta(ge=1, le=100_000_000)] = 1024
    """Longest example; a longer one is left out and counted, never cut."""
    warmup_steps: Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)] = 0
    """Steps in which the learning rate rises."""
    schedule: Schedule = "cosine"
    """How it falls."""
    beta: Positive = 0.1
    """For `dpo` and `kto`: how closely the model keeps to what it was."""


class LoraShape(Record, frozen=True, kw_only=True):
    """The low-rank matrices that learn; the base stays as it is."""

    rank: InMemory = 16
    """Their rank."""
    alpha: Positive = 32.0
    """Their weight, as a multiple of the rank's reciprocal."""
    dropout: Ratio = 0.0
    """Share of inputs that is left out while learning."""
    targets: tuple[str, ...] = ("all-linear",)
    """Modules that get them."""
    layers: InMemory | None = None
    """Only the last so many layers; None for all."""


class TrainingRecipe(Record, frozen=True, kw_only=True):
    """What is to be trained, on what, and how."""

    name: str
    """What it is called."""
    purpose: str = ""
    """What for."""
    base: str
    """The model to begin with: a folder, a GGUF file, a hub id, or `package:NAME` for the weights
    that an installed package brings."""
    template: str
    """Name or file of the template that the model is spoken to in."""
    trainer: str = "trl"
    """Who trains."""
    stages: Annotated[tuple[Stage, ...], msgspec.Meta(min_length=1)]
    """The passes, in their order."""
    lora: LoraShape = msgspec.field(default_factory=LoraShape)
    """What learns."""
    precision: Precision = "bf16"
    """Numbers that are computed with."""
    gradient_checkpointing: bool = False
    """Whether memory is saved by computing twice."""
    seed: Annotated[int, msgspec.Meta(ge=0, lt=2**32)] = 0
    """What order and draws follow from; trainers take 32 bits."""
    save_every: AtLeastOne | None = None
    """Steps between two points from which a killed run goes on; None for each stage's end only."""
    loggers: tuple[str, ...] = ()
    """Who else is told of the run: `mlflow`, `trackio`, `wandb`, or another package's."""


class LossPoint(Record, frozen=True, kw_only=True):
    """What the trainer said after a step."""

    step: Count
    """The step, counted from its stage's start."""
    loss: float | None
    """The loss since the point before; None where it was no number any more."""
    learning_rate: float | None = None
    """The learning rate at that step."""
    epoch: float | None = None
    """How often the data had been seen by then."""
    measures: dict[str, float] = msgspec.field(default_factory=dict)
    """What else the trainer measured, by its names, for example `mean_token_accuracy`; what came
    out as no number is not among it."""


class StageRun(Record, frozen=True, kw_only=True):
    """What one stage really was."""

    name: str
    """The stage."""
    method: Method
    """How it learned."""
    data_hash: str
    """Hash of the trained tokens, in their order before shuffling."""
    n_examples: Count
    """Examples that were trained on."""
    n_tokens: Count
    """Tokens of one pass over them."""
    n_trained_tokens: Count
    """Those of them that carry loss."""
    drops: dict[str, int] = msgspec.field(default_factory=dict)
    """Examples that were left out, counted by reason."""
    effective: dict[str, Any] = msgspec.field(default_factory=dict)
    """Settings as the trainer had them when it began."""
    n_steps: Count = 0
    """Steps that it took."""
    resumed_at: Count | None = None
    """The step from which it went on after an interruption; None where there was none."""
    losses: tuple[LossPoint, ...] = ()
    """The loss curve."""
    seconds: float | None = None
    """How long it took; of a stage that went on, since it did."""
    cpu_seconds: float | None = None
    """Time that processors worked for it."""
    peak_memory_bytes: Count | None = None
    """The most memory that the process had held by then."""
    adapter_hash: str | None = None
    """SHA-256 of the adapter's weights when it ended."""

    @property
    def known_losses(self) -> list[float]:
        """The losses that are numbers, in their order."""
        return [point.loss for point in self.losses if point.loss is not None]

    @property
    def tokens_per_second(self) -> float | None:
        """Tokens that were passed through the model in a second."""
        if not self.seconds or not self.losses or self.losses[-1].epoch is None:
            return None
        whole = self.n_steps or 1
        share = (whole - (self.resumed_at or 0)) / whole
        return self.n_tokens * self.losses[-1].epoch * share / self.seconds


class Hardware(Record, frozen=True, kw_only=True):
    """What it ran on."""

    processor: str | None = None
    """The processor's architecture, for example `x86_64`."""
    n_cores: Count | None = None
    """Cores that it could use."""
    n_threads: Count | None = None
    """Threads that computed."""
    accelerator: str | None = None
    """Name of a GPU or its like; None where the processor alone computed."""
    packages: dict[str, str] = msgspec.field(default_factory=dict)
    """Versions of the packages that took part."""


class TrainingRun(Record, frozen=True, kw_only=True):
    """One run of a recipe, finished or not."""

    id: str
    """Derived from recipe, data, base, parent and seed: what can be made again has one id."""
    recipe: TrainingRecipe
    """What was wanted."""
    status: Literal["planned", "running", "finished", "handed_off"]
    """How far it came; `handed_off` where another engine's files were written."""
    base_hash: str | None = None
    """SHA-256 of the base model's weights; None where they are not on this machine."""
    parent: str | None = None
    """The run whose adapter it went on from; None where it began with the base."""
    format: str | None = None
    """Fingerprint of template and tokenizer; what the model is served with must have the same."""
    datasets: tuple[str, ...] = ()
    """Ids of the dataset versions, or hashes of the files, that the stages drew from."""
    example_ids: tuple[str, ...] = ()
    """Ids of all examples that were trained on, sorted; suites are checked against them."""
    stages: tuple[StageRun, ...] = ()
    """What the stages really were."""
    hardware: Hardware = msgspec.field(default_factory=Hardware)
    """What it ran on."""
    started: str | None = None
    """When it began, in UTC."""
    finished: str | None = None
    """When it was done, in UTC."""
    adapter: str | None = None
    """Folder of the adapter, within the run's folder."""
    gguf: str | None = None
    """File of the adapter as GGUF, within the run's folder."""
    adapter_hash: str | None = None
    """SHA-256 of the adapter's weights."""
    learned_erased: str | None = None
    """When something that it learned from was first erased, in UTC; the weights still know it. None
    where all of it may be kept."""
