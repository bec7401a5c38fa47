"""What Claude Code puts into the context beside the messages: files, memories, hooks, reminders.

Newer versions write each of them as an attachment of its own. Those that hold a text for the
model are kept; the others say what changed in the program.
"""

from __future__ import annotations

from typing import Any, Final

from tracemill.sources.reading.json_fields import objects_of, text, type_name

_TEXTS: Final[dict[str, tuple[str, ...]]] = {
    "batching_reminder_sent": ("text",),
    "edited_text_file": ("snippet",),
    "file": ("content", "file", "content"),
    "hook_additional_context": ("content",),
    "hook_blocking_error": ("blockingError", "blockingError"),
    "hook_success": ("content",),
    "nested_memory": ("content", "content"),
    "read_truncation_notice": ("banner",),
    "silent_turn_reminder": ("text",),
    "skill_listing": ("content",),
    "total_tokens_reminder": ("text",),
}
"""Where each kind of attachment holds its text."""
_NAMES: Final = ("displayPath", "filename", "path")


def attached_text(attachment: dict[str, Any]) -> str | None:
    """Return what an attachment tells the model, under the name of its file, or None."""
    kind = attachment.get("type")
    if kind == "invoked_skills":
        skills = attachment.get("skills")
        return _joined([_named(skill, skill.get("content")) for skill in objects_of(skills)])
    found: Any = attachment
    for key in _TEXTS.get(kind, ()) if isinstance(kind, str) else ():
        found = found.get(key) if isinstance(found, dict) else None
    return _named(attachment, found)


def _named(holder: dict[str, Any], said: object) -> str | None:
    if isinstance(said, list):
        said = _joined([part if isinstance(part, str) else None for part in said])
    if not isinstance(said, str) or not said.strip():
        return None
    name = next((name for key in _NAMES if (name := text(holder.get(key)))), None)
    return said if name is None else f"{name}\n{said}"


def _joined(parts: list[str | None]) -> str | None:
    return "\n\n".join(filter(None, parts)) or None


def why_attachment_not_kept(attachment: object) -> str:
    """Return why an attachment is passed over."""
    kind = attachment.get("type") if isinstance(attachment, dict) else None
    return f"attachment_{type_name(kind)}"
