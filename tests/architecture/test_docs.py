"""Links of the docs lead somewhere, and the guide names every page."""

import re
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/**/*.md")]
)
LINK: Final = re.compile(r"\]\(([^)\s]+)\)")
FENCE: Final = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """Return how the headings of a page are linked to, as GitHub does it."""
    heads = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_a_heading_that_are_there(page: Path) -> None:
    lost = []
    for link in LINK.findall(FENCE.sub("", page.read_text())):
        path, _, heading = link.partition("#")
        there = page.parent / path if path else page
        if "://" in link or link.startswith("mailto:"):
            continue
        if not there.exists() or (heading and heading not in anchors(there)):
            lost.append(link)

    assert lost == []


def test_the_guide_names_every_page() -> None:
    guide = ROOT / "docs" / "README.md"
    named = {link.partition("#")[0] for link in LINK.findall(guide.read_text())}
    pages = {page.name for page in ROOT.glob("docs/*.md")} - {guide.name}

    assert pages - named == set()
