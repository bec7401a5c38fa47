r"""A place of Windows is itself however it is written; one with slashes is what its bytes say."""

from pathlib import Path

import pytest

from tracemill.base.places import absolute_place, is_at, one_spelling, pure_place


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/srv/app", "/srv/app"),
        ("/srv/app/src", "/srv/app/"),
        ("/srv/app", "/"),
        (r"C:\Users\Ada\app", r"C:\Users\Ada\app"),
        (r"c:\users\ada\app\src", r"C:\Users\Ada\app"),
        ("C:/Users/Ada/app", "c:\\Users\\ada\\"),
        (r"\\server\share\app", r"\\SERVER\share"),
    ],
)
def test_a_path_is_at_a_place_and_below_it(path: str, place: str) -> None:
    assert is_at(path, place)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/srv/app2", "/srv/app"),
        ("/srv", "/srv/app"),
        ("/SRV/app", "/srv/app"),
        ("", "/"),
        (r"C:\Users\Adam", r"C:\Users\Ada"),
        (r"D:\Users\Ada", r"C:\Users\Ada"),
    ],
)
def test_what_only_begins_like_a_place_is_not_there(path: str, place: str) -> None:
    assert not is_at(path, place)


def test_a_place_of_windows_lies_below_no_folder_of_this_machine() -> None:
    assert absolute_place(r"C:\Users\Ada") == r"C:\Users\Ada"
    assert absolute_place("C:/Users/Ada/") == "C:/Users/Ada"
    assert absolute_place("c:\\") == "c:\\"
    assert absolute_place("app") == str(Path.cwd() / "app")
    assert one_spelling("/Srv/a\\b") == "/Srv/a\\b"
    assert pure_place(r"C:\Users\Ada\app").name == "app"
