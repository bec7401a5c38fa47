"""How a model and the rules do beside another who judged the same turns."""

from pathlib import Path

import pytest

from tests.flows.asked_kinds import ASKED_TURNS, MODEL, N_HEARD, said_of_turn
from tracemill.base.errors import NotFoundError
from tracemill.flows.reviews.beside import BesideRow, turns_beside
from tracemill.store.workspace import Workspace

PERSON = "openai:reader"


def judged(folder: Path, *answers: str) -> Workspace:
    """Return a workspace in which a person gave three answers, and a model these."""
    workspace = ASKED_TURNS.made(folder)
    names = ASKED_TURNS.names(workspace, folder / "out")
    said = [said_of_turn(), said_of_turn(kind="rephrase"), said_of_turn(kind="rephrase")]
    ASKED_TURNS.answered(workspace, folder, dict(zip(names, said, strict=True)))
    ASKED_TURNS.ask(workspace, answers)
    return workspace


def row_of(
    rows: tuple[BesideRow, ...], kind: str, by: str, *, only_sure: bool = False
) -> BesideRow:
    (found,) = (row for row in rows if (row.kind, row.by, row.only_sure) == (kind, by, only_sure))
    return found


def test_an_answer_that_says_nothing_misses_what_the_other_says(tmp_path: Path) -> None:
    found = turns_beside(
        judged(tmp_path, said_of_turn(), "well", said_of_turn(kind="rephrase")), MODEL, PERSON
    )
    rephrase = row_of(found.rows, "rephrase", MODEL)

    assert (found.n_turns, found.n_same, found.n_common) == (N_HEARD, 2, 2)
    assert (rephrase.precision.share, rephrase.precision.n) == (1, 1)
    assert (rephrase.recall.share, rephrase.recall.n) == (0.5, 2)
    assert row_of(found.rows, "correction", MODEL).kappa == 1


def test_what_a_model_is_not_sure_of_counts_apart(tmp_path: Path) -> None:
    doubtful = said_of_turn().replace("0.9", "0.3")
    found = turns_beside(judged(tmp_path, *[doubtful] * N_HEARD), MODEL, PERSON)

    assert row_of(found.rows, "correction", MODEL).precision.n == N_HEARD
    assert row_of(found.rows, "correction", MODEL, only_sure=True).precision.share is None
    assert row_of(found.rows, "correction", "rules").recall.n == 1


def test_who_answered_nothing_in_common_is_told(tmp_path: Path) -> None:
    workspace = judged(tmp_path, *[said_of_turn()] * N_HEARD)

    with pytest.raises(NotFoundError, match="openai:nobody"):
        turns_beside(workspace, MODEL, "openai:nobody")
