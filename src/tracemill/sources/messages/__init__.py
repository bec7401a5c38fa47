"""Chats as training data keeps them: one row a session, with its messages by role.

The model of this source, which is asked last:

- A row holds `messages` (OpenAI's chat form), `conversations` (ShareGPT's) or `trajectory` (data
  sets of SWE-agent), or is itself the list; the list may stand as JSON in a text. Rows of SWE-smith
  and nebius are among them.
- In rows that name the task of a benchmark (`instance_id`), only the first request is a person's:
  what follows a reply in the user's name is what came back to it, and the one block of code that a
  reply ends with is the command that it gives: a call of a shell. A block that is not marked as
  code of a shell is one only where something came back to it, or where it ends the run.
- Calls and results may stand within the texts, between the marks in which chat templates write them
  (`<tool_call>`, `<tool_response>`): what came back in the user's name is no person's word.
- Nothing in a row says which agent it was, or how a call ended; both are unknown.
- What a row states of the outcome (`resolved`, `target`, `exit_status` …) is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

from tracemill.records.refs import Origin
from tracemill.sources.building.message_parts import LISTS
from tracemill.sources.content import Content
from tracemill.sources.file_source import FileSource
from tracemill.sources.head import Head
from tracemill.sources.protocol import SourceRecord

_ROLES: Final = frozenset(
    {
        "system", "developer", "user", "human", "assistant", "gpt", "ai", "model", "tool",
        "function", "observation", "function_call", "tool_call", "ipython",
    }
)  # fmt: skip
_SAYS: Final = frozenset({"content", "value", "text", "tool_calls", "system_prompt"})


class Messages(FileSource):
    """Reads JSON and JSON Lines files of messages, whoever wrote them."""

    name: ClassVar[str] = "chat-messages"
    version: ClassVar[int] = 5
    marks: ClassVar[frozenset[str]] = frozenset()

    def recognises(self, head: Head) -> bool:
        """Tell whether these are messages, by the first of them."""
        firsts = (head.fields, head.first_item, *head.objects[:1])
        return any(map(_holds_messages, firsts)) or is_message(head.first_item)

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield the steps of each session, its header, and the tally."""
        from tracemill.sources.messages.reader import MessagesReader
        from tracemill.sources.reading.rows import read_rows

        return read_rows(content, origin, MessagesReader(self.name, origin).open_row, is_message)


def is_message(fields: Mapping[str, Any]) -> bool:
    """Tell whether an object is a message of a known role."""
    role = fields.get("role") or fields.get("from")
    return isinstance(role, str) and role in _ROLES and not _SAYS.isdisjoint(fields)


def _holds_messages(fields: Mapping[str, Any]) -> bool:
    lists = (fields.get(name) for name in LISTS)
    return any(_begins_with_message(found) for found in lists)


def _begins_with_message(found: object) -> bool:
    if isinstance(found, str):
        start = found.lstrip()[:60].replace(" ", "")
        return start.startswith(('[{"role":"', '[{"content":"', '[{"from":"'))
    first = found[0] if isinstance(found, list) and found else None
    return isinstance(first, dict) and is_message(first)


__all__ = ["Messages", "is_message"]
