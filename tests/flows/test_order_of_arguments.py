"""Whatever is learned from or asked keeps a call's arguments in the order of their writing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import tracemill
from tracemill.evaluate.building import make_case
from tracemill.evaluate.running import freeze
from tracemill.flows.models.made_data import keep_tasks
from tracemill.flows.models.suites import find_suite, keep_suite
from tracemill.flows.synthesis.journal import Journal
from tracemill.records.canonical import row_lines
from tracemill.records.datasets.examples import Message
from tracemill.records.models.evaluations import Case
from tracemill.records.synth.generation import Draft
from tracemill.redact import Redactor
from tracemill.store.workspace import Workspace
from tracemill.synth.repository_tasks import MadeTask

ARGUMENTS: Final[dict[str, Any]] = {"path": "a.py", "old": "x", "new": {"b": 1, "a": 2}}
CALL: Final = {"type": "function", "id": "c1", "function": {"name": "edit", "arguments": ARGUMENTS}}
MESSAGES: Final = (
    Message(role="user", content="mend it"),
    Message(role="assistant", tool_calls=(CALL,), trained=True),
    Message(role="tool", content="done", tool_call_id="c1", name="edit"),
)
WRITTEN: Final = '{"path":"a.py","old":"x","new":{"b":1,"a":2}}'


def test_rows_are_lines_in_the_order_in_which_they_were_given() -> None:
    assert row_lines([{"b": 1, "a": 2}, {"a": 3}]) == b'{"b":1,"a":2}\n{"a":3}\n'


def test_a_suite_asks_with_arguments_in_their_order(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    case = make_case(Case(id="", messages=MESSAGES, checks=("decision",), group="s1"))
    built = keep_suite(workspace, freeze("mine", "chat", [case], {}), [case], {})

    assert WRITTEN in (Path(built.folder) / "cases.jsonl").read_text("utf-8")
    (read,) = find_suite(workspace, "mine").cases()
    assert list(read.messages[1].tool_calls[0]["function"]["arguments"]) == list(ARGUMENTS)


def test_made_tasks_and_drafts_of_models_keep_it(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    version = keep_tasks(workspace, [MadeTask("edit", MESSAGES, ())], [])
    (train,) = workspace.datasets.glob(f"*/{version.id}/train.jsonl")
    journal = Journal(tmp_path / "journal", Redactor(b"k" * 32, home="/home/ada"))
    journal.note(Draft(job="one", part="edit", messages=MESSAGES))

    (draft,) = journal.drafts()
    assert WRITTEN in train.read_text("utf-8")
    assert list(draft.messages[1].tool_calls[0]["function"]["arguments"]) == list(ARGUMENTS)


def test_cases_that_differ_by_that_order_are_two() -> None:
    turned = dict(reversed(ARGUMENTS.items()))
    other = {**CALL, "function": {"name": "edit", "arguments": turned}}
    said = [Message(role="assistant", tool_calls=(call,)) for call in (CALL, other)]
    asked = {
        make_case(Case(id="", messages=(each,), checks=("decision",), group="s")).id
        for each in said
    }

    assert len(asked) == 2


def test_no_row_is_written_with_its_keys_sorted() -> None:
    """Rows have one door, so that whoever writes a new kind of them cannot forget."""
    source = Path(tracemill.__file__).parent
    sorted_rows = re.compile(r'canonical_json\(\w+\) \+ b"\\n"')

    assert [
        path.name for path in source.rglob("*.py") if sorted_rows.search(path.read_text())
    ] == []
