"""People's judgement of recorded work: what is to be looked at, and what follows from it.

`triggers` chooses what waits for a person, `checklist` says what is asked, `items` what is shown,
`verdict` what several people's reviews come to and which labels they give. `agreement` and
`calibration` measure people against each other, and the machine against people. `label_studio`
and `argilla` hand items to other tools and read back what was filled in there.

A person's word supersedes the machine's and never overwrites it: both stay as labels.
"""

from __future__ import annotations

from typing import Final

REVIEW_VERSION: Final = 1
"""Raise it when the same reviews would give other labels, or the same facts another queue."""

__all__ = ["REVIEW_VERSION"]
