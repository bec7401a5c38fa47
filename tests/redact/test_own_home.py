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


@pytest.mark.parametrize(
    "text",
    ["logged in as jmiller", "jmiller@build:", "owner=jmiller,", "x/jmiller-app", "(jmiller)"],
)
def test_the_name_of_this_user_goes_as_a_word(text: str) -> None:
    home = "/srv/people/jmiller"
    name = redacted(home, f"{home}/x").split("/")[3]

    assert redacted(home, f"see {text}") == f"see {text}".replace("jmiller", name)


@pytest.mark.parametrize(
    ("home", "text"),
    [
        pytest.param("/home/jmiller", "jmillers and xjmiller and JMiller_2", id="part of a word"),
        pytest.param("/home/python", "python -m http.server", id="a word of code"),
        pytest.param("/home/ada", "the language ada", id="short"),
    ],
)
def test_what_is_not_the_name_of_this_user_stays(home: str, text: str) -> None:
    assert redacted(home, text) == text
