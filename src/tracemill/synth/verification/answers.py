"""Semantics by rule: what the last answer names stands in what was asked, called or returned."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from tracemill.records.datasets.audits import TrainingRow
from tracemill.synth.verification.exchanges import exchanges
from tracemill.synth.verification.ladder import Judged

_FENCE: Final = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_PLACE: Final = re.compile(
    r"(?<![\w/.:-])(?:[\w.-]+/)*[\w-]+\.(?:py|pyi|ts|tsx|js|jsx|rs|go|java|rb|c|h|cpp|cs|kt|swift"
    r"|toml|yaml|yml|json|md|txt|sql|sh|css|html|cfg|ini|lock)(?::\d+)?(?![\w/])"
)
"""A file, with the line that may be named."""
_PRODUCT: Final = re.compile(r"[A-Z][a-z]+\.js\Z")
"""Node.js and its like, which are no files."""
_PROPOSES: Final = re.compile(
    r"\b(?:creat|add|new|mov|extract|split|renam|try|check|could|should|would|e\.g|such as"
    r"|example|like)",
    re.IGNORECASE,
)
"""What stands near a file that need not be there yet."""
_NEAR: Final = 60
_ERROR: Final = re.compile(r"\s*(?:Error\b|error:|fatal:|Traceback \(most recent call last\))")
_LOST: Final = "every call of it failed"


def grounded_answers(rows: Sequence[TrainingRow]) -> Iterator[Judged]:
    """Judge rows whose last answer names files behind results: each was asked for or seen."""
    for row in rows:
        last = row.messages[-1]
        if last.role != "assistant" or row.calls[-1] or not any(row.calls):
            continue
        named = set(_named(last.content))
        if named:
            seen = _seen(row)
            n_unseen = sum(place not in seen for place in named)
            detail = f"its answer names {n_unseen} of {len(named)} places that nothing showed"
            yield Judged(row, "fail" if n_unseen else "pass", detail if n_unseen else "")


def something_worked(rows: Sequence[TrainingRow]) -> Iterator[Judged]:
    """Judge rows with results: where each is an error, no rule can tell that it had to be so."""
    for row in rows:
        results = [each.result for each in exchanges(row) if each.result is not None]
        if results:
            is_lost = all(_ERROR.match(result) for result in results)
            yield Judged(row, "unknown" if is_lost else "pass", _LOST if is_lost else "")


def _named(text: str) -> Iterator[str]:
    prose = _FENCE.sub(" ", text)
    for found in _PLACE.finditer(prose):
        if not _PRODUCT.match(found[0]) and not _PROPOSES.search(
            prose[max(0, found.start() - _NEAR) : found.start()]
        ):
            yield found[0].partition(":")[0]


def _seen(row: TrainingRow) -> str:
    calls = (str(call.arguments) for made in row.calls for call in made)
    return "\n".join([*(message.content for message in row.messages[:-1]), *calls])
