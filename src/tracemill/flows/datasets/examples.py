"""The examples of a dataset version, read back from its own files.

What is exported in another format is thus exactly what the version holds, whatever the workspace
has learned since.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from tracemill.base.errors import SchemaError
from tracemill.export.trainers.dataset_format import Part
from tracemill.flows.datasets.versions import LINEAGE_FILE, open_file
from tracemill.records.datasets.examples import Example, Lineage
from tracemill.records.datasets.versions import DatasetVersion
from tracemill.render.chat_message import read_messages

_BUILDER: Final = "builder:"


class _LineageRow(msgspec.Struct):
    id: str
    lineage: tuple[Lineage, ...]


class PartExample(NamedTuple):
    """An example, and the files of its version in which it stands."""

    part: Part
    example: Example


def examples_of(folder: Path, version: DatasetVersion) -> Iterator[PartExample]:
    """Yield every example of a version, file by file.

    Raises:
        SchemaError: a file is missing, or not what this program writes.
    """
    for file in version.files:
        if file.path.endswith(".jsonl") and file.format in _SAYS:
            part = Part.of_file(file.path)
            if part is None:
                raise SchemaError(f"{file.path!r} names no split")
            lineages = _lineages(folder)
            with open_file(folder, file.path) as lines:
                for number, line in enumerate(lines, 1):
                    try:
                        yield PartExample(part, _example(file.format, part, line, lineages))
                    except (msgspec.DecodeError, LookupError, StopIteration) as error:
                        raise SchemaError(
                            f"{str(folder / file.path)!r}, line {number}: no row of "
                            f"{file.format} with lineage; export with the program that made it"
                        ) from error


def _lineages(folder: Path) -> Iterator[_LineageRow]:
    """Yield where examples came from, in the order of the files."""
    decoder = msgspec.json.Decoder(_LineageRow)
    with open_file(folder, LINEAGE_FILE) as lines:
        yield from map(decoder.decode, lines)


def _example(kind: str, part: Part, line: bytes, lineages: Iterator[_LineageRow]) -> Example:
    row = msgspec.json.decode(line)
    lineage = next(each.lineage for each in lineages if each.id == row["id"])
    about = {"id": row["id"], "tools": row.get("tools", ()), "tags": row["tags"]}
    said = _SAYS[kind](part, row)
    said = {**about, "split": part.split, "lineage": msgspec.to_builtins(lineage), **said}
    example: Example = msgspec.convert(said, Example)
    return example


def _chat(part: Part, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "kind": "chat",
        "builder": "session" if part.kind == "chat" else part.kind,
        "messages": read_messages(row["messages"], row["trained"]),
    }


def _preference(part: Part, row: Mapping[str, Any]) -> dict[str, Any]:
    del part
    sides = {name: read_messages(row[name]) for name in ("prompt", "chosen", "rejected")}
    found = [tag.removeprefix(_BUILDER) for tag in row["tags"] if tag.startswith(_BUILDER)]
    return {"kind": "preference", "builder": found[0], "margin": row["margin"], **sides}


def _unpaired(part: Part, row: Mapping[str, Any]) -> dict[str, Any]:
    del part
    sides = {name: read_messages(row[name]) for name in ("prompt", "completion")}
    judged = {name: row[name] for name in ("label", "strength")}
    evidence = [{"kind": "example", "id": row["id"]}]  # the row does not tell which steps show it
    builder = "handoff" if f"{_BUILDER}handoff" in row["tags"] else "reaction"
    return {"kind": "unpaired", "builder": builder, "evidence": evidence, **judged, **sides}


def _stepwise(part: Part, row: Mapping[str, Any]) -> dict[str, Any]:
    del part
    steps = [read_messages(each) for each in row["completions"]]
    said = {"prompt": read_messages(row["prompt"]), "completions": steps, "labels": row["labels"]}
    return {"kind": "stepwise", "builder": "recovery", **said}


def _prompt(part: Part, row: Mapping[str, Any]) -> dict[str, Any]:
    del part
    asked = {"prompt": read_messages(row["prompt"]), "verifier": row["verifier"]}
    return {"kind": "prompt", "builder": "verified", **asked}


_SAYS: Final = {
    "trl-chat": _chat,
    "trl-preference": _preference,
    "trl-unpaired": _unpaired,
    "trl-stepwise": _stepwise,
    "trl-prompt": _prompt,
}
