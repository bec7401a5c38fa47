"""LLaMA-Factory: ShareGPT rows, and the `dataset_info.json` that names and explains each file.

Chat, preference and unpaired examples have a place. What ShareGPT cannot say is left out, as
`sharegpt` tells; `formatting: openai` would say more, but puts a line into the system prompt.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final

import msgspec

from tracemill.export.trainers.columns import encode
from tracemill.export.trainers.dataset_format import LeftOut, Part, Row
from tracemill.export.trainers.sharegpt import (
    NoPlaceError,
    alternate,
    chat_rows,
    one_turn,
    tools_text,
)
from tracemill.records.datasets.examples import (
    ChatExample,
    Example,
    Message,
    PreferenceExample,
    UnpairedExample,
)

_COLUMNS: Final = {"messages": "conversations", "system": "system", "tools": "tools"}
_KINDS: Final[Mapping[str, Mapping[str, Any]]] = {
    "preference": {
        "ranking": True,
        "columns": {**_COLUMNS, "chosen": "chosen", "rejected": "rejected"},
    },
    "unpaired": {"columns": {**_COLUMNS, "kto_tag": "label"}},
}


class LlamaFactory:
    """One row for each chat, preference and unpaired example."""

    name: ClassVar[str] = "llama-factory"

    def rows(self, part: Part, example: Example) -> Iterator[Row | LeftOut]:
        """Yield the rows of an example."""
        if isinstance(example, ChatExample):
            yield from chat_rows(part, example)
            return
        try:
            yield Row(f"{part.stem}.jsonl", _judged(part, example))
        except NoPlaceError as error:
            yield LeftOut(error.args[0])

    def beside(self, rows: Mapping[str, int]) -> Mapping[str, bytes]:
        """Return what explains the files."""
        told = {path.removesuffix(".jsonl"): _entry(path) for path in sorted(rows)}
        return {"dataset_info.json": msgspec.json.format(encode(told)) + b"\n"} if told else {}


def _entry(path: str) -> dict[str, Any]:
    special = next((more for kind, more in _KINDS.items() if path.startswith(kind)), {})
    return {"file_name": path, "formatting": "sharegpt", "columns": _COLUMNS, **special}


def _judged(part: Part, example: Example) -> dict[str, Any]:
    """Return the row of a pair, or of one answer with its label."""
    match example:
        case PreferenceExample():
            system, turns = alternate(example.prompt)
            sides = {n: _answer(getattr(example, n)) for n in ("chosen", "rejected")}
            return {**_asked(system, turns, example), **sides}
        case UnpairedExample():
            system, turns = alternate(example.prompt)
            row = _asked(system, turns, example)
            turns.append(_answer(example.completion))
            return {**row, "label": example.label}
    raise NoPlaceError(f"no_place_for_{part.kind}")


def _asked(
    system: str, turns: list[dict[str, str]], example: PreferenceExample | UnpairedExample
) -> dict[str, Any]:
    if turns[-1:] and turns[-1]["from"] in {"gpt", "function_call"}:
        raise NoPlaceError("turns_do_not_alternate")
    return {"conversations": turns, "system": system, "tools": tools_text(example)}


def _answer(messages: Sequence[Message]) -> dict[str, str]:
    """Return the one turn in which a model answers."""
    if len(messages) != 1:
        raise NoPlaceError("several_messages")
    return one_turn(messages[0])
