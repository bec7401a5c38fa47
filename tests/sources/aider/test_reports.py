"""Reports of linters in made-up histories, which Aider sends to its model."""

from __future__ import annotations

import pytest
from tests.sources.aider.test_history import BLOCK, HEADER, prompt, read_history, said

REPORT = said(
    "# Fix any errors below, if possible.", "", "## Running: lint src/a.py", "",
    "src/a.py:1:2: E225 missing whitespace", "...⋮...", "  1█x= 2",
)  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "is_sent"),
    [
        ("Attempt to fix lint errors? y", True),
        ("Attempt to fix lint errors? (Y)es/(N)o [Yes]: yes", True),
        ("Attempt to fix lint errors? [Y/n] n", False),
    ],
)
def test_a_report_of_linters_stands_behind_the_edit_where_a_person_wants_it_fixed(
    answer: str, is_sent: bool
) -> None:
    told = said("Applied edit to src/a.py") + REPORT + said("Commit 1234abc style: x", answer)
    found = read_history(HEADER + prompt("Fix it") + BLOCK + told + "\nA space is missing.\n")

    assert [step.text for step in found.steps] == ["Fix it", "", "A space is missing."]
    (result,) = found.steps[1].results
    assert (result.status, result.commit) == ("ok", "1234abc")
    assert result.content == "Applied edit to src/a.py" + (
        "\n\n# Fix any errors below, if possible.\n\n## Running: lint src/a.py\n\n"
        "src/a.py:1:2: E225 missing whitespace\n...⋮...\n  1█x= 2"
        if is_sent
        else ""
    )
