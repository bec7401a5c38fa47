"""Names before equals signs are those that the plain pattern finds, which is far slower."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from tracemill.curate.checks.tool_use import assigned_names

PLAIN = re.compile(r"\b([A-Za-z_]\w*)=(None\b)?")
PIECES = st.sampled_from(["a", "_", "9", "é", "=", "None", " ", "\n", "."])


@given(st.lists(PIECES, max_size=14).map("".join))
def test_names_are_those_of_the_plain_pattern(text: str) -> None:
    expected = [(found[1], found[2] is not None) for found in PLAIN.finditer(text)]

    assert list(assigned_names(text)) == expected
