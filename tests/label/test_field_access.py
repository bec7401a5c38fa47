"""What the code of a session's calls does with fields."""

from __future__ import annotations

from typing import Any

import pytest

from tests.trajectories import agent, trajectory
from tracemill.label.activity.field_access import accessed_fields, fields_by_step
from tracemill.label.calls.run_code import run_code
from tracemill.records.sessions.accessed_fields import (
    AccessedField,
    AccessedFields,
    FieldLoop,
    FieldTest,
)
from tracemill.records.sessions.trajectory import ToolCall

CODE = "r = lint('.')\nif r.n > 0:\n    for e in r.errors[:5]:\n        print(e.line)"


def called(name: str = "execute_code", **arguments: Any) -> ToolCall:
    return ToolCall(id="c1", name=name, arguments=arguments)


def accessed(*calls: ToolCall, **more: Any) -> AccessedFields:
    steps = [agent(index, "", calls=(call,), **more) for index, call in enumerate(calls)]
    return accessed_fields(trajectory(len(steps)), steps)


@pytest.mark.parametrize(
    ("call", "codes"),
    [
        pytest.param(called(code="r.x"), ["r.x"], id="an argument"),
        pytest.param(called("execute_ipython_cell", code="%cd a\nr.x"), ["pass\nr.x"], id="magic"),
        pytest.param(called(code="r.x", language="javascript"), [], id="another language"),
        pytest.param(called(code="r.x", language="python3"), ["r.x"], id="the language said"),
        pytest.param(called("Write", content="r.x"), [], id="what is only written"),
        pytest.param(called("Bash", command="python -c 'r.x'"), ["r.x"], id="-c"),
        pytest.param(called("Bash", command='cd a && python3 -c "r[\\"x\\"]"'), ['r["x"]'], id='-c "'),
        pytest.param(called("Bash", command="uv run /usr/bin/python3.12 -I -c 'r.x'"), ["r.x"], id="path"),
        pytest.param(called("Bash", command="python - <<'PY'\nr.x\nPY\nls"), ["r.x"], id="here"),
        pytest.param(
            called("Bash", command="a | python3 <<EOF\nr.x\nEOF\npython <<EOF\nr.y\nEOF"),
            ["r.x", "r.y"],
            id="two here",
        ),
        pytest.param(called("Bash", command="cat > python.py <<'E'\nr.x\nE"), [], id="only a file"),
        pytest.param(called("Bash", command="cat <<'E' > a\npython -\nE"), [], id="a word in a text"),
        pytest.param(called("Bash", command="python a.py"), [], id="a file that is run"),
    ],
)  # fmt: skip
def test_code_that_a_call_runs_is_found(call: ToolCall, codes: list[str]) -> None:
    assert list(run_code(call)) == codes


def test_fields_tests_and_loops_are_told() -> None:
    found = accessed(called(code=CODE), called(code="lint('a').n"))

    kinds = {"n_full": 0, "n_limited": 0, "n_filtered": 0, "n_grouped": 0}
    assert found.fields == (
        AccessedField(call="lint", field="n", n_reads=2, n_tests=1, limits=(), **kinds),
        AccessedField(
            call="lint", field="errors", n_reads=1, n_tests=0, limits=(5,), **kinds | {"n_limited": 1}
        ),
        AccessedField(call="lint", field="errors[].line", n_reads=1, n_tests=0, limits=(), **kinds),
    )  # fmt: skip
    assert found.tests == (
        FieldTest(step=0, call_id="c1", keyword="if", test="r.n > 0", fields=(("lint", "n"),)),
    )
    assert found.loops == (
        FieldLoop(step=0, call_id="c1", call="lint", field="errors", kind="limited", limit=5),
    )


def test_code_that_does_not_parse_is_counted() -> None:
    found = accessed(called(code="r = ("), called(code="1"), called(code=CODE))

    assert (found.n_codes, found.n_unparsed, found.n_reading) == (3, 1, 1)


def test_replayed_steps_tell_nothing() -> None:
    assert accessed(called(code=CODE), is_replayed=True).n_codes == 0


def test_fields_are_told_by_the_step_that_ran_the_code() -> None:
    steps = [
        agent(0, "", calls=(called(code=CODE), called(code="r = lint('.')\nr.n\nr.m"))),
        agent(1, "", calls=(called(code="if"),)),
        agent(2, "", calls=(called("Read", path="a.py"),)),
        agent(3, "", calls=(called(code="1 + 1"),)),
        agent(4, "", calls=(called(code=CODE),), is_replayed=True),
    ]

    told = fields_by_step(steps)

    assert list(told) == [0, 3]
    assert {"n", "m"} < set(told[0])
    assert len(told[0]) == len(set(told[0]))
    assert told[3] == ()
