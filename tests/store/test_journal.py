"""Journals only grow, and half a line never counts."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tracemill.base.errors import StoreError
from tracemill.records.refs import Ref
from tracemill.store.journal import append, append_line, read_journal

ONE, OTHER = Ref(kind="trajectory", id="one"), Ref(kind="trajectory", id="other", step=3)


def test_records_come_back_in_their_order_and_belong_to_one_user(tmp_path: Path) -> None:
    path = tmp_path / "kept" / "journal.jsonl"

    append(path, ONE)
    append(path, OTHER)

    assert list(read_journal(path, Ref)) == [ONE, OTHER]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("whole", [0, 1])
def test_half_a_line_is_not_read_and_goes_with_the_next_record(tmp_path: Path, whole: int) -> None:
    path = tmp_path / "journal.jsonl"
    for _ in range(whole):
        append(path, ONE)
    with path.open("ab") as journal:
        journal.write(b'{"kind": "traj')

    assert list(read_journal(path, Ref)) == [ONE] * whole
    append(path, OTHER)
    assert list(read_journal(path, Ref)) == [*[ONE] * whole, OTHER]


def test_a_damaged_line_is_told_with_its_place_and_what_helps(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    append(path, ONE)
    append_line(path, b"{}")

    with pytest.raises(StoreError, match=r"journal\.jsonl', line 2: .*; ask again"):
        list(read_journal(path, Ref, "ask again"))


def test_nothing_is_read_where_there_is_no_file(tmp_path: Path) -> None:
    assert not list(read_journal(tmp_path / "journal.jsonl", Ref))
