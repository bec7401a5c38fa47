"""A scan says what is found and where, in files of any kind, and never what it is."""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.redact.templates import fill
from tracemill.flows.privacy.pieces import pieces
from tracemill.flows.privacy.scan import Scan, Target, files_of
from tracemill.records.refs import Record
from tracemill.redact import Redactor, Seen

TOKEN = fill("ghp_{alnum:36}")
REDACTOR = Redactor(bytes(32), engine="re2")


def places(path: Path, redactor: Redactor = REDACTOR) -> list[tuple[str, str, str, int]]:
    scan = Scan(redactor)
    scan.look(files_of(Target(path)))
    result = scan.result()
    assert TOKEN not in msgspec.json.encode(result).decode()
    assert result.failures == ()
    return [(one.place, one.where, one.rule, one.n) for one in result.places]


def test_a_text_is_told_by_its_lines(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(f"one\n{TOKEN} {TOKEN}\n/home/ada/x\n")

    assert places(tmp_path) == [
        ("line 2", "", "github-pat", 2),
        ("line 3", "", "home-path", 1),
    ]


def test_lines_of_json_are_told_by_line_and_field(tmp_path: Path) -> None:
    rows = [{"a": 1}, {"messages": [{"content": f"use {TOKEN}"}]}, {f"{TOKEN}": 1}]
    (tmp_path / "a").write_text("\n".join(map(json.dumps, rows)))

    assert places(tmp_path) == [
        ("line 2", "messages[0].content", "github-pat", 1),
        ("line 3", "keys[0]", "github-pat", 1),
    ]


def test_lines_that_somebody_else_reads_are_looked_at_as_a_file_is(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    rows = [{"content": f"use {TOKEN}" if n % 70 == 3 else "nothing", "n": n} for n in range(150)]
    path.write_text("\n".join(map(json.dumps, rows)))
    whole, passing = Scan(REDACTOR), Scan(REDACTOR)

    whole.look([path])
    passed = list(passing.look_at_lines(path, enumerate(rows, 1)))

    assert passed == list(enumerate(rows, 1))
    assert passing.result() == whole.result()
    assert [place.place for place in whole.result().places] == ["line 4", "line 74", "line 144"]


def test_a_line_that_is_no_json_among_others_is_looked_at_as_text(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(f'{{"a": 1}}\n"{TOKEN}\n')

    assert places(tmp_path) == [("line 2", "", "github-pat", 1)]


def test_a_secret_of_many_lines_is_found_between_lines_of_json(tmp_path: Path) -> None:
    key = fill("-----BEGIN RSA PRIVATE KEY-----\n{b64:64}\n{b64:40}\n-----END RSA PRIVATE KEY-----")
    (tmp_path / "a").write_text(f'{{"a": 1}}\n{key}\n{{"b": 2}}\n')

    assert places(tmp_path) == [("line 2", "", "private-key", 1)]


def test_rows_of_parquet_are_told_by_number_and_column(tmp_path: Path) -> None:
    nested = {"content": json.dumps({"text": f"x {TOKEN}"}), "names": ["b", f"c {TOKEN}"]}
    rows = [{"content": "a", "names": []}, nested]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "a.parquet")

    assert sorted(places(tmp_path)) == [
        ("row 2", "content.text", "github-pat", 1),
        ("row 2", "names[1]", "github-pat", 1),
    ]


def test_parquet_whose_name_is_no_utf_8_is_read(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"w\xf6rk")
    try:
        folder.mkdir()
    except OSError:
        pytest.skip("this file system takes names in UTF-8 alone")
    with (folder / "a.parquet").open("wb") as out:
        pq.write_table(pa.Table.from_pylist([{"content": TOKEN}]), out)

    assert [piece.place for piece in pieces(folder / "a.parquet")] == ["row 1"]


def test_rows_of_a_database_are_told_by_table(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "a.sqlite")
    database.execute('CREATE TABLE "odd ""name" (text, data BLOB)')
    database.execute('INSERT INTO "odd ""name" VALUES (?, ?)', ("a", TOKEN.encode()))
    database.commit()
    database.close()

    assert places(tmp_path) == [('odd "name, row 1', "data", "github-pat", 1)]


def test_one_kind_can_be_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(f"{TOKEN}\n/home/ada/x\n")
    scan = Scan(REDACTOR, "pii")
    scan.look(files_of(Target(tmp_path)))

    assert scan.result().kinds == {"pii": 1}


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        pytest.param(b"\xff\xfe words", "expected UTF-8", id="another encoding"),
        pytest.param(gzip.compress(b"words"), "unpack it first", id="packed"),
        pytest.param(b"PAR1 words PAR1", "damaged", id="damaged Parquet"),
        pytest.param(b"SQLite format 3\0 words", "damaged", id="a damaged database"),
    ],
)
def test_what_cannot_be_looked_at_is_named(data: bytes, detail: str, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(data)
    scan = Scan(REDACTOR)
    scan.look(files_of(Target(tmp_path)))

    [failure] = scan.result().failures
    assert failure.uri == str(tmp_path / "a")
    assert detail in failure.detail


def test_lines_before_one_that_cannot_be_read_are_looked_at(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b'{"a": "%b"}\n{"a": "\xff"}\n' % TOKEN.encode() * 100)
    scan = Scan(REDACTOR)
    scan.look(files_of(Target(tmp_path)))
    result = scan.result()

    assert [one.detail for one in result.failures] == [
        "expected UTF-8, found something else at byte 7 of line 2"
    ]
    assert [one.place for one in result.places] == ["line 1"]


class Failing:
    """A redactor that fails over documents which hold a certain word."""

    locate = REDACTOR.locate

    def look(self, records: Sequence[Record]) -> list[Seen]:
        if any("bad" in str(record) for record in records):
            raise ValueError(str(records))
        return REDACTOR.look(records)


def test_a_piece_that_redaction_fails_on_is_named_and_the_rest_is_looked_at(
    tmp_path: Path,
) -> None:
    rows = [f"x {TOKEN}", "bad", f"y {TOKEN}"]
    (tmp_path / "a").write_text("\n".join(json.dumps({"a": row}) for row in rows))
    scan = Scan(Failing())  # type: ignore[arg-type]
    scan.look(files_of(Target(tmp_path)))
    result = scan.result()

    assert [one.place for one in result.places] == ["line 1", "line 3"]
    assert [(one.uri, one.reason) for one in result.failures] == [
        (f"{tmp_path / 'a'}, line 2", "detector_error")
    ]


def test_links_and_what_is_left_out_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "vault").mkdir()
    (tmp_path / "vault" / "a").write_text(TOKEN)
    (tmp_path / "link").symlink_to(tmp_path / "vault" / "a")
    (tmp_path / "b").write_text("fine")

    assert list(files_of(Target(tmp_path, tmp_path / "vault"))) == [tmp_path / "b"]


def test_a_secret_in_a_file_name_is_found_and_not_said(tmp_path: Path) -> None:
    (tmp_path / f"{TOKEN}.txt").write_text(f"{TOKEN}\n")
    scan = Scan(REDACTOR)
    scan.look(files_of(Target(tmp_path)))
    result = scan.result()

    assert [(one.place, one.rule) for one in result.places] == [
        ("file name", "github-pat"),
        ("line 1", "github-pat"),
    ]
    assert {one.path for one in result.places} == {f"{tmp_path}/{REDACTOR.text(TOKEN)}.txt"}
