"""What calls of tools that edit say, in whatever shape agents say it."""

from typing import Any

import pytest

from tracemill.records.sessions.edit_calls import only_looks


@pytest.mark.parametrize(
    ("arguments", "looks"),
    [
        ({"command": "view", "path": "a.py"}, True),
        ({"command": "create", "path": "a.py"}, False),
        ({"command": ["apply_patch", "*** Begin Patch"]}, False),
        ({"path": "a.py"}, False),
    ],
)
def test_a_command_may_be_a_word_or_words(arguments: dict[str, Any], looks: bool) -> None:
    assert only_looks(arguments) is looks
