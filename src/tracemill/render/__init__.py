"""Render: steps become the chat messages that a trainer sees. The one place where they do.

A room for services that training, evaluation and serving must share, so that a model meets the
same form everywhere. `messages` holds the rules; `chat_format` takes the messages on to the text
of a model's chat template, to tokens with their loss mask, and an answer back to a message (extra
`render`). `atif` is the other form that several rooms share: steps in the words of an interchange
format; `turns` is a third: a session as requests and what came of them; `team` is a fourth: reports
of a team's process in the words of the files that teams keep.
"""

from __future__ import annotations

from typing import Final

RENDER_VERSION: Final = 6
"""Raise it when the same steps would give other messages."""

__all__ = ["RENDER_VERSION"]
