"""Answers of models as they are kept: one file for each kind of question, model and place.

An answer holds no text: what it points to stays in the lake.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tracemill.base.errors import NotFoundError
from tracemill.flows.deriving.judged.kinds import A, Key, Kind, L, digest_of
from tracemill.store.journal import read_journal
from tracemill.store.workspace import Workspace

_REMEDY: Final = "delete the file and run again: it is asked anew"


def model_name(subject: str) -> str:
    """Return what a model, given as `door:model`, is called in the stamps of its labels."""
    backend, _, model = subject.partition(":")
    return f"{backend}:{Path(model).name}"


def answers_file(workspace: Workspace, kind: Kind[A, L], name: str, endpoint: str | None) -> Path:
    """Return where the answers of a model are kept."""
    return workspace.judged[kind.name] / f"{digest_of(name, endpoint or '')}.jsonl"


def read_answers(path: Path, kind: Kind[A, L]) -> dict[Key, A]:
    """Return the answers in a file, the last one to each question; none where it is not there.

    Raises:
        StoreError: a line is none.
    """
    return {kind.key(each): each for each in read_journal(path, kind.form, _REMEDY)}


def answers_of(workspace: Workspace, kind: Kind[A, L], model: str) -> dict[Key, A]:
    """Return what a model, given as `door:model`, ever said, wherever it was asked.

    A file holds the answers of one model, so those that say nothing are known by the others.

    Raises:
        NotFoundError: it was never asked.
    """
    name, known = model_name(model), dict[Key, A]()
    for path in sorted(workspace.judged[kind.name].glob("*.jsonl")):
        answers = read_answers(path, kind)
        if any(label.stamp.by == name for each in answers.values() for label in kind.labels(each)):
            known |= answers
    if not known:
        raise NotFoundError(
            f"no answer of {name!r} about {kind.about} is kept; "
            f"run: tracemill {kind.command} {model}"
        )
    return known
