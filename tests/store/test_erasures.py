r"""A place that was erased is refused however it is written, and so is what lies below it."""

from datetime import UTC, datetime

import pytest

from tracemill.base.keyed_words import name_code
from tracemill.base.places import absolute_place, one_spelling
from tracemill.records.privacy.erasures import ErasedName, Erasure, ErasureReceipt, Tombstone
from tracemill.store.erasures import ErasureBook, Refusal

_KEY = "07" * 32
_ASKED = datetime(2026, 11, 1, tzinfo=UTC)


def _refusal(stone: Tombstone) -> Refusal:
    subject = ErasureBook(key=_KEY).code("subject")
    receipt = ErasureReceipt(
        id="erasure_1",
        kind="path",
        subject=subject,
        asked=_ASKED,
        done=_ASKED,
        counts={},
        versions={},
    )
    return Refusal(ErasureBook(key=_KEY, erasures=(Erasure(receipt=receipt, tombstone=stone),)))


def _refusal_of(place: str) -> Refusal:
    """Return what refuses a folder whose tombstone holds it in this very spelling."""
    return _refusal(Tombstone(folders=(ErasureBook(key=_KEY).code(place),)))


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


@pytest.mark.parametrize(
    "place",
    [
        r"\\wsl$\Ubuntu\home\ada\App",
        r"\\wsl.localhost\Ubuntu\mnt\c\App",
        r"\\?\C:\Work\App",
        r"\\.\C:\Work\App",
    ],
)
def test_a_tombstone_of_before_drives_had_one_spelling_still_refuses_it(place: str) -> None:
    held = ErasureBook(key=_KEY).code(place.replace("\\", "/").casefold())
    refusal = _refusal(Tombstone(folders=(held,), paths=(held,)))
    for there in (place, rf"{place}\src", place.upper()):
        assert refusal.refuses_folder(there)
        assert refusal.refuses_place(there)
        assert refusal.refuses_address(there)
    assert not refusal.refuses_folder(f"{place}2")


@pytest.mark.parametrize("folder", [r"C:\Work\App2", r"C:\Work", r"D:\Work\App", "/srv/app2"])
def test_what_lies_beside_an_erased_place_is_not_refused(folder: str) -> None:
    assert not _refusal_of(one_spelling(r"C:\Work\App")).refuses_folder(folder)
    assert not _refusal_of("/srv/app").refuses_folder(folder)


def test_all_of_a_linux_within_windows_is_refused_under_both_its_names() -> None:
    refusal = _refusal_of(one_spelling(r"\\wsl.localhost\Ubuntu"))
    assert refusal.refuses_folder(r"\\wsl$\Ubuntu\home\ada")
    assert refusal.refuses_place(r"\\wsl.localhost\Ubuntu\home\ada")
    assert not refusal.refuses_folder("/home/ada")


@pytest.mark.parametrize(
    "folder", ["/srv/app/", "/srv//app/src", "/srv/./app", "/srv/open/../app", "/srv/app/src/.."]
)
def test_a_detour_to_an_erased_place_is_refused(folder: str) -> None:
    refusal = _refusal_of("/srv/app")
    assert refusal.refuses_place(folder)
    assert refusal.refuses_folder(folder)
    assert not refusal.refuses_place("/srv/app/../open")


def test_a_name_that_goes_over_two_folders_of_windows_is_refused() -> None:
    code = name_code(bytes.fromhex(_KEY), "Heath Lovelace")
    name = ErasedName(first=code.first, whole=code.whole, n_words=code.n_words)
    refusal = _refusal(Tombstone(names=(name,)))
    assert refusal.refuses_folder(r"C:\Work\Heath\Lovelace\app")
    assert not refusal.refuses_folder(r"C:\Work\Heath\app")
