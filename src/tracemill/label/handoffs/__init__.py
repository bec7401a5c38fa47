"""What one session left for the next, and how much of it the next one had to find out anew.

`reader` finds the last words of a session, the summaries of contexts that grew too long, and plans
that were left to others; `documents` finds the sections of documents that say what is left; who
went on is told by `link.sessions.take_ups`. `asked_again` reads the session that went on.
Everything is a quote with its place, and where it is not known who went on, it says so.
"""

from __future__ import annotations

from tracemill.label.handoffs.documents import handed_by_document
from tracemill.label.handoffs.reader import HandOffReader, LongText, Opened

__all__ = ["HandOffReader", "LongText", "Opened", "handed_by_document"]
"""For whoever reads all sessions at once."""
