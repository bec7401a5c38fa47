import pytest

from tracemill.redact import Redactor

KEY = bytes(range(32))


def redacted(home: str, text: str) -> str:
    return Redactor(KEY, home=home).text(text)


@pytest.mark.parametrize(
    ("home", "text"),
    [
        pytest.param("/home/jane.miller", "/home/jane.miller/.claude", id="a dot in the name"),
        pytest.param(
            "/home/jane.miller", "projects/-home-jane-miller-acme/x", id="its folder name"
        ),
        pytest.param("/srv/people/jmiller", "cd /srv/people/jmiller/app", id="an unusual place"),
        pytest.param("/srv/people/jmiller", "projects/-srv-people-jmiller-app", id="dashes of one"),
        pytest.param("/data/users/jmiller", "at /data/users/jmiller", id="at the end"),
    ],
)
def test_the_name_of_this_home_is_replaced_wherever_it_lies(home: str, text: str) -> None:
    assert "miller" not in redacted(home, text)


def test_path_and_folder_name_get_one_pseudonym() -> None:
    home = "/home/jane.miller"
    path, slug = redacted(home, f"{home}/x"), redacted(home, "/p/-home-jane-miller-x/y")

    name = path.removeprefix("/home/").removesuffix("/x")
    assert slug == f"/p/-home-{name}-x/y"


def test_a_longer_path_is_another_one() -> None:
    assert redacted("/srv/jmiller", "/srv/jmillerson/x") == "/srv/jmillerson/x"


def test_a_home_that_is_nobodys_changes_nothing() -> None:
    assert redacted("/root", "/root/.claude -root-x") == "/root/.claude -root-x"


def test_twice_is_once() -> None:
    home = "/srv/people/jmiller"
    once = redacted(home, f"see {home}/a and -srv-people-jmiller-b")

    assert redacted(home, once) == once
