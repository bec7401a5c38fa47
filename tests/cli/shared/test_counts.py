"""Counts are read at a glance: highest first, in lines that any terminal has room for."""

import pytest

from tracemill.cli.shared.output import counts, write_parts

MANY = {f"reason_{number:02}": 40 - number for number in range(40)}


@pytest.mark.parametrize(
    ("values", "most", "said"),
    [
        pytest.param({}, None, "", id="none"),
        pytest.param(
            {"a": 1, "c": 2, "b": 2}, None, "Left out     b 2  c 2  a 1\n", id="highest first"
        ),
        pytest.param(
            {"a": 9, "b": 3, "c": 1000}, 1, "Left out     c 1,000  2 others 12\n", id="others"
        ),
        pytest.param({"a": 9, "b": 3}, 1, "Left out     a 9  b 3\n", id="one other is named"),
    ],
)
def test_counts_stand_behind_their_title(
    values: dict[str, int], most: int | None, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    counts("Left out", values, most=most)

    assert capsys.readouterr().out == said


def test_all_counts_stand_in_lines_of_80_columns_below_one_another(
    capsys: pytest.CaptureFixture[str],
) -> None:
    counts("Left out", MANY)

    lines = capsys.readouterr().out.splitlines()
    assert " ".join(lines).split() == [
        "Left",
        "out",
        *(w for k, n in MANY.items() for w in (k, str(n))),
    ]
    assert {line[:13].strip() for line in lines[1:]} == {""}
    assert 80 - len("  reason_00 40") < max(map(len, lines)) <= 80


def test_a_chain_goes_on_in_the_next_line_with_its_joint(
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_parts("Funnel ", ["a" * 40, "b" * 40, "c"], " → ")

    assert capsys.readouterr().out == f"Funnel {'a' * 40}\n       → {'b' * 40} → c\n"
