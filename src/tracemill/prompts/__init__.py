"""Prompts: their versions, and what should be changed in them. Pure: records in, records out.

`history` makes versions out of the documents of a repository's history, `naming` says what they
are called, `line_changes` what each changed. `suggesting` turns patterns into proposals.
"""

from tracemill.prompts.suggesting import Prompt, suggest

__all__ = ["Prompt", "suggest"]
