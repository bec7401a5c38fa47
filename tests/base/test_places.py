r"""A place of Windows is itself however it is written; one with slashes is what its bytes say."""

from pathlib import Path

import pytest

from tracemill.base.places import absolute_place, is_at, one_spelling, place_from, pure_place


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/srv/app", "/srv/app"),
        ("/srv/app/src", "/srv/app/"),
        ("/srv/app", "/"),
        ("/srv/open/../app//src", "/srv/./app/"),
        (r"C:\Work\..\App\.\src", "c:/app"),
        ("/c/work/../app", r"C:\App"),
        (r"C:\Users\Ada\app", r"C:\Users\Ada\app"),
        (r"c:\users\ada\app\src", r"C:\Users\Ada\app"),
        ("C:/Users/Ada/app", "c:\\Users\\ada\\"),
        (r"\\server\share\app", r"\\SERVER\share"),
        ("//SRV/share/app", r"\\srv\share"),
        ("/c/Users/Ada/app", r"C:\users\ada"),
        ("/mnt/c/Users/Ada", "C:/Users/ada/"),
        ("/cygdrive/C/Users/Ada", "/c/users/ada"),
        ("/c:/Users/Ada", "/mnt/c/Users/ada"),
        ("/mnt/c/work", "C:\\"),
        (r"C:\work", "/mnt/c"),
        (r"\\?\C:\Users\Ada", r"c:\users"),
        (r"\\?\UNC\SRV\share\app", "//srv/share"),
        (r"\\wsl$\Ubuntu\home\ada\app", "/home/ada"),
        (r"\\wsl.localhost\Debian\mnt\c\Users\Ada", r"C:\users\ada"),
        ("/home/ada/app", "//WSL$/Ubuntu/home"),
        (r"\\wsl$\Ubuntu\home\ada", r"\\wsl.localhost\Ubuntu"),
        (r"\\wsl.localhost\Ubuntu", r"\\wsl$\ubuntu\\"),
        (r"\\wsl.localhost\Ubuntu\srv", r"\\wsl$"),
    ],
)
def test_a_path_is_at_a_place_and_below_it(path: str, place: str) -> None:
    assert is_at(path, place)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/srv/app2", "/srv/app"),
        ("/srv", "/srv/app"),
        ("/srv/app/../open", "/srv/app"),
        ("/SRV/app", "/srv/app"),
        ("", "/"),
        (r"C:\Users\Adam", r"C:\Users\Ada"),
        (r"D:\Users\Ada", r"C:\Users\Ada"),
        ("/d/Users/Ada", r"C:\Users\Ada"),
        ("/cd/Users/Ada", "/c/d"),
        ("/mnt/data/App", "/mnt/data/app"),
        ("/mnt", r"C:\\"),
        (r"\\wsl$\Ubuntu\home\Ada", "/home/ada"),
        ("/srv/share", "//srv/share"),
        ("/home/ada", r"\\wsl.localhost\Ubuntu"),
        (r"C:\work", r"\\wsl$\Ubuntu"),
        (r"\\wsl$\Debian\home\ada", r"\\wsl$\Ubuntu"),
    ],
)
def test_what_only_begins_like_a_place_is_not_there(path: str, place: str) -> None:
    assert not is_at(path, place)


def test_a_place_is_taken_from_the_folder_in_which_it_is_named() -> None:
    assert place_from("/srv/open/app", "../../closed") == "/srv/closed"
    assert place_from(r"C:\work\app", r"..\closed") == r"C:\work\closed"
    assert place_from("/srv/open", "/srv/closed") == "/srv/closed"
    assert place_from(None, "closed") is None


def test_a_home_is_that_of_the_folder_or_of_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    assert place_from("/home/bea/app", "~/closed") == "/home/bea/closed"
    assert place_from(r"C:\Users\Bea\app", "~/closed") == r"C:\Users\Bea/closed"
    assert place_from("/root", "~") == "/root"
    asked = place_from("/srv/open", "~/closed")
    assert asked is not None
    assert is_at(asked, "/home/ada/closed")
    assert not is_at(asked, "/srv/open")


def test_a_place_of_windows_lies_below_no_folder_of_this_machine() -> None:
    assert absolute_place(r"C:\Users\Ada") == r"C:\Users\Ada"
    assert absolute_place("C:/Users/Ada/") == "C:/Users/Ada"
    assert absolute_place("c:\\") == "c:\\"
    assert absolute_place("app") == str(Path.cwd() / "app")
    assert one_spelling("/Srv/a\\b") == "/Srv/a\\b"
    assert pure_place(r"C:\Users\Ada\app").name == "app"
