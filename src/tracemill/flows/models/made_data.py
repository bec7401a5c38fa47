"""Made-up tasks as a dataset version: what is trained on and what is held out, each in its file.

Nothing in it comes from anybody's work, so its lineage is empty and its card says so.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from tracemill.base.ids import make_id
from tracemill.flows.datasets.versions import CARD, LINEAGE_FILE, MANIFEST
from tracemill.records.canonical import canonical_json, row_lines
from tracemill.records.datasets.examples import SYNTHETIC
from tracemill.records.datasets.versions import DatasetVersion, ExportedFile
from tracemill.render.chat_message import chat_message
from tracemill.store.workspace import Workspace, write_whole
from tracemill.synth import SYNTH_VERSION
from tracemill.synth.repository_tasks import MadeTask

NAME: Final = "demo"
_CARD: Final = """\
# demo

Made-up tasks in a made-up repository: {trained} to train on, {held_out} held out. Nothing here was
said or done by anybody. What is held out shares no phrasing and no name with what is trained on;
only the six tools are the same. Every row carries the tag `{tag}`.
"""


def keep_tasks(
    workspace: Workspace, trained: Sequence[MadeTask], held_out: Sequence[MadeTask]
) -> DatasetVersion:
    """Write tasks as a version, or find them where they are kept already."""
    ids = [task.id for task in (*trained, *held_out)]
    version = make_id("dataset", NAME, str(SYNTH_VERSION), str(len(trained)), *ids)
    final = workspace.datasets / NAME / version
    if (final / MANIFEST).exists():
        return msgspec.json.decode((final / MANIFEST).read_bytes(), type=DatasetVersion)
    part = final.with_name(f".{version}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700, parents=True)
    files = (
        _write(part / "train.jsonl", map(_row, trained), "trl-chat"),
        _write(part / "test.jsonl", map(_row, held_out), "trl-chat"),
        _write(part / LINEAGE_FILE, ({"id": each, "lineage": []} for each in ids), "lineage"),
    )
    made = DatasetVersion(
        id=version,
        name=NAME,
        code_versions={"synth": SYNTH_VERSION},
        n_examples={"chat/test": len(held_out), "chat/train": len(trained)},
        files=files,
    )
    card = _CARD.format(trained=len(trained), held_out=len(held_out), tag=SYNTHETIC)
    (part / CARD).write_text(card, encoding="utf-8")
    write_whole(part / MANIFEST, msgspec.json.format(canonical_json(made)))
    part.rename(final)
    return made


def _row(task: MadeTask) -> dict[str, Any]:
    return {
        "messages": [chat_message(message) for message in task.messages],
        "tools": list(task.tools),
        "trained": [message.trained for message in task.messages],
        "id": task.id,
        "episode_id": task.id,
        "tags": [SYNTHETIC, f"kind:{task.kind}"],
    }


def _write(path: Path, rows: Iterable[Mapping[str, Any]], made_by: str) -> ExportedFile:
    written = list(rows)
    data = row_lines(written)
    write_whole(path, data)
    return ExportedFile(
        path=path.name,
        format=made_by,
        rows=len(written),
        n_bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
    )
