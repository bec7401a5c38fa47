"""A preview shows what would change, and what stands there only to who asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.redact.templates import fill
from tracemill.flows.privacy.preview import Shown, masked, preview
from tracemill.flows.results import Failure
from tracemill.redact import Redactor

TOKEN = fill("ghp_{alnum:36}")
REDACTOR = Redactor(bytes(32), engine="re2")


@pytest.mark.parametrize(
    ("text", "shown"),
    [(TOKEN, "gh****"), ("ada@love.org", "ad****"), ("hunter2", "h****"), ("ada", "****")],
)
def test_the_shorter_a_text_is_the_less_of_it_is_shown(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_each_finding_has_its_place_and_what_replaces_it(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text(f"first\nuse {TOKEN} for ada@lovelace.org now\nlast")

    one, other = preview([path], REDACTOR)

    assert isinstance(one, Shown)
    assert isinstance(other, Shown)
    assert (one.finding.place, one.finding.rule, one.finding.n_characters) == (
        "line 2",
        "github-pat",
        40,
    )
    assert (one.before, one.left) == (TOKEN, "use ")
    assert one.right.startswith(" for user-")
    assert other.right == " now"
    assert TOKEN not in repr(one.finding) + other.left


def test_a_field_of_json_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text('{"env": {"PASSWORD": "correct9Horse!battery"}}')

    [one] = preview([path], REDACTOR)

    assert isinstance(one, Shown)
    assert (one.finding.place, one.finding.where) == ("", "env.PASSWORD")


def test_what_cannot_be_looked_at_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\xff")

    assert list(preview([tmp_path / "a"], REDACTOR)) == [
        Failure(
            uri=str(tmp_path / "a"),
            reason="not_looked_at",
            detail="expected UTF-8, found something else at byte 0",
        )
    ]
