"""A sync, which reads and derives nothing."""

import json
from pathlib import Path

import pytest

from tests.flows.sessions import write_session
from tracemill.cli.app import call


def test_a_sync_says_what_it_read_and_that_a_run_must_follow(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "in"
    write_session(place, "s1", 2)

    def ask(command: str, *more: str) -> tuple[str, str]:
        assert call([command, *more, "--workspace", str(tmp_path / "workspace")]) == 0
        return capsys.readouterr()

    out, err = ask("sync", str(place))
    assert "trajectories 1" in out
    assert "Sessions" not in out
    assert "next: tracemill run\n" in err
    assert "Behind" in ask("status")[0]
    assert not json.loads(ask("status", "--json")[0])["is_derived"]

    assert json.loads(ask("run", str(place), "--json")[0])["is_derived"]
    assert json.loads(ask("sync", str(place), "--json")[0])["is_derived"]


def test_what_became_of_inputs_is_said_in_words_and_named_for_programs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_session(tmp_path / "in", "s1", 2)
    (tmp_path / "in" / "copy.jsonl").write_bytes(path.read_bytes())
    (tmp_path / "in" / "package.json").write_text('{"name": "app"}')

    assert call(["sync", str(tmp_path / "in"), "--workspace", str(tmp_path / "one")]) == 0
    said = capsys.readouterr().out.splitlines()[0]
    assert said.split(None, 1) == ["Inputs", "copies 1  read 1  telling of no work 1"]

    words = ["sync", str(tmp_path / "in"), "--workspace", str(tmp_path / "other"), "--json"]
    assert call(words) == 0
    told = json.loads(capsys.readouterr().out)["inputs"]
    assert told == {"duplicate_content": 1, "read": 1, "side_file": 1}


def test_what_nobody_has_taught_is_counted_where_it_was_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "in"
    path = write_session(place, "s1", 2)
    first, *rest = path.read_text(encoding="utf-8").splitlines()
    odd = json.loads(first)
    odd["message"]["content"] = [{"type": "text", "text": "Go"}, {"type": "hologram"}]
    newer = {"type": "dream", "sessionId": "s1"}
    path.write_text("\n".join([json.dumps(odd), *rest, json.dumps(newer)]), encoding="utf-8")

    assert call(["sync", str(place), "--workspace", str(tmp_path / "workspace")]) == 0

    out = capsys.readouterr().out
    assert "Not known    part:hologram 1  type:dream 1\n" in out


def test_a_line_that_cannot_be_read_is_named_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_session(tmp_path / "in", "s1", 2)
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"broken": ')
    asked = ["run", str(path), "--workspace", str(tmp_path / "workspace")]

    assert call(asked) == 0
    told = capsys.readouterr()
    assert "Quarantined  1 line that could not be read\n" in told.out
    place = f"s1.jsonl, bytes {len(whole):,} to {len(whole) + 11:,}: truncated: "
    assert place in told.err
    assert call(asked) == 0
    assert "not read:" not in capsys.readouterr().err


def test_the_first_run_says_that_originals_are_kept_where_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = write_session(tmp_path / "in", "s1", 2)
    kept, bare = tmp_path / "kept", tmp_path / "bare"
    bare.mkdir()
    (bare / "tracemill.toml").write_text('[consent]\ndefault = "redacted"\n')

    def said(root: Path) -> bool:
        assert call(["run", str(place), "--workspace", str(root)]) == 0
        return f"unredacted, in {root / 'vault'}" in capsys.readouterr().err

    assert [said(kept), said(kept), said(bare)] == [True, False, False]
