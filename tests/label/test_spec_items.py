"""What a spec asks for, item by item."""

from __future__ import annotations

import pytest

from tests.trajectories import START
from tracemill.label.outcomes.spec_items import SpecItem, all_met, spec_items
from tracemill.records.events.event import DocumentVersion
from tracemill.records.refs import Origin
from tracemill.sources.process_files.markdown import sections_of

SPEC = """\
# Log-in

- no item of anything

## Requirements
- [x] Tokens with `JWT`
1. A log-in page

```
- no item, but code
```

### Of routes
* **Protected** routes

## Out of scope
- OAuth

### Acceptance criteria
- ✅ People can log in
- [ ] Tokens expire after 24h

## Notes
- nothing that is asked for
"""


def spec(text: str) -> DocumentVersion:
    origin = Origin(source="git", source_version=1, uri="file:/srv/app", input_id="input_1")
    return DocumentVersion(
        id="event_1", at=START, origin=origin, path="spec.md", change="added", document="spec",
        sections=sections_of(text),
    )  # fmt: skip


def test_requirements_and_criteria_are_told_by_the_heading_that_they_stand_under() -> None:
    found = spec_items([spec(SPEC), spec(SPEC)])

    assert found.requirements == [
        SpecItem("Tokens with JWT", is_met=True),
        SpecItem("A log-in page", is_met=None),
        SpecItem("Protected routes", is_met=None),
    ]
    assert found.criteria == [
        SpecItem("People can log in", is_met=True),
        SpecItem("Tokens expire after 24h", is_met=False),
    ]


@pytest.mark.parametrize(
    "heading", ["Success Criteria", "Definition of done", "3. Acceptance criteria"]
)
def test_criteria_go_by_several_names(heading: str) -> None:
    assert [item.text for item in spec_items([spec(f"## {heading}\n- it works\n")]).criteria] == [
        "it works"
    ]


@pytest.mark.parametrize(
    ("boxes", "expected"),
    [([True, None], True), ([True, False], False), ([None], None), ([], None)],
)
def test_only_boxes_tell_whether_all_is_met(
    boxes: list[bool | None], expected: bool | None
) -> None:
    assert all_met(SpecItem("x", is_met=box) for box in boxes) is expected
