"""What docs/ui.md says of the pages: each is named with its question and shown in a picture."""

import re
from pathlib import Path

from tests.web.reaching import pages

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "ui.md").read_text(encoding="utf-8")
MOST_BYTES = 2_000_000


def test_every_page_is_named_with_the_question_that_it_answers() -> None:
    questions = dict(re.findall(r"^\| `([^`]+)` \| (.*) \|$", TEXT, flags=re.MULTILINE))
    assert questions.keys() == pages()
    assert all("?" in question for question in questions.values())


def test_every_page_is_shown_and_every_picture_is_of_one() -> None:
    shown = set(re.findall(r"\]\(ui/([a-z-]+\.webp)\)", TEXT))
    kept = {path.name for path in (DOCS / "ui").iterdir()}
    wanted = {f"{name_of(pattern)}.webp" for pattern in pages()}
    assert wanted <= shown == kept, "`make pictures` takes them anew; docs/ui.md names each"
    assert sum(path.stat().st_size for path in (DOCS / "ui").iterdir()) < MOST_BYTES


def name_of(pattern: str) -> str:
    return pattern.replace("{name}", "one").strip("/").replace("/", "-") or "overview"
