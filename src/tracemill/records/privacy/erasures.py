"""Erasures: what was taken out of a workspace for good, known by keyed hashes alone.

No field of these records holds a name, a path or a text of what was erased.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from tracemill.records.refs import Count, Record

SubjectKind = Literal["person", "session", "path"]
"""What a person may erase: who is named, one run of an agent, or what lies or ran at a place."""

ErasureKind = Literal[SubjectKind, "consent", "retention"]
"""What an erasure is about: a subject, or what settings do not allow any more, or no longer."""

Hash = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
"""A keyed hash."""


class ErasedName(Record, frozen=True, kw_only=True):
    """One name of a person."""

    first: Hash
    """Of its first word."""
    whole: Hash
    """Of all its words."""
    n_words: Annotated[int, msgspec.Meta(ge=1)]
    """How many words it has."""


class ErasedContent(Record, frozen=True, kw_only=True):
    """Bytes of an input that went as a whole."""

    content: Hash
    """Of their SHA-256."""
    n_bytes: Count
    """How many there were."""


class Tombstone(Record, frozen=True, kw_only=True):
    """What must not come back: inputs that answer to it are refused, and names in them masked."""

    paths: tuple[Hash, ...] = ()
    """Addresses of inputs, or of folders that hold them."""
    folders: tuple[Hash, ...] = ()
    """Folders: what ran at one or below it is refused."""
    contents: tuple[ErasedContent, ...] = ()
    """Inputs, wherever a copy may stand."""
    states: tuple[Hash, ...] = ()
    """Inputs as long as they stand as they did: address and state."""
    sessions: tuple[Hash, ...] = ()
    """Sessions, by the id that their agent gave them."""
    names: tuple[ErasedName, ...] = ()
    """Names of a person, which are masked wherever they stand."""
    lines: tuple[ErasedName, ...] = ()
    """Sessions and places: captured events that name one are blanked."""


class ErasureReceipt(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Proof that an erasure was carried out, and of what it took away."""

    id: str
    """Derived from the subject's keyed hash."""
    kind: ErasureKind
    """What the subject was."""
    subject: Hash
    """The subject; only who has the workspace can test a guess."""
    asked: datetime
    """When it was asked for."""
    done: datetime | None
    """When nothing of it was left; None while it goes on."""
    counts: dict[str, int]
    """How much went: whole inputs, masked inputs, places in them, archived bytes, rows by table,
    dataset versions, and other files, by name."""
    versions: dict[str, str]
    """Versions of the program and of the rules that carried it out."""


class Erasure(Record, frozen=True, kw_only=True):
    """One erasure as it is remembered."""

    receipt: ErasureReceipt
    """What may be shown to anybody."""
    tombstone: Tombstone
    """What is refused from now on."""
    whole_inputs: tuple[str, ...] = ()
    """While it goes on: inputs that go as a whole."""
    masked_inputs: tuple[str, ...] = ()
    """While it goes on: inputs in which names are masked."""
    emptied_inputs: tuple[str, ...] = ()
    """While it goes on: inputs of which the originals go and the redacted text stays."""
    withheld_inputs: tuple[str, ...] = ()
    """While it goes on: those among them of which the text goes too, with what was made of it."""
    gone_trajectories: tuple[str, ...] = ()
    """While it goes on: what agents did in erased sessions, whose rows go."""
    gone_folders: tuple[Hash, ...] = ()
    """While it goes on: folders in which only erased sessions ran."""
