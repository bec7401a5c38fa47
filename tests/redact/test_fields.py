"""Every text of every record passes, except what is listed as ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, get_args

import msgspec
import pytest
from msgspec import inspect

from tests.redact.conftest import KEY
from tests.redact.templates import fill
from tracemill.records.events.event import BareLines, Event
from tracemill.records.events.gates import GateResult
from tracemill.records.inputs import Input, Quarantined, Tally
from tracemill.records.refs import Origin, Record, Span
from tracemill.records.sessions.trajectory import Step, ToolCall, ToolResult, Trajectory
from tracemill.redact import Redactor
from tracemill.redact.fields import VERBATIM, foreign_fields

REDACTOR = Redactor(KEY, engine="re2")
INGESTED: tuple[type[Record], ...] = (
    Step,
    Trajectory,
    *get_args(Event),
    BareLines,
    GateResult,
    Quarantined,
    Tally,
    Input,
)


def nested(kind: type[Record]) -> set[type[Record]]:
    found = {kind}
    for field in described(kind).fields:
        for part in parts(field.type):
            if isinstance(part, inspect.StructType):
                found |= nested(part.cls)  # type: ignore[arg-type]
    return found


def described(kind: type[Record]) -> inspect.StructType:
    type_info = inspect.type_info(kind)
    assert isinstance(type_info, inspect.StructType)
    return type_info


def parts(type_info: inspect.Type) -> Iterator[inspect.Type]:
    yield type_info
    inner = [getattr(type_info, name, None) for name in ("item_type", "key_type", "value_type")]
    several = [*getattr(type_info, "types", ()), *getattr(type_info, "item_types", ())]
    for each in [*filter(None, inner), *several]:
        yield from parts(each)


def holds_text(type_info: inspect.Type) -> bool:
    return any(isinstance(part, inspect.StrType | inspect.AnyType) for part in parts(type_info))


TYPES = sorted(set().union(*map(nested, INGESTED)), key=lambda kind: kind.__name__)


def listed(kind: type[Record]) -> frozenset[str]:
    return frozenset(name for base in kind.__mro__ for name in VERBATIM.get(base, ()))


def canary(path: str) -> str:
    return fill(f"{{alnum:3}} ghp_{{alnum:36}} {path}")


def example_of(type_info: inspect.Type, path: str) -> Any:
    for kind, make in EXAMPLES.items():
        if isinstance(type_info, kind):
            return make(type_info, path)
    return None


def example_of_dict(type_info: Any, path: str) -> Any:
    if isinstance(type_info.key_type, inspect.LiteralType):
        return {type_info.key_type.values[0]: example_of(type_info.value_type, path)}
    if isinstance(type_info.value_type, inspect.IntType):
        return {canary(path): 1}
    if isinstance(type_info.value_type, inspect.StrType):
        return {canary(f"{path}.key"): canary(path)}
    return {canary(f"{path}.key"): canary(path), "in": [{"list": canary(f"{path}.in")}]}


EXAMPLES: dict[type[inspect.Type], Callable[[Any, str], Any]] = {
    inspect.StrType: lambda _, path: canary(path),
    inspect.AnyType: lambda _, path: [canary(path), {canary(f"{path}.key"): [canary(path)]}],
    inspect.DictType: example_of_dict,
    inspect.VarTupleType: lambda info, path: (example_of(info.item_type, path),),
    inspect.TupleType: lambda info, path: tuple(example_of(i, path) for i in info.item_types),
    inspect.UnionType: lambda info, path: example_of(info.types[0], path),
    inspect.LiteralType: lambda info, _: info.values[0],
    inspect.StructType: lambda info, path: record_of(info.cls, f"{path}."),
    inspect.BoolType: lambda *_: False,
    inspect.BytesType: lambda *_: b"",
    inspect.IntType: lambda *_: 3,
}


def record_of(kind: type[Record], path: str = "") -> Record:
    if kind is Span:
        return Span(start=0, end=1)
    fields = described(kind).fields
    return kind(**{field.name: example_of(field.type, path + field.name) for field in fields})


@pytest.mark.parametrize("kind", TYPES)
def test_each_field_that_holds_text_is_scanned_or_listed(kind: type[Record]) -> None:
    with_text = {field.name for field in described(kind).fields if holds_text(field.type)}
    with_records = {
        field.name
        for field in described(kind).fields
        if any(
            isinstance(part, inspect.StructType) and foreign_fields(part.cls)  # type: ignore[arg-type]
            for part in parts(field.type)
        )
    }

    assert set(foreign_fields(kind)) == (with_text | with_records) - listed(kind)


@pytest.mark.parametrize("kind", list(VERBATIM))
def test_what_is_listed_exists(kind: type[Record]) -> None:
    assert VERBATIM[kind] <= set(kind.__struct_fields__)


def canaries(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, str):
        if "ghp_" in value:
            yield path
    elif isinstance(value, Record):
        for name in value.__struct_fields__:
            yield from canaries(getattr(value, name), f"{type(value).__name__}.{name}")
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from canaries(key, path)
            yield from canaries(each, path)
    elif isinstance(value, tuple | list):
        for each in value:
            yield from canaries(each, path)


@pytest.mark.parametrize("kind", INGESTED)
def test_a_secret_in_any_field_goes_unless_the_field_is_listed(kind: type[Record]) -> None:
    record = record_of(kind)

    [redacted] = REDACTOR.redact([record]).records

    allowed = {f"{each.__name__}.{name}" for each in nested(kind) for name in listed(each)}
    assert set(canaries(redacted)) == set(canaries(record)) & allowed
    assert msgspec.json.decode(msgspec.json.encode(redacted), type=kind) == redacted


def test_keys_and_values_at_any_depth_are_redacted_in_place() -> None:
    secret = fill("ghp_{alnum:36}")
    arguments: Any = {"a": 1, f"key {secret}": [True, None, {"b": [secret, 2.5]}], "c": "plain"}
    step = Step(
        trajectory_id="t",
        index=0,
        speaker="agent",
        calls=(ToolCall(id="c", name="Bash", arguments=arguments),),
        span=Span(start=0, end=1),
    )

    redaction = REDACTOR.redact([step])

    token = REDACTOR.text(secret)
    assert redaction.records[0].calls[0].arguments == {
        "a": 1,
        f"key {token}": [True, None, {"b": [token, 2.5]}],
        "c": "plain",
    }
    assert [finding.where for finding in redaction.findings] == [
        "calls[0].arguments.keys[1]",
        "calls[0].arguments[1][2].b[0]",
    ]


def test_very_deep_arguments_are_redacted_too() -> None:
    deep: Any = fill("ghp_{alnum:36}")
    for _ in range(5_000):
        deep = [deep]
    step = Step(
        trajectory_id="t",
        index=0,
        speaker="agent",
        calls=(ToolCall(id="c", name="Bash", arguments={"input": deep}),),
        span=Span(start=0, end=1),
    )

    [redacted] = REDACTOR.redact([step]).records

    found: Any = redacted.calls[0].arguments["input"]
    while isinstance(found, list):
        [found] = found
    assert found.startswith("[SECRET:github-pat:")


def test_keys_that_become_the_same_are_kept_apart() -> None:
    secret = fill("ghp_{alnum:36}")
    call = ToolCall(id="c", name="x", arguments={secret: 1, REDACTOR.text(secret): 2})
    step = Step(
        trajectory_id="t", index=0, speaker="agent", calls=(call,), span=Span(start=0, end=1)
    )

    [redacted] = REDACTOR.redact([step]).records

    assert sorted(redacted.calls[0].arguments.values()) == [1, 2]


def test_a_record_without_findings_is_the_very_same() -> None:
    step = Step(
        trajectory_id="t",
        index=0,
        speaker="agent",
        text="nothing to see",
        results=(ToolResult(call_id="c", content="ok"),),
        span=Span(start=0, end=1),
    )
    other = Trajectory(
        id="t",
        session_id="s",
        agent="claude-code",
        cwd="/home/ada/x",
        origin=Origin(source="x", source_version=1, uri="/home/ada/y", input_id="i"),
    )

    redacted = REDACTOR.redact([step, other]).records

    assert redacted[0] is step
    assert redacted[1] != other
