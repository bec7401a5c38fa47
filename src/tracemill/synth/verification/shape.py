"""Format and schema: who speaks when, and whether what is called can be held against anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tracemill.records.datasets.audits import TrainingRow
from tracemill.synth.verification.exchanges import exchanges, is_result
from tracemill.synth.verification.ladder import Judged


def speaking_order(rows: Sequence[TrainingRow]) -> Iterator[Judged]:
    """Judge every row: somebody asks, answers say or call something, results answer a call."""
    for row in rows:
        fault = _fault(row)
        yield Judged(row, "fail" if fault else "pass", fault or "")


def _fault(row: TrainingRow) -> str | None:
    if not any(message.role == "user" for message in row.messages):
        return "nobody asks for anything"
    previous = None
    for at, message in enumerate(row.messages):
        is_answer = message.role == "assistant"
        if is_answer and not (message.content.strip() or row.calls[at]):
            return "an answer that says nothing and calls nothing"
        if is_answer and previous == "assistant":
            return "two answers in a row"
        if is_result(message) and at == 0:
            return "a result before any call"
        previous = message.role
    return None


def declared_tools(rows: Sequence[TrainingRow]) -> Iterator[Judged]:
    """Judge rows with calls: without the tools that they may call, nobody knows what fits."""
    for row in rows:
        if any(row.calls):
            is_known = bool(row.tools)
            yield Judged(row, "pass" if is_known else "unknown", "" if is_known else _UNDECLARED)


_UNDECLARED = "calls tools that the row does not declare"


def distinct_calls(rows: Sequence[TrainingRow]) -> Iterator[Judged]:
    """Judge rows that call several tools at once: the same call twice is one call too many."""
    for row in rows:
        several = [calls for calls in row.calls if len(calls) > 1]
        if several:
            made = [[(call.name, str(call.arguments)) for call in calls] for calls in several]
            n_again = sum(len(calls) - len(set(calls)) for calls in made)
            detail = f"{n_again} calls are made twice at once" if n_again else ""
            yield Judged(row, "fail" if n_again else "pass", detail)


def answered_calls(rows: Sequence[TrainingRow]) -> Iterator[Judged]:
    """Judge rows with calls: behind each, unless it is the last word, stands its result."""
    for row in rows:
        if any(row.calls):
            last = len(row.messages) - 1
            n_open = sum(each.result is None and each.at != last for each in exchanges(row))
            detail = f"{n_open} calls have no result, and the row goes on" if n_open else ""
            yield Judged(row, "fail" if n_open else "pass", detail)
