"""Prompts: what should be changed in them. Pure: patterns in, proposals with evidence out."""

from tracemill.prompts.suggesting import Prompt, suggest

__all__ = ["Prompt", "suggest"]
