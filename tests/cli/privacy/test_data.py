"""Finding, erasing and keeping as a person asks for it: nothing goes without a yes."""

import json
import re
from pathlib import Path

import jsonschema
import pytest

from tests.cli.test_cli import SCHEMA, ask
from tests.flows.sessions import write_session
from tests.repositories import Repository

PASSPHRASE = "a rather long passphrase"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    write_session(tmp_path / "in", "s1", 2)
    write_session(tmp_path / "in", "s2", 1, "play")
    return tmp_path / "in"


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("found", ["data", "find", "s1"]),
        ("erased", ["data", "erase", "s1", "--dry-run"]),
        ("erased", ["data", "erase", "s1", "--yes"]),
        ("consent", ["data", "consent"]),
        ("retention", ["data", "retention"]),
        ("vault", ["privacy", "vault", "status"]),
        ("rotated", ["privacy", "vault", "rotate", "--dry-run"]),
    ],
    ids=" ".join,
)
def test_each_answer_fits_its_schema(
    name: str, command: list[str], place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(capsys, tmp_path, "run", str(place))
    answer = ask(capsys, tmp_path, *command, "--json")
    document = answer.document
    assert answer.code == 0
    assert document["schema"] == f"tracemill.{name}/1"
    assert isinstance(document["next"], list)

    schema = json.loads((SCHEMA / f"answer.{name}.json").read_text())
    jsonschema.validate(document, schema, format_checker=jsonschema.FormatChecker())


def test_nothing_is_erased_where_nobody_can_be_asked(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(capsys, tmp_path, "run", str(place))
    refused = ask(capsys, tmp_path, "data", "erase", "s1")
    looked = ask(capsys, tmp_path, "data", "erase", "s1", "--dry-run")

    assert refused.code == 2
    assert "add --yes" in refused.err
    assert looked.code == 0
    assert "nothing was changed" in looked.err
    assert ask(capsys, tmp_path, "session", "list", "--json").document["total"] == 2


def test_an_erasure_says_what_went_and_what_is_out_of_reach(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(capsys, tmp_path, "run", str(place))
    erased = ask(capsys, tmp_path, "data", "erase", "s1", "--yes")
    found = ask(capsys, tmp_path, "data", "find", "s1")

    assert "Whole        1 input with 1 session" in erased.out
    assert f"Out of reach {place / 's1.jsonl'}" in erased.out
    assert "Kept         nothing of it" in found.out
    assert "not for sharing" in erased.err
    assert found.code == 3
    assert "Erased       1 subject" in ask(capsys, tmp_path, "status").out
    assert ask(capsys, tmp_path, "data", "find", "nobody at all").code == 3


def test_answers_of_models_that_went_are_counted_in_good_english(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(capsys, tmp_path, "run", str(place))
    script = tmp_path / "script.jsonl"
    script.write_text('{"text": "well"}\n' * 2)
    ask(capsys, tmp_path, "review", "turns", f"scripted:{script}", "--policy", "all")
    erased = ask(capsys, tmp_path, "data", "erase", "s1", "--yes")

    assert re.search(r"Also +(1 kept answer|\d+ kept answers)$", erased.out, re.MULTILINE)


def test_a_folder_with_the_name_of_somebody_who_commits_is_found_and_erased(
    repo: Repository, place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repo.commit("work\n\nReviewed-by: Grace Hopper <grace@hopper.org>", x="1")
    folder = tmp_path / "gracehopper-app"
    ran_there = place / "s1.jsonl"
    ran_there.write_bytes(ran_there.read_bytes().replace(b"/srv/app", str(folder).encode()))
    ask(capsys, tmp_path, "run", str(place), str(repo.path))
    found = ask(capsys, tmp_path, "data", "find", str(folder), "--json")
    erased = ask(capsys, tmp_path, "data", "erase", str(folder), "--yes", "--json")
    left = ask(capsys, tmp_path, "session", "list", "--json").document

    assert found.code == erased.code == 0
    assert found.document["sessions"] == ["s1"]
    assert [each["session_id"] for each in left["rows"]] == ["s2"]
    assert ask(capsys, tmp_path, "data", "find", str(folder), "--json").code == 3


def test_settings_that_would_not_hold_end_with_their_place(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(capsys, tmp_path, "run", str(place))
    (tmp_path / "workspace" / "tracemill.toml").write_text("[retention]\nfacts = 3\n")
    refused = ask(capsys, tmp_path, "sync", str(place))

    assert refused.code == 2
    assert "tracemill.toml' at 'retention.facts'" in refused.err


def test_a_vault_goes_out_and_comes_back(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(capsys, tmp_path, "run", str(place))
    backup = str(tmp_path / "backup")
    assert ask(capsys, tmp_path, "privacy", "vault", "export", "--to", backup).code == 2
    monkeypatch.setenv("TRACEMILL_PASSPHRASE", PASSPHRASE)
    assert ask(capsys, tmp_path, "privacy", "vault", "export", "--to", backup).code == 0
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert ask(capsys, elsewhere, "privacy", "vault", "import", backup).code == 0
    ask(capsys, elsewhere, "run", str(place))

    assert ask(capsys, elsewhere, "session", "list", "--json").document["total"] == 2
