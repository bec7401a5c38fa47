"""Examples are made up by carrying calls out, the same ones each time, and never without a sandbox."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from tracemill.base.errors import PolicyError, UsageError
from tracemill.base.sandbox import INSIDE, Bubblewrap
from tracemill.flows.datasets.made_up import made_examples, plan_synthesis, synthesis_stats
from tracemill.flows.executors.protocol import make_executor
from tracemill.flows.synthesis.again import do_again
from tracemill.flows.synthesis.bench import (
    missing_programs,
    open_bench,
    open_sandbox,
    prepare,
    settled,
)
from tracemill.flows.synthesis.run import Wanted, run_synthesis
from tracemill.flows.synthesis.verifying import verify_files
from tracemill.records.synth.made_up import SyntheticExample, SynthRun
from tracemill.store.workspace import Workspace
from tracemill.synth.skins import PLAIN, Skin, skins
from tracemill.synth.telling import Call
from tracemill.synth.verification import SEEN

NAVIGATION = ("powertools", "restraint")


@pytest.fixture(scope="module")
def sandbox() -> Bubblewrap:
    pytest.importorskip("tree_sitter", reason="tree-sitter is not installed: tracemill[synth]")
    try:
        return open_sandbox()
    except PolicyError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def projects(sandbox: Bubblewrap, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the project in every skin."""
    folder = tmp_path_factory.mktemp("projects")
    for skin in skins():
        (folder / skin.name).mkdir()
        prepare(sandbox, folder / skin.name, skin)
    return folder


@pytest.fixture(scope="module")
def project(projects: Path) -> Path:
    return projects / PLAIN.name


@pytest.mark.parametrize("skin", skins(), ids=lambda skin: skin.name)
def test_the_project_passes_its_own_checks_in_every_skin(
    sandbox: Bubblewrap, projects: Path, skin: Skin
) -> None:
    checks = [Call("run_tests", {}), Call("run_linter", {}), Call("check_types", {})]

    with open_bench(sandbox, projects / skin.name) as bench:
        results = bench.call(checks)

    assert [each.text for each in results if each.failed] == []


def made_in(folder: Path, n: int, workers: int = 1, minutes: float | None = None) -> Workspace:
    workspace = Workspace(folder)
    with workspace.writing():
        executor = make_executor("local", workers, workspace.scratch)
        run_synthesis(workspace, executor, Wanted(n, NAVIGATION, seed=3, minutes=minutes))
    return workspace


def every(workspace: Workspace) -> list[SyntheticExample]:
    return sorted(made_examples(workspace), key=lambda each: each.id)


@pytest.fixture(scope="module")
def made(sandbox: Bubblewrap, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    assert sandbox is not None
    return made_in(tmp_path_factory.mktemp("made"), 12)


def test_every_part_is_there_and_all_hold(made: Workspace) -> None:
    stats = synthesis_stats(made, NAVIGATION)

    assert stats.sound == 12
    assert all(each.sound >= 1 for each in stats.categories)
    assert stats.template_share == 1.0
    assert "unverified" not in stats.executions


def test_results_are_those_that_the_calls_give(
    made: Workspace, sandbox: Bubblewrap, projects: Path
) -> None:
    n_calls = 0
    for each in every(made):
        shown = [m.content for m in each.example.messages if m.role == "tool"]
        assert shown == [step.result for step in each.graph.steps]
        if each.graph.setup or not each.graph.steps:
            continue
        skin = str(each.graph.project).partition("@")[0]
        with open_bench(sandbox, projects / skin) as bench:
            for step in each.graph.steps:
                (result,) = bench.call([Call(step.tool, step.arguments)])
                assert (result.text, result.failed) == (step.result, step.is_failed)
                n_calls += 1
    assert n_calls > 6


def forged(made: SyntheticExample) -> SyntheticExample:
    messages = tuple(
        replace(m, content=m.content + "9") if m.role == "tool" else m
        for m in made.example.messages
    )
    return replace(made, example=replace(made.example, messages=messages))


def elsewhere(made: SyntheticExample) -> SyntheticExample:
    return replace(made, graph=replace(made.graph, project="larder@another"))


def unverified(made: SyntheticExample) -> SyntheticExample:
    return replace(made, execution="unverified")


@pytest.mark.parametrize(
    ("change", "verdict", "why"),
    [
        (lambda each: each, "pass", ""),
        (forged, "fail", "returns something else"),
        (elsewhere, "unknown", "another version"),
        (unverified, "unknown", "not carried out"),
    ],
)
def test_work_that_is_done_again_says_whether_its_results_are_real(
    made: Workspace,
    change: Callable[[SyntheticExample], SyntheticExample],
    verdict: str,
    why: str,
) -> None:
    calling = [each for each in every(made) if each.graph.steps][:2]

    found = do_again([change(each) for each in calling], workers=1)

    assert [each.verdict for each in found.values()] == [verdict] * 2
    assert all(why in each.detail for each in found.values())


def test_only_work_that_is_done_again_passes_on_the_rung_of_execution(made: Workspace) -> None:
    (path,) = made.synth.glob("*/examples-*.jsonl")
    known = next(each.id for each in every(made) if each.graph.steps)

    bare = verify_files([path], with_rows=True)
    again = verify_files([path], with_rows=True, run_again=lambda _: {known: SEEN})

    assert {row.rungs["execution"] for row in bare.rows if "execution" in row.rungs} == {"unknown"}
    assert [row.digest for row in again.rows if row.rungs.get("execution") == "pass"] == [known]


def test_what_is_made_up_says_so_and_where_it_comes_from(made: Workspace) -> None:
    lines = next(made.synth.glob("*/lineage.jsonl")).read_bytes().splitlines(keepends=True)
    from hashlib import sha256

    known = {sha256(line).hexdigest() for line in lines}
    assert known
    assert list(every(made))
    for each in every(made):
        assert "origin:synthetic" in each.example.tags
        assert each.example.lineage[0].content in known


def test_more_workers_make_the_same(made: Workspace, tmp_path: Path) -> None:
    assert every(made_in(tmp_path, 12, workers=2)) == every(made)


def test_a_run_whose_time_was_over_goes_on_and_ends_with_its_last_shard(
    made: Workspace, tmp_path: Path
) -> None:
    workspace = made_in(tmp_path, 12, minutes=1e-6)
    assert every(workspace) == []
    parts = sorted(path.stat().st_mtime_ns for path in workspace.synth.glob("*/part-*.json"))
    assert len(parts) == 1

    made_in(tmp_path, 12, minutes=1e-6)  # goes on behind what is there, however short the time

    assert every(workspace) == every(made)
    assert not list(workspace.synth.glob("*/part-*.json"))


def test_what_was_made_is_not_asked_for_again(made: Workspace) -> None:
    gaps = {wish.part: wish.gap for wish in plan_synthesis(made, ["powertools"]).wishes}
    targets = {wish.part: wish.target for wish in plan_synthesis(made, ["powertools"]).wishes}

    assert targets
    assert all(gaps[part] < targets[part] for part in targets)


def test_a_category_that_nothing_makes_is_refused_by_name(tmp_path: Path) -> None:
    wanted = Wanted(3, ("security",))

    with pytest.raises(UsageError, match="nothing makes examples of 'security' yet"):
        run_synthesis(Workspace(tmp_path), make_executor("local", 1, tmp_path), wanted)


def test_without_a_sandbox_nothing_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("tracemill.base.sandbox._packaged", lambda: None)

    with pytest.raises(PolicyError, match="nothing is run outside of a sandbox"):
        made_in(tmp_path, 4)
    assert list((tmp_path / "synth").glob("*")) == []


PROBES = {
    "home": "ls /root /home",
    "network": "python -c \"import socket; socket.create_connection(('127.0.0.1', 22), 1)\"",
    "other processes": "kill -0 $(ls /proc | grep '^[0-9]*$' | sort -n | tail -1) && test $(ls /proc | grep -c '^[0-9]*$') -gt 12",
    "memory": 'python -c "bytes(2**31)"',
    "forks": 'python -c "import os, time\nfor _ in range(2000):\n  os.fork() or time.sleep(5)"',
    "disk": "for n in 1 2 3 4 5 6 7 8; do head -c 15000000 /dev/zero > f$n || exit 1; done",
    "programs": "echo x > /usr/bin/x",
    "project": "echo x > /source/README.md",
}


@pytest.mark.parametrize("name", PROBES)
def test_nothing_beyond_its_copy_is_within_reach_of_a_call(
    sandbox: Bubblewrap, project: Path, name: str
) -> None:
    with open_bench(sandbox, project) as bench:
        (result,) = bench.call([Call("run_command", {"command": PROBES[name]})])

    assert result.failed


def test_tools_that_end_at_once_are_said_to_have_ended(
    sandbox: Bubblewrap, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/home/robin/no-such-python")

    with pytest.raises(PolicyError) as caught:
        missing_programs(sandbox, project)

    assert "ended with exit code 127, saying last: env: " in str(caught.value)
    assert "seconds" not in str(caught.value)
    assert "robin" not in str(caught.value)


def test_tools_without_their_parser_are_missing_and_the_others_are_not(
    sandbox: Bubblewrap, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "tracemill.synth.symbols.find_spec",
        lambda name: None if name == "tree_sitter_go" else find_spec(name),
    )

    missing = missing_programs(sandbox, project)

    assert missing["index_stats"] == missing["goto_definition"] == "tree_sitter"
    assert "run_command" not in missing


def test_what_differs_between_machines_is_settled() -> None:
    assert settled("78 passed in 1.93s") == "78 passed in 0.10s"
    assert settled("<Stock object at 0x7fa81c>") == "<Stock object at 0x7f0000000000>"
    assert INSIDE not in settled(f"{INSIDE}/larder/a.py and {INSIDE}")


def test_a_run_says_what_it_did(made: Workspace) -> None:
    (path,) = made.synth.glob("*/run.json")
    run = msgspec.json.decode(path.read_bytes(), type=SynthRun)

    assert (run.sound, run.ordered, run.is_complete) == (12, 12, True)
    assert sum(run.categories.values()) == 12
