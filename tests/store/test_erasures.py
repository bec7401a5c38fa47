r"""A place that was erased is refused however it is written, and so is what lies below it."""

from datetime import UTC, datetime

import pytest

from tracemill.base.places import absolute_place, one_spelling
from tracemill.records.privacy.erasures import Erasure, ErasureReceipt, Tombstone
from tracemill.store.erasures import ErasureBook, Refusal

_KEY = "07" * 32
_ASKED = datetime(2026, 11, 1, tzinfo=UTC)


def _refusal_of(place: str) -> Refusal:
    """Return what refuses a folder whose tombstone holds it in this very spelling."""
    empty = ErasureBook(key=_KEY)
    receipt = ErasureReceipt(
        id="erasure_1", kind="path", subject=empty.code("subject"), asked=_ASKED, done=_ASKED,
        counts={}, versions={},
    )  # fmt: skip
    stone = Tombstone(folders=(empty.code(place),))
    return Refusal(ErasureBook(key=_KEY, erasures=(Erasure(receipt=receipt, tombstone=stone),)))


@pytest.mark.parametrize(
    ("named", "folder"),
    [
        ("C:\\Work\\App", r"c:\work\app"),
        ("C:\\Work\\App\\", "C:/work/APP/src/deep"),
        ("C:/Work/App", r"C:\Work\App\src"),
        ("C:\\", r"c:\anything\else"),
        (r"\\Server\Share", r"\\server\share\app"),
        ("/srv/app", "/srv/app/src"),
    ],
)
def test_a_place_that_was_erased_is_refused_in_every_spelling(named: str, folder: str) -> None:
    assert _refusal_of(one_spelling(absolute_place(named))).refuses_folder(folder)


@pytest.mark.parametrize("folder", ["C:/Work/App", "C:/Work/App/src"])
def test_a_tombstone_with_a_place_as_it_was_typed_still_refuses_it(folder: str) -> None:
    assert _refusal_of("C:/Work/App").refuses_folder(folder)


@pytest.mark.parametrize("folder", [r"C:\Work\App2", r"C:\Work", r"D:\Work\App", "/srv/app2"])
def test_what_lies_beside_an_erased_place_is_not_refused(folder: str) -> None:
    assert not _refusal_of(one_spelling(r"C:\Work\App")).refuses_folder(folder)
    assert not _refusal_of("/srv/app").refuses_folder(folder)
