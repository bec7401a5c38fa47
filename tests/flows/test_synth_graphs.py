"""Work of every category turns out, and the ladder believes what is told of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

import tests.synth
from tracemill.base.errors import PolicyError
from tracemill.base.ids import digest
from tracemill.curate.selecting.rows import training_row
from tracemill.flows.synthesis.bench import missing_programs, open_bench, open_sandbox, prepare
from tracemill.flows.synthesis.verifying import verify_rows
from tracemill.records.datasets.examples import Message
from tracemill.records.synth.made_up import SyntheticExample
from tracemill.synth import SYNTH_VERSION
from tracemill.synth.bugs import functions
from tracemill.synth.graphs import graphs
from tracemill.synth.making import Cast, Order, cast, play, tell
from tracemill.synth.repository_tasks import Numbers, make_tasks
from tracemill.synth.skins import skins
from tracemill.synth.telling import UnfitError
from tracemill.synth.verification import SEEN

pytestmark = pytest.mark.timeout(600)  # pytest itself is started dozens of times

VERSIONS_FILE = Path(tests.synth.__file__).parent / "versions.json"
VERSIONS: dict[str, Any] = json.loads(VERSIONS_FILE.read_text())

PLAYED = [
    ("tool-use/single-call", "read_constant", "answered"),
    ("tool-use/parallel-calls", "check_all", "tests_pass"),
    ("tool-use/multi-turn", "fix_then_more", "tests_pass"),
    ("tool-use/error-recovery", "stale_edit", None),
    ("powertools/references", "safe_to_change", "answered"),
    ("superpowers/testing", "verification", None),
    ("agentic/tdd", "tdd", "tests_pass"),
    ("agentic/review", "review", "tests_fail"),
    ("craftsmanship/clean-code", "linted", "no_findings"),
    ("craftsmanship/solid", "better_solid", "tests_pass"),
    ("collaboration/clarifying", "clarifying", "tests_pass"),
    ("problem-solving/when-stuck", "when_stuck", "tests_pass"),
    ("problem-solving/root-cause", "root_cause", "tests_pass"),
    ("restraint/known-already", "known_already", "answered"),
    ("restraint/known-already", "stats_known", "answered"),
    ("restraint/in-hand", "failure_in_hand", "answered"),
    ("restraint/in-hand", "message_in_hand", "answered"),
    ("restraint/in-hand", "test_in_words", "answered"),
    ("restraint/by-heart", "by_heart", "answered"),
    ("tool-use/single-call", "failure_to_find", "tests_fail"),
]


def casts(place: str, name: str) -> list[Cast]:
    category, part = place.split("/")
    at = [graph.__name__ for graph in graphs()[place]].index(name)
    order = Order(category=category, part=part, number=at, seed=1)
    return [cast(order, attempt) for attempt in range(12)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, SyntheticExample]:
    try:
        sandbox = open_sandbox()
    except PolicyError as error:
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("projects")
    found: dict[str, SyntheticExample] = {}
    for place, name, _ in PLAYED:
        for each in casts(place, name):
            source = folder / each.skin.name
            if not source.exists():
                source.mkdir()
                prepare(sandbox, source, each.skin)
            if lacking := missing(folder, source):
                pytest.skip(f"not installed: {', '.join(sorted(set(lacking.values())))}")
            category, part = place.split("/")
            with open_bench(sandbox, source) as bench:
                try:
                    scene = play(each, bench, frozenset())
                except UnfitError:
                    continue
            order = Order(category=category, part=part, number=0, seed=1)
            found[name] = tell(scene, order).example
            break
    return found


def missing(folder: Path, source: Path) -> dict[str, str]:
    """Return what is missing, asked once."""
    asked = folder / "asked"
    if asked.exists():
        return {}
    asked.touch()
    return dict(missing_programs(open_sandbox(), source))


@pytest.mark.parametrize(("name", "ending"), [each[1:] for each in PLAYED])
def test_work_turns_out(made: dict[str, SyntheticExample], name: str, ending: str | None) -> None:
    example = made[name]

    assert ending in (None, example.graph.ending)
    assert example.graph.name == name
    assert example.execution == ("executed" if example.graph.steps else "no_calls")
    assert example.example.messages[-1].role == "assistant"
    assert example.example.messages[-1].trained


def test_the_ladder_rejects_none_of_it(made: dict[str, SyntheticExample]) -> None:
    rows = [training_row(each.example) for each in made.values()]

    report = verify_rows(rows, ran=dict.fromkeys((row.digest for row in rows), SEEN))

    rejected = {row.digest: row.judgements for row in report.rows if row.standing == "rejected"}
    assert rejected == {}


def test_who_changes_what_is_made_raises_the_version(made: dict[str, SyntheticExample]) -> None:
    told = [
        (name, each.template, each.example.tags, each.example.tools, list(map(words, messages)))
        for name, each in sorted(made.items())
        if (messages := each.example.messages)
    ]
    tasks = [
        (task.id, task.tools, list(map(words, task.messages)))
        for task in make_tasks("train", Numbers(2, 2, 2), 7)
    ]

    found = digest(msgspec.json.encode((told, tasks), order="deterministic"))

    assert VERSIONS[str(SYNTH_VERSION)]["played"] == found, (
        f"raise SYNTH_VERSION, and add it to {VERSIONS_FILE.name}: {found}"
    )
    assert max(map(int, VERSIONS)) == SYNTH_VERSION


def words(message: Message) -> tuple[object, ...]:
    """What we say and call ourselves: results are those of other programs, which change as well."""
    said = "" if message.role == "tool" else message.content
    return message.role, said, message.tool_calls, message.trained


def test_a_mistake_is_shown_and_not_learned(made: dict[str, SyntheticExample]) -> None:
    for name in ("stale_edit", "when_stuck"):
        learned = [m.trained for m in made[name].example.messages if m.role == "assistant"]
        assert learned.count(False) == 1
        assert learned[-1]


def test_what_is_made_at_once_needs_nothing_of_each_other(
    made: dict[str, SyntheticExample],
) -> None:
    assert any(len(m.tool_calls) > 1 for each in made.values() for m in each.example.messages)
    for each in made.values():
        needs = {step.id: step.needs for step in each.graph.steps}
        for message in each.example.messages:
            together = {call["id"] for call in message.tool_calls}
            assert all(together.isdisjoint(needs[name]) for name in together)


def test_an_edit_was_seen_before_it_was_made(made: dict[str, SyntheticExample]) -> None:
    needs = {step.tool: step.needs for step in made["tdd"].graph.steps}

    assert needs["edit_file"]


def test_no_edit_calls_what_was_never_shown(made: dict[str, SyntheticExample]) -> None:
    assert any(step.tool == "edit_file" for each in made.values() for step in each.graph.steps)
    for each in made.values():
        skin = next(s for s in skins() if f"skin:{s.name}" in each.example.tags)
        known = {skin.on(function.name) for function in functions()}
        shown = "\n".join(m.content for m in each.example.messages if m.role == "user")
        for step in each.graph.steps:
            if step.tool == "edit_file":
                given = set(re.findall(r"\w+", step.arguments["new"]))
                was_there = set(re.findall(r"\w+", step.arguments["old"] + shown))
                assert (given & known) - was_there == set(), each.graph.name
            shown += f"\n{step.result}"
