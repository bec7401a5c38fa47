"""What must hold of rows before the first step is made: a fault there costs the whole run.

An answer whose end carries no loss never learns to end. A token that fills up short rows and ends
answers too is not learned either, since filling carries no loss.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

from tracemill.base.errors import PolicyError, UsageError
from tracemill.train.protocol import ImitatedRow, JudgedRow, PairRow, Row, StageData

_FILLERS: Final = ("<|endoftext|>", "<pad>", "<|pad|>", "<|finetune_right_pad_id|>", "<unk>")
"""Tokens to fill up rows with, the best first; none may end an answer."""


class UntrainableError(PolicyError):
    """Training would teach something that nobody wants."""


def filler(is_token: Callable[[str], bool], stop: str) -> str:
    """Return the token to fill up rows with, of those that a tokenizer has.

    Raises:
        UsageError: it has none.
    """
    usable = [text for text in _FILLERS if text != stop and is_token(text)]
    if not usable:
        raise UsageError(
            "the tokenizer has no token to fill up rows with; expected one of "
            + ", ".join(_FILLERS)
        )
    return usable[0]


def check_rows(stage: str, data: StageData, stop_id: int, pad_id: int) -> None:
    """Make sure that every answer ends, and that its end is learned.

    Raises:
        UntrainableError: one does not, or rows are filled up with what ends answers.
    """
    if stop_id == pad_id:
        raise UntrainableError(
            f"token {pad_id} ends answers and fills up rows, so no end would be learned; give the "
            "tokenizer a token of its own to fill up with"
        )
    endless = sum(not _ends(row, stop_id) for row in data.rows)
    if endless:
        raise UntrainableError(
            f"stage {stage!r}: {endless} of {len(data.rows)} rows have an answer whose end carries "
            f"no loss (expected token {stop_id}); look at the template's end of a turn"
        )


def _ends(row: Row, stop_id: int) -> bool:
    match row:
        case ImitatedRow():
            return all(label == stop_id for label in _last_labels(row.labels))
        case PairRow():
            return row.chosen_ids[-1:] == row.rejected_ids[-1:] == [stop_id]
        case JudgedRow():
            return row.completion_ids[-1:] == [stop_id]


def _last_labels(labels: Sequence[int]) -> list[int]:
    """Return the last label of each run of tokens that carry loss."""
    return [one for one, after in pairwise([*labels, -100]) if one >= 0 > after]
