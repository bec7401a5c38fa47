"""What left is known by where it went, also where that is no text."""

from datetime import UTC, datetime
from pathlib import Path

from tracemill.records.privacy.receipts import ExportNote
from tracemill.store.exports import note_export, read_exports

AT = datetime(2026, 11, 2, tzinfo=UTC)


def test_a_place_with_bytes_that_are_no_text_is_noted_as_people_are_shown_it(
    tmp_path: Path,
) -> None:
    note_export(tmp_path, ExportNote(at=AT, kind="reports", subject="r", to="/srv/na\udcffme"))

    assert [note.to for note in read_exports(tmp_path)] == [r"/srv/na\udcffme"]
