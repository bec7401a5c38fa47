"""The pages' document names every page with its question."""

import re
from pathlib import Path

from tests.web.reaching import pages

TEXT = (Path(__file__).parents[2] / "docs" / "ui.md").read_text(encoding="utf-8")


def test_every_page_has_its_question() -> None:
    told = dict(re.findall(r"^\| `(/[^`]*)` \| (.+) \|$", TEXT, re.MULTILINE))
    assert told.keys() == pages()
    assert all("?" in question for question in told.values())
