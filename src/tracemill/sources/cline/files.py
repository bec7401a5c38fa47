"""The files of a Cline task, by name."""

from __future__ import annotations

from typing import Final

UI: Final = "ui_messages.json"
"""What the person was shown."""
API: Final = "api_conversation_history.json"
"""What the model was sent, and what it replied."""
HISTORY: Final = "history_item.json"
"""What the list of tasks says of it; Cline itself does not write it."""
