"""Small requests of OpenTelemetry of our own making."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
BEGIN = 1_770_000_000


def value(given: Any) -> dict[str, Any]:
    match given:
        case bool():
            return {"boolValue": given}
        case int():
            return {"intValue": str(given)}
        case float():
            return {"doubleValue": given}
        case str():
            return {"stringValue": given}
        case list():
            return {"arrayValue": {"values": [value(item) for item in given]}}
        case _:
            pairs = [{"key": key, "value": value(item)} for key, item in given.items()]
            return {"kvlistValue": {"values": pairs}}


def attributes(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": value(item)} for key, item in given.items()]


def nano(second: float) -> str:
    return str(int((BEGIN + second) * 1_000_000_000))


def span(
    number: int,
    begin: float,
    end: float,
    given: Mapping[str, Any],
    *,
    parent: int | None = None,
    **more: Any,
) -> dict[str, Any]:
    return {
        "traceId": TRACE,
        "spanId": f"{number:016x}",
        **({} if parent is None else {"parentSpanId": f"{parent:016x}"}),
        "name": f"{given.get('gen_ai.operation.name', 'GET')} x",
        "kind": 3,
        "startTimeUnixNano": nano(begin),
        "endTimeUnixNano": nano(end),
        "attributes": attributes(given),
        **more,
    }


def chat(number: int, begin: float, given: Any, said: Any, **more: Any) -> dict[str, Any]:
    told = {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "m",
        "gen_ai.response.model": "m-1",
        "gen_ai.usage.input_tokens": 50,
        "gen_ai.usage.cache_read.input_tokens": 20,
        "gen_ai.usage.output_tokens": 7,
        "gen_ai.input.messages": json.dumps(given),
        "gen_ai.output.messages": json.dumps(said),
    }
    return span(number, begin, begin + 1, told, **more)


def tool(number: int, begin: float, call_id: str, name: str = "run", **more: Any) -> dict[str, Any]:
    told = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": name,
        "gen_ai.tool.call.id": call_id,
        "gen_ai.tool.call.arguments": '{"command": "make"}',
        "gen_ai.tool.call.result": "done",
    }
    return span(number, begin, begin + 1, told, **more)


def agent(number: int, begin: float, end: float, **more: Any) -> dict[str, Any]:
    told = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "helper"}
    return span(number, begin, end, told, **more)


def message(role: str, *parts: Any) -> dict[str, Any]:
    return {"role": role, "parts": [text(p) if isinstance(p, str) else p for p in parts]}


def text(said: str) -> dict[str, Any]:
    return {"type": "text", "content": said}


def call(call_id: str | None, name: str = "run", **arguments: Any) -> dict[str, Any]:
    return {"type": "tool_call", "id": call_id, "name": name, "arguments": arguments}


def response(call_id: str | None, said: str) -> dict[str, Any]:
    return {"type": "tool_call_response", "id": call_id, "response": said}


def traces(spans: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    resource = {"attributes": attributes({"service.name": "worker", "service.version": "2.1"})}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": list(spans)}]}]}


def logs(records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"resourceLogs": [{"scopeLogs": [{"logRecords": list(records)}]}]}


def log(
    name: str, second: float, given: Mapping[str, Any], body: Any = None, number: int = 1
) -> dict[str, Any]:
    return {
        "timeUnixNano": nano(second),
        "eventName": name,
        "traceId": TRACE,
        "spanId": f"{number:016x}",
        "attributes": attributes(given),
        **({} if body is None else {"body": value(body)}),
    }
