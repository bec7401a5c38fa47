"""What the consent level `metadata` lets in are fields of records, and none of them is text."""

import msgspec
import pytest

from tracemill.flows.ingest.consent import LET_IN

NAMES = {
    "call_id", "trajectory_id", "input_id", "model", "native_id", "native_parent_id", "id",
    "session_id", "parent_id", "agent", "agent_version", "first_native_id",
}  # fmt: skip
"""Texts that are let in: ids, and names of programs and models."""


@pytest.mark.parametrize("record", LET_IN, ids=lambda record: record.__name__)
def test_what_is_let_in_are_fields_without_text(record: type[msgspec.Struct]) -> None:
    fields = {field.name: field.type for field in msgspec.structs.fields(record)}
    required = {field.name for field in msgspec.structs.fields(record) if field.required}

    assert set(LET_IN[record]) <= fields.keys()
    assert required <= set(LET_IN[record])
    assert {n for n in LET_IN[record] if fields[n] in (str, str | None)} <= NAMES
