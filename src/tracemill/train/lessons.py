"""Lessons: what a stage learns from, as messages, and then as rows of tokens.

Rows of datasets are read back into messages here, and slices choose among them. An example that
cannot become a row is left out under a reason: one that is too long is never cut, since nobody
shall learn to stop in the middle.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import msgspec

from tracemill.base.errors import DataError, UsageError
from tracemill.records.datasets.examples import Message
from tracemill.records.models.training import DataSlice, Method, Stage
from tracemill.render.chat_message import read_messages
from tracemill.render.chat_template import UnrenderableError
from tracemill.render.tokens import TokenRow
from tracemill.train.protocol import ImitatedRow, JudgedRow, PairRow, Row, StageData


class Lesson(NamedTuple):
    """One example, whichever file it was read from."""

    id: str
    builder: str
    tags: tuple[str, ...]
    tools: tuple[dict[str, Any], ...]
    messages: tuple[Message, ...]
    """What is said; of a pair, what was said before both sides."""
    chosen: tuple[Message, ...] = ()
    """An answer that was good, or the better one of a pair."""
    rejected: tuple[Message, ...] = ()
    """An answer that was bad, or the worse one of a pair."""

    def teaches(self, method: Method) -> bool:
        """Tell whether a method can learn from it: whole chats, pairs, or answers one by one."""
        match method:
            case "sft":
                return not (self.chosen or self.rejected)
            case "dpo":
                return bool(self.chosen and self.rejected)
            case "kto":
                return bool(self.chosen or self.rejected)


class Encoder(Protocol):
    """Messages to tokens: a `ChatFormat`."""

    def rows(
        self, messages: Sequence[Message], tools: Sequence[Mapping[str, Any]] = ()
    ) -> Iterator[TokenRow]:
        """Yield the rows that train the trained messages."""
        ...


def read_lesson(row: Mapping[str, Any], builder: str) -> Lesson:
    """Return the lesson in a row of a dataset's file.

    Raises:
        DataError: it is none.
    """
    try:
        about = (row["id"], builder, tuple(row.get("tags") or ()), tuple(row.get("tools") or ()))
        if "chosen" in row:
            sides = (read_messages(row["chosen"]), read_messages(row["rejected"]))
            return Lesson(*about, read_messages(row["prompt"]), *sides)
        if "completion" in row:
            said = read_messages(row["completion"])
            sides = (said, ()) if row["label"] else ((), said)
            return Lesson(*about, read_messages(row["prompt"]), *sides)
        return Lesson(*about, read_messages(row["messages"], row.get("trained")))
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(
            "expected a row with 'id' and 'messages', or 'prompt' and either 'chosen' and "
            f"'rejected' or 'completion' and 'label'; found another one ({type(error).__name__})"
        ) from error


def choose(lessons: Iterable[Lesson], wanted: DataSlice, seed: int) -> list[Lesson]:
    """Return the lessons that a slice names, in the order of their ids."""
    found = sorted(
        (lesson for lesson in lessons if _fits(lesson, wanted)), key=lambda each: each.id
    )
    if wanted.limit is None or len(found) <= wanted.limit:
        return found
    drawn = random.Random(seed).sample(range(len(found)), wanted.limit)  # noqa: S311 - no secret
    return [found[number] for number in sorted(drawn)]


def _fits(lesson: Lesson, wanted: DataSlice) -> bool:
    is_built = not wanted.builders or lesson.builder in wanted.builders
    return is_built and (not wanted.tags or any(_has_tag(lesson, tag) for tag in wanted.tags))


def _has_tag(lesson: Lesson, tag: str) -> bool:
    if tag.endswith("*"):
        return any(each.startswith(tag[:-1]) for each in lesson.tags)
    return tag in lesson.tags


def taught(lessons: Iterable[Lesson], method: Method) -> Iterator[Lesson]:
    """Yield each lesson once that a method can learn from."""
    seen: set[str] = set()
    for lesson in lessons:
        if lesson.id not in seen and lesson.teaches(method):
            seen.add(lesson.id)
            yield lesson


class _Encoded(NamedTuple):
    rows: list[Row]
    used: list[str]
    drops: dict[str, int]


def encode_stage(
    lessons: Iterable[Lesson], stage: Stage, encoder: Encoder, held_out: Iterable[Lesson] = ()
) -> StageData:
    """Return the rows of a stage, and those of what is held out of it.

    Raises:
        UsageError: nothing is left to learn from.
    """
    learned = _encode_all(lessons, stage, encoder)
    if not learned.rows:
        kind = "chat examples" if stage.method == "sft" else "preference pairs"
        why = ", ".join(f"{n} {reason}" for reason, n in learned.drops.items()) or "none was found"
        raise UsageError(
            f"stage {stage.name!r} has nothing to learn from: expected {kind}; left out: {why}"
        )
    measured = _encode_all(held_out, stage, encoder)
    return StageData(*learned, measured.rows, measured.drops)


def _encode_all(lessons: Iterable[Lesson], stage: Stage, encoder: Encoder) -> _Encoded:
    """Return the rows of lessons, the lessons that they come from, and how many have none."""
    rows: list[Row] = []
    used: list[str] = []
    drops: Counter[str] = Counter()
    for lesson in taught(lessons, stage.method):
        made = _encode(lesson, stage.method, encoder, stage.max_tokens)
        if isinstance(made, str):
            drops[made] += 1
            continue
        rows.extend(made)
        used.append(lesson.id)
    return _Encoded(rows, used, dict(sorted(drops.items())))


def _encode(lesson: Lesson, method: Method, encoder: Encoder, longest: int) -> list[Row] | str:
    """Return a lesson's rows, or why it has none."""
    try:
        made = list(_rows(lesson, method, encoder))
    except UnrenderableError as error:
        return error.reason
    if not made or any(row.n_trained == 0 for row in made):
        return "nothing_trained"
    lengths = (
        len(row.input_ids) if isinstance(row, ImitatedRow) else _longest(row) for row in made
    )
    return "too_long" if max(lengths) > longest else made


def _longest(row: PairRow | JudgedRow) -> int:
    sides = (
        (row.chosen_ids, row.rejected_ids) if isinstance(row, PairRow) else (row.completion_ids,)
    )
    return len(row.prompt_ids) + max(map(len, sides))


def _rows(lesson: Lesson, method: Method, encoder: Encoder) -> Iterator[Row]:
    match method:
        case "sft":
            for row in encoder.rows(lesson.messages, lesson.tools):
                yield ImitatedRow(row.input_ids, row.labels)
        case "dpo":
            prompt, chosen = _sides(lesson, lesson.chosen, encoder)
            _, rejected = _sides(lesson, lesson.rejected, encoder)
            yield PairRow(prompt, chosen, rejected)
        case "kto":
            for side, is_good in ((lesson.chosen, True), (lesson.rejected, False)):
                if not side:
                    continue
                yield JudgedRow(*_sides(lesson, side, encoder), is_good)


def _sides(
    lesson: Lesson, side: Sequence[Message], encoder: Encoder
) -> tuple[list[int], list[int]]:
    """Return the tokens of what was said before one side, and of the side."""
    before = [msgspec.structs.replace(message, trained=False) for message in lesson.messages]
    row = list(encoder.rows([*before, *side], lesson.tools))[-1]
    start, end = row.trained[0].start, row.trained[-1].end
    return row.input_ids[:start], row.input_ids[start:end]
