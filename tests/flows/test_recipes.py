"""A recipe becomes a version: the same store and recipe always give the same."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.flows.sessions import write_session
from tracemill.cli.app import call
from tracemill.curate.recipes import shipped
from tracemill.flows.datasets.versions import version_rows
from tracemill.store.workspace import Workspace


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that holds the bundled example."""
    root = tmp_path_factory.mktemp("recipes")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(root))
        patch.delenv("CLAUDE_CONFIG_DIR", raising=False)
        patch.delenv("CODEX_HOME", raising=False)
        assert call(["run", "--workspace", str(root / "workspace"), "-q", "--json"]) == 0
    return root / "workspace"


def build(capsys: pytest.CaptureFixture[str], store: Path, *arguments: str) -> dict[str, Any]:
    capsys.readouterr()
    code = call(["dataset", "build", *arguments, "--workspace", str(store), "--json", "-q"])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return {**found, "code": code}


def recipe(folder: Path, text: str) -> str:
    path = folder / "mine.toml"
    path.write_text(f'name = "mine"\n{text}')
    return str(path)


def test_the_default_recipe_makes_what_a_run_made(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    built = build(capsys, store)

    assert built["code"] == 0
    assert not built.get("is_new")
    (only,) = (path.name for path in (store / "datasets" / "chat").glob("dataset_*"))
    assert built["version"]["id"] == only


def test_examples_that_are_read_again_give_what_held_ones_give(
    store: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    held = build(capsys, store)
    monkeypatch.setattr("tracemill.flows.deriving.dataset._HELD_CHARS", -1)

    assert build(capsys, store)["version"] == held["version"]


@pytest.mark.parametrize("name", sorted(set(shipped()) - {"chat"}))
def test_a_shipped_recipe_builds_a_version_or_says_that_it_keeps_nothing(
    name: str, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    built = build(capsys, store, name)

    if built["code"] == 0:
        assert built["version"]["name"] == name
        assert Path(built["folder"], "manifest.json").exists()
    else:
        assert built["code"] == 3
        assert f"the recipe {name!r} keeps no example" in built["error"]


def test_calls_made_at_once_are_told_apart_where_a_recipe_asks_for_it(
    store: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    most: dict[str, int] = {}
    n_apart: dict[str, int] = {}
    for form in ("as_made", "one"):
        made = build(capsys, store, recipe(tmp_path, f'calls = "{form}"'))
        files = Path(made["folder"]).glob("*train.jsonl")
        rows = [json.loads(line) for file in files for line in file.read_text().splitlines()]
        said = [m for row in rows for m in (row.get("messages") or row["prompt"])]
        most[form] = max(len(message.get("tool_calls") or ()) for message in said)
        n_apart[form] = sum("calls:apart" in row["tags"] for row in rows)
        shares = made["version"]["funnel"][-1]["shares"]
        assert ("calls:apart" in shares) == (n_apart[form] > 0)
        assert made["version"]["config"]["calls"] == form

    assert (most["as_made"] > 1, n_apart["as_made"]) == (True, 0)
    assert (most["one"], n_apart["one"] > 0) == (1, True)


def test_balanced_holds_chats_and_pairs_of_every_use_and_weighs_them(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    built = build(capsys, store, "balanced")
    stages = {stage["name"]: stage for stage in built["version"]["funnel"]}
    shares = stages["mixture"]["shares"]
    kinds = {key.partition("/")[0] for key in built["version"]["n_examples"]}

    assert built["code"] == 0
    assert {"chat", "preference", "recovery"} <= kinds
    assert shares.get("use:direct", 0) <= 0.34
    assert shares.get("use:single_tool", 0) <= 0.4
    assert shares["use:cross_tool"] >= 0.25
    assert all(each["is_weighed_by_quality"] for each in built["version"]["recipe"]["take"])
    row = next(each for each in version_rows(Workspace(store)).versions if each.name == "balanced")
    assert (row.made_examples, row.unique, row.accepted) == (6, 6, 6)


def test_a_version_tells_its_recipe_and_what_became_of_everything(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    built = build(capsys, store, recipe(tmp_path, "[budget]\nexamples = 1\n"))

    version = built["version"]
    assert version["recipe"]["budget"] == {"examples": 1}
    stages = {stage["name"]: stage for stage in version["funnel"]}
    budget = stages["budget"]
    assert budget["left_out"] == {"over_budget": budget["n_in"] - budget["n_out"]}
    assert sum(n for key, n in version["n_examples"].items() if key.endswith("/train")) == 1
    rejects = Path(built["folder"], "rejects.jsonl").read_text().splitlines()
    counted = sum(sum(stage.get("left_out", {}).values()) for stage in version["funnel"])
    assert len(rejects) == counted == sum(version["drops"].values())


def test_the_same_recipe_gives_the_same_version_and_leaves_it_as_it_is(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "window_chars = 5000\n"
    first = build(capsys, store, recipe(tmp_path, text))
    before = {path: path.stat().st_mtime_ns for path in Path(first["folder"]).iterdir()}
    again = build(capsys, store, recipe(tmp_path, text))

    assert first["is_new"]
    assert not again.get("is_new")
    assert again["version"]["id"] == first["version"]["id"]
    assert before == {path: path.stat().st_mtime_ns for path in Path(first["folder"]).iterdir()}


def test_a_later_version_names_the_one_before(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = build(capsys, store, recipe(tmp_path, "[split]\nvalidation = 0.2\n"))
    second = build(capsys, store, recipe(tmp_path, "[split]\nvalidation = 0.3\n"))

    assert second["version"]["parent"] == first["version"]["id"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (
            ["nothing"],
            3,
            "no recipe 'nothing'; name a .toml file, or one of: chat, balanced, collaboration",
        ),
        (["nothing.toml"], 3, "no such file or folder: 'nothing.toml'; expected the recipe"),
    ],
)
def test_a_recipe_that_is_none_is_refused(
    arguments: list[str], code: int, said: str, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    built = build(capsys, store, *arguments)

    assert built["code"] == code
    assert said in built["error"]


def test_a_format_that_is_none_is_refused(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    built = build(capsys, store, recipe(tmp_path, 'formats = ["trl"]'))

    assert built["code"] == 2
    assert "at 'formats[0]': no such format; known: axolotl" in built["error"]


def test_a_format_that_is_named_says_what_it_has_no_place_for(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = 'builders = ["recovery", "preference"]\nformats = ["mlx"]'
    version = build(capsys, store, recipe(tmp_path, text))["version"]

    (found,) = [check for check in version["checks"] if check["name"] == "fits_mlx"]
    n_pairs = sum(n for key, n in version["n_examples"].items() if key.startswith("preference/"))
    assert n_pairs
    assert (found["verdict"], found["n_failing"]) == ("fail", n_pairs)


def test_an_example_of_another_window_leads_to_its_bytes_too(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    built = build(capsys, store, recipe(tmp_path, "window_chars = 1000\n"))
    lines = Path(built["folder"], "lineage.jsonl").read_text().splitlines()

    assert lines
    for name in (json.loads(line)["id"] for line in lines):
        assert call(["explain", name, "--workspace", str(store), "--json", "-q"]) == 0
        chain = json.loads(capsys.readouterr().out)["chain"]
        assert any("sha256" in link for link in chain)


def test_nothing_is_built_where_nothing_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    built = build(capsys, tmp_path / "none")

    assert built["code"] == 3
    assert "tracemill run" in built["error"]


def test_what_was_read_but_not_derived_is_derived_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_session(tmp_path / "in", "s-0001", 2)
    assert call(["sync", str(tmp_path / "in"), "--workspace", str(tmp_path / "w"), "-q"]) == 0

    built = build(capsys, tmp_path / "w", "error-fix")

    assert built["code"] == 3
    assert "keeps no example" in built["error"]


def test_the_order_of_files_and_the_number_of_workers_change_nothing(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = store / "vault" / "example"
    files = sorted(path for path in folder.rglob("*.jsonl"))
    repositories = sorted(path.parent for path in folder.rglob(".git"))
    ids = []
    for number, places in enumerate((files, files[::-1])):
        workspace = tmp_path / str(number)
        (workspace / "vault").mkdir(parents=True, mode=0o700)
        key = (store / "vault" / "pseudonyms.key").read_bytes()
        (workspace / "vault" / "pseudonyms.key").write_bytes(key)
        (workspace / "vault" / "pseudonyms.key").chmod(0o600)
        sources = map(str, (*places, *repositories))
        assert call(["run", *sources, "--workspace", str(workspace), "-q", "--json"]) == 0
        capsys.readouterr()
        built = build(capsys, workspace, "error-fix", "--workers", str(number + 1))
        ids.append((build(capsys, workspace)["version"]["id"], built["version"]["id"]))

    assert ids[0] == ids[1]
