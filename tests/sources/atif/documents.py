"""ATIF documents of our own making, and how Hypothesis makes more of them."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

AGENT = {"name": "harness-agent", "version": "1.0", "model_name": "m-1"}


def trajectory(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    numbered = [{"step_id": number, **step} for number, step in enumerate(steps, 1)]
    given = {"schema_version": "ATIF-v1.8", "session_id": "s1", "agent": AGENT, "steps": numbered}
    return {**given, **more}


def user(message: Any = "Fix it", **more: Any) -> dict[str, Any]:
    return {"source": "user", "message": message, **more}


def agent(message: Any = "", **more: Any) -> dict[str, Any]:
    return {"source": "agent", "message": message, **more}


def calling(command: str, answer: str, call_id: str = "c1", **more: Any) -> dict[str, Any]:
    call = {
        "tool_call_id": call_id,
        "function_name": "bash",
        "arguments": {"command": command},
    }
    results = [{"source_call_id": call_id, "content": answer}]
    return agent(tool_calls=[call], observation={"results": results}, **more)


def encoded(document: dict[str, Any]) -> bytes:
    return json.dumps(document).encode()


TEXTS = st.sampled_from(["", "Go", "a\nb", "é🎉", "[image]"])
MOMENTS = st.sampled_from(
    [
        "2026-03-01T10:00:00Z",
        "2026-03-01T10:00:00.123Z",
        "2026-03-01T10:00:00.123456+00:00",
        "2026-03-01T12:00:00+02:00",
        "2026-03-01 10:00:00",
    ]
)
SMALL = st.integers(0, 5)
EXTRAS = st.dictionaries(
    st.sampled_from(["a", "agent/version", "tracemill", "events"]),
    st.none() | SMALL | st.floats(0, 1) | TEXTS | st.lists(SMALL, max_size=2),
    max_size=2,
)


def some(required: dict[str, Any], **optional: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Draw objects in which each optional field is absent, null or there."""
    more = {name: st.none() | strategy for name, strategy in optional.items()}
    return st.fixed_dictionaries(required, optional=more)


def parts() -> st.SearchStrategy[dict[str, Any]]:
    image = {"media_type": "image/png", "path": "a.png"}
    sound = {"media_type": "audio/wav", "path": "a.wav", "duration_sec": 1.5}
    return st.one_of(
        st.builds(lambda text: {"type": "text", "text": text}, TEXTS),
        st.just({"type": "image", "source": image}),
        st.just({"type": "audio", "source": sound}),
    )


MESSAGES = TEXTS | st.lists(parts(), max_size=3)


def metrics() -> st.SearchStrategy[dict[str, Any]]:
    counts = st.integers(0, 40)
    return some(
        {},
        prompt_tokens=counts,
        completion_tokens=counts,
        cached_tokens=counts,
        cost_usd=st.floats(0, 1),
        prompt_token_ids=st.lists(SMALL, max_size=3),
        completion_token_ids=st.lists(SMALL, max_size=3),
        logprobs=st.lists(st.floats(-1, 0), max_size=3),
        extra=EXTRAS
        | st.fixed_dictionaries(
            {}, optional={"reasoning_tokens": SMALL, "cache_write_tokens": SMALL}
        ),
    )


def references() -> st.SearchStrategy[list[dict[str, Any]]]:
    one = some({"trajectory_path": TEXTS}, trajectory_id=TEXTS, session_id=TEXTS, extra=EXTRAS)
    return st.lists(one, max_size=2)


def observations(call_ids: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    answer = st.sampled_from(call_ids) if call_ids else st.none()
    result = some(
        {},
        content=MESSAGES,
        source_call_id=answer,
        subagent_trajectory_ref=references(),
        extra=EXTRAS,
    )
    return st.fixed_dictionaries({"results": st.lists(result, max_size=3)})


@st.composite
def agent_steps(draw: st.DrawFn) -> dict[str, Any]:
    call = some(
        {
            "tool_call_id": st.sampled_from(["a", "b"]),
            "function_name": st.sampled_from(["bash", "Edit"]),
            "arguments": EXTRAS,
        },
        extra=EXTRAS,
    )
    calls = draw(st.none() | st.lists(call, max_size=2))
    step = some(
        {"source": st.just("agent"), "message": MESSAGES},
        timestamp=MOMENTS,
        model_name=TEXTS,
        reasoning_effort=st.sampled_from(["high", 0.5]),
        reasoning_content=TEXTS,
        observation=observations([call["tool_call_id"] for call in calls or ()]),
        metrics=metrics(),
        is_copied_context=st.booleans(),
        llm_call_count=st.integers(1, 3),
        extra=EXTRAS,
    )
    return {**draw(step), **({} if draw(st.booleans()) and not calls else {"tool_calls": calls})}


def other_steps() -> st.SearchStrategy[dict[str, Any]]:
    return some(
        {"source": st.sampled_from(["system", "user"]), "message": MESSAGES},
        timestamp=MOMENTS,
        observation=observations([]),
        is_copied_context=st.booleans(),
        extra=EXTRAS | st.just({"context_management": {"type": "compaction"}}),
    )


@st.composite
def trajectories(draw: st.DrawFn, depth: int = 2) -> dict[str, Any]:
    steps = draw(st.lists(agent_steps() | other_steps(), min_size=1, max_size=4))
    agents = some(
        {"name": st.sampled_from(["x", "y"]), "version": st.sampled_from(["1", "unknown"])},
        model_name=TEXTS,
        tool_definitions=st.lists(EXTRAS, max_size=2),
        extra=EXTRAS,
    )
    totals = some(
        {},
        total_prompt_tokens=st.integers(0, 90),
        total_completion_tokens=SMALL,
        total_cached_tokens=SMALL,
        total_cost_usd=st.floats(0, 1),
        total_steps=SMALL,
        extra=EXTRAS,
    )
    document = draw(
        some(
            {"schema_version": st.sampled_from([f"ATIF-v1.{n}" for n in range(9)])},
            session_id=TEXTS,
            trajectory_id=TEXTS,
            notes=TEXTS,
            final_metrics=totals,
            continued_trajectory_ref=TEXTS,
            extra=EXTRAS,
        )
    )
    numbered = [{"step_id": number, **step} for number, step in enumerate(steps, 1)]
    document |= {"agent": draw(agents), "steps": numbered}
    if depth and draw(st.booleans()):
        inner = draw(st.lists(trajectories(depth - 1), max_size=2))
        named = [{**each, "trajectory_id": f"sub-{n}"} for n, each in enumerate(inner)]
        document["subagent_trajectories"] = named
    return document
