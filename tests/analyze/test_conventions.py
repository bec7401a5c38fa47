"""What code shares that rules let through."""

from __future__ import annotations

import pytest

from tracemill.analyze.conclusions.conventions import Trait, conventions, traits_of
from tracemill.records.events.team_artifacts import ArtifactReport

VIEW = """\
@view
def user_profile_view(user_id: int, *, users: UserService) -> Element:
    return html(t"<p>{users.get(user_id)}</p>")
"""


def attempt(code: str, kind: str = "view", *, accepted: bool | None = True) -> ArtifactReport:
    return ArtifactReport(artifact_type=kind, generated_code=code, validation_passed=accepted)


@pytest.mark.parametrize(
    ("code", "traits"),
    [
        (
            VIEW,
            {
                ("decorator", "view"), ("ending", "_view"), ("returns", "Element"),
                ("keyword_only", "UserService"), ("calls", "html"), ("calls", "users.get"),
            },
        ),
        (
            "@svcs.register(scope='app')\nclass LoginService(Base[User], abc.ABC): ...",
            {
                ("decorator", "svcs.register"), ("calls", "svcs.register"), ("ending", "Service"),
                ("base", "Base"), ("base", "abc.ABC"),
            },
        ),
        ("x = 1", set()),
    ],
)  # fmt: skip
def test_code_is_told_by_its_names(code: str, traits: set[tuple[str, str]]) -> None:
    found = traits_of(code)

    assert found is not None
    assert {tuple(each) for each in found} == traits


def test_what_is_no_python_is_counted_and_not_read() -> None:
    assert traits_of("def (") is None
    assert conventions([attempt("def (")]).n_unread == 1


def test_what_most_of_the_code_holds_is_a_convention_beside_what_was_refused() -> None:
    bare = VIEW.replace("@view\n", "")
    reports = [attempt(VIEW)] * 3 + [attempt(bare)] + [attempt(bare, accepted=False)] * 2
    reports += [attempt("class Login: ...", "service"), attempt(VIEW, accepted=None)]
    found = {(each.form, each.name): each for each in conventions(reports).conventions}
    decorator = found["decorator", "view"]

    assert (decorator.artifact, decorator.n, decorator.of) == ("view", 3, 4)
    assert (decorator.n_refused, decorator.of_refused) == (0, 2)
    assert 0.3 < decorator.low < 0.75 < decorator.high < 1
    assert found["ending", "_view"].n == 4
    assert all(each.artifact == "view" for each in found.values())


def test_a_share_may_be_asked_for_and_two_of_a_kind_are_chance() -> None:
    reports = [attempt(VIEW)] * 2 + [attempt("x = 1")] * 6

    assert conventions(reports).conventions == ()
    three = conventions([*reports, attempt(VIEW)], least=0.3).conventions
    assert Trait("decorator", "view") in {Trait(each.form, each.name) for each in three}
