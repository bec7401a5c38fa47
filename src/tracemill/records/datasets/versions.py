"""A dataset version: what one build made, and everything that is needed to make it again."""

from __future__ import annotations

from typing import Any

import msgspec

from tracemill.records.datasets.audits import CheckResult
from tracemill.records.refs import Count, Record


class ExportedFile(Record, frozen=True, kw_only=True):
    """One file of an export."""

    path: str
    """Path within the export's folder."""
    format: str
    """The exporter that wrote it."""
    rows: Count
    """Rows in it."""
    n_bytes: Count
    """Its size."""
    sha256: str
    """Hash of its bytes."""


class FunnelStage(Record, frozen=True, kw_only=True):
    """One step of a build, in which some of what came in went no further."""

    name: str
    """What was looked at, in one word."""
    n_in: Count
    """How many came in: episodes in the first stage, examples from then on."""
    n_out: Count
    """How many went on."""
    left_out: dict[str, int] = msgspec.field(default_factory=dict)
    """Those that did not, by reason."""
    shares: dict[str, float] = msgspec.field(default_factory=dict)
    """What went on to be trained on was made up of this: shares of tags that tell classes."""


class Wanted(Record, frozen=True, kw_only=True):
    """How many examples with a tag a recipe wants, and how many there are to train on."""

    tag: str
    """The tag."""
    wanted: Count
    """How many there should be."""
    n_examples: Count
    """How many there are, each of them accepted and unlike the others."""


class Omission(Record, frozen=True, kw_only=True):
    """Steps that gave no example, or that one does not imitate."""

    episode_id: str
    """The episode."""
    trajectory_id: str
    """The trajectory."""
    input_id: str
    """The input that holds its steps."""
    reason: str
    """Why."""
    first_step: Count
    """Index of the first step."""
    last_step: Count
    """Index of the last step."""


class Reject(Record, frozen=True, kw_only=True):
    """What is not in a version: an example that was left out, or steps that gave none."""

    id: str | None = None
    """The example; None where none was made."""
    stage: str
    """The stage of the funnel that left it out."""
    reason: str
    """Why."""
    detail: str = ""
    """Why exactly, in words that hold nothing of its text."""
    trajectory_id: str
    """The trajectory that it was made from."""
    input_id: str
    """The input that holds its steps."""
    first_step: Count
    """Index of the first step used."""
    last_step: Count
    """Index of the last step used."""


class DatasetVersion(Record, frozen=True, kw_only=True):
    """Immutable, identified by what it contains."""

    id: str
    """Derived from the ids of its examples and its config."""
    name: str
    """The dataset's name."""
    parent: str | None = None
    """The version that it follows."""
    config: dict[str, Any] = msgspec.field(default_factory=dict)
    """The builder's settings."""
    recipe: dict[str, Any] = msgspec.field(default_factory=dict)
    """The recipe, with all that it says."""
    code_versions: dict[str, int] = msgspec.field(default_factory=dict)
    """Versions of the rules that took part."""
    n_examples: dict[str, int] = msgspec.field(default_factory=dict)
    """Examples, counted by kind and split, as `chat/train`."""
    drops: dict[str, int] = msgspec.field(default_factory=dict)
    """Everything that was left out in any stage, counted by reason."""
    funnel: tuple[FunnelStage, ...] = ()
    """From the work that was looked at to the examples that are in it."""
    wanted: tuple[Wanted, ...] = ()
    """What the recipe wants of some tags, and what there is."""
    checks: tuple[CheckResult, ...] = ()
    """What every check found in it."""
    files: tuple[ExportedFile, ...] = ()
    """What was written."""
