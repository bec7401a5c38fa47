"""Edits that a person took back."""

from __future__ import annotations

from tracemill.label.reactions.taken_back import TakenBack


def test_an_edit_that_was_made_can_be_taken_back() -> None:
    edits = TakenBack()
    edits.edited("call_1", 2)
    edits.edited("call_2", 2)
    edits.refused("call_1", 4)

    assert (edits.n_edits, edits.steps) == (2, (4,))
    assert not edits.stands("call_1")
    assert edits.stands("call_2")


def test_a_refused_call_takes_nothing_back() -> None:
    edits = TakenBack()
    edits.refused("call_1", 4)
    edits.refused(None, 5)

    assert (edits.n_edits, edits.steps) == (0, ())


def test_it_may_be_told_before_what_the_call_did() -> None:
    edits = TakenBack()
    edits.refused("call_1", 4)
    edits.edited("call_1", 4)

    assert edits.steps == (4,)


def test_a_commit_that_is_taken_back_takes_all_of_its_edits_with_it() -> None:
    edits = TakenBack()
    edits.edited("call_1", 2)
    edits.edited("call_2", 4)
    edits.edited("call_3", 4, is_committed=True)
    edits.refused("call_3", 4)

    assert (edits.n_edits, edits.steps) == (3, (4, 4))
