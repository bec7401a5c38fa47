"""Tables stay readable however narrow a terminal is, and whole where nobody looks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemill.cli.shared.tables import fit, no_room, print_table

COLUMNS = ("ID", "WHEN", "STATUS", "TITLE")
ROW = (
    "gate_1546bd48229416a11e6e",
    "2026-11-21 02:21",
    "passed",
    "a title that says " + 30 * "much ",
)
SPARE = ("WHEN", "STATUS")


@pytest.mark.parametrize(
    ("width", "columns", "identity"),
    [
        pytest.param(200, ["ID", "WHEN", "STATUS", "TITLE"], ROW[0], id="room for all"),
        pytest.param(70, ["ID", "WHEN", "STATUS", "TITLE"], "gate_1546bd48", id="short ids"),
        pytest.param(60, ["ID", "STATUS", "TITLE"], "gate_1546bd48", id="a column less"),
        pytest.param(20, ["ID", "TITLE"], "gate_1546bd48", id="what cannot be spared stays"),
    ],
)
def test_a_table_gives_up_length_of_ids_first_then_columns(
    width: int, columns: list[str], identity: str
) -> None:
    fitted = fit(COLUMNS, [ROW], SPARE, width)

    assert fitted.columns == columns
    assert fitted.rows[0][0] == identity


@given(st.integers(min_value=1, max_value=300))
def test_each_column_is_shown_or_named(width: int) -> None:
    fitted = fit(COLUMNS, [ROW], SPARE, width)

    assert {*fitted.columns, *fitted.left_out} == {*COLUMNS}
    assert len(fitted.columns) + len(fitted.left_out) == len(COLUMNS)
    assert all(len(row) == len(fitted.columns) for row in fitted.rows)


def test_a_table_for_another_program_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    left_out = print_table(COLUMNS, [ROW], SPARE)
    said = capsys.readouterr().out

    assert not left_out
    assert all(cell.strip() in said for cell in ROW)


def test_a_hint_names_what_had_no_room() -> None:
    assert no_room(["FILES", "LINES"]) == "; no room for FILES, LINES"
    assert no_room([]) == ""


NARROW = [
    pytest.param(
        ("ID", "CALLED", "TEXT"), ("ep_1", 40 * "w", "why it failed"), 40, id="wide cells"
    ),
    pytest.param(COLUMNS, ROW, 20, id="many columns"),
]


@pytest.mark.parametrize(("columns", "row", "width"), NARROW)
def test_what_does_not_fit_beside_one_another_stands_below_whole(
    columns: tuple[str, ...],
    row: tuple[str, ...],
    width: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(width))
    print_table(columns, [row, ("x", *row[1:])])
    first, second = capsys.readouterr().out.split("\n\n")

    assert [line.split()[0] for line in first.splitlines()] == [*columns]
    assert all(cell in second for cell in row[1:])


def test_cells_stand_beside_one_another_as_long_as_the_last_can_be_read() -> None:
    assert not fit(COLUMNS, [ROW], (), 61).is_stacked
    assert fit(COLUMNS, [ROW], (), 50).is_stacked
