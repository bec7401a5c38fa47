"""Outcome: where a row says that tests pass, its own last run of them must show it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, Literal

from tracemill.records.datasets.audits import TrainingRow
from tracemill.synth.verification.exchanges import Exchange, exchanges
from tracemill.synth.verification.ladder import Judged

_FENCE: Final = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_CLAIM: Final = re.compile(
    r"\b(?:all|the|both|every|\d+)\s+(?:\w+\s+){0,3}?tests?\s+(?:\w+\s+)?(?:now\s+)?"
    r"(?:pass(?:es|ed|ing)?\b|are\s+(?:now\s+)?(?:passing|green))"
    r"|\btests?\s+(?:now\s+|still\s+)?(?:pass(?:es|ed)?|are\s+(?:passing|green))\b"
    r"(?=\s*(?:[.!,;:)*]|\Z|\n|now\b|again\b|after\b|and\b))"
    r"|\b(?:suite|build|ci)\s+is\s+(?:now\s+)?green\b",
    re.IGNORECASE,
)
_NOT_YET: Final = re.compile(
    r"\b(?:if|when|once|until|unless|whether|should|would|will|must|make|ensure|not|n't|no"
    r"|watch|see|check(?:ing)?|verify(?:ing)?|confirm(?:ing)?)\b"
    r"[^.!?\n]{0,60}\Z",
    re.IGNORECASE,
)
"""What stands before words that only look like a claim."""
_RUNS_TESTS: Final = re.compile(
    r"\b(?:pytest|unittest|tox|nox|jest|vitest|mocha|rspec|phpunit|ctest|run_tests?)\b"
    r"|\b(?:npm|yarn|pnpm|cargo|go|mvn|gradle|make|bun|deno|dotnet|mix|swift|mise|just|task|bazel)\s+(?:run\s+)?test",
    re.IGNORECASE,
)
_FAILED: Final = re.compile(
    r"\b[1-9]\d* (?:failed|failing|failures?|errors?)\b|\bFAILED\b|\bFAIL\b|AssertionError"
    r"|\bexit(?:ed with)? code [1-9]|\btests? failed\b",
)
_PASSED: Final = re.compile(
    r"\b[1-9]\d* (?:passed|passing|tests? pass)\b|\bOK\b|test result: ok|\bPASS(?:ED)?\b"
    r"|\b(?:all )?tests? pass(?:ed|ing)?\b|\b0 fail",
    re.IGNORECASE,
)


def shown_claims(rows: Sequence[TrainingRow]) -> Iterator[Judged]:
    """Judge rows that end by saying that tests pass."""
    for row in rows:
        last = row.messages[-1]
        if last.role == "assistant" and not row.calls[-1] and claims_passing(last.content):
            yield _judged(row)


def claims_passing(text: str) -> bool:
    """Tell whether a text says that tests pass, and not that they shall."""
    text = _FENCE.sub("\n", text)
    return any(not _NOT_YET.search(text[: found.start()]) for found in _CLAIM.finditer(text))


def _judged(row: TrainingRow) -> Judged:
    runs = [each for each in exchanges(row) if _RUNS_TESTS.search(_words(each))]
    if not runs:
        return Judged(row, "fail", "says that tests pass, and no test was run")
    match verdict_of_tests(runs[-1].result):
        case "pass":
            return Judged(row)
        case "fail":
            return Judged(row, "fail", "says that tests pass, and its last run of them failed")
        case _:
            return Judged(row, "unknown", "says that tests pass; what its last run says is unclear")


def _words(exchange: Exchange) -> str:
    return " ".join([exchange.call.name, *map(str, exchange.arguments.values())])


def verdict_of_tests(output: str | None) -> Literal["pass", "fail"] | None:
    """Return what a test runner's output says; None where it says neither."""
    if output is None:
        return None
    if _FAILED.search(output):
        return "fail"
    return "pass" if _PASSED.search(output) else None
