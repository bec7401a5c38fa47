"""People's judgement of recorded work: what is to be looked at, and what follows from it.

`triggers` chooses what waits for a person, `checklist` says what is asked, `items` what is shown,
`verdict` what several people's reviews come to and which labels they give. `agreement` and
`calibration` measure people against each other, and the machine against people. `label_studio`,
`argilla`, `manual_reviews` and `insights` hand items to other tools and read back what was filled
in there: a tool is one module with one class, one line in `TOOLS`, and its round trip in
`tests/review/`.

A person's word supersedes the machine's and never overwrites it: both stay as labels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracemill.base.registry import Registry

if TYPE_CHECKING:
    from tracemill.review.exchange import Tool

REVIEW_VERSION: Final = 2
"""Raise it when the same reviews would give other labels, or the same facts another queue."""

TOOLS: Final[Registry[type[Tool]]] = Registry(
    kind="review tool",
    builtin={
        "label-studio": "tracemill.review.label_studio:LabelStudio",
        "argilla": "tracemill.review.argilla:Argilla",
        "manual-reviews": "tracemill.review.manual_reviews:ManualReviews",
        "insights": "tracemill.review.insights:Insights",
    },
)
"""Every tool whose files are known, by name."""

__all__ = ["REVIEW_VERSION", "TOOLS"]
