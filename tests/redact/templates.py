"""Texts that look like tokens, made when a test runs, so that no scanner takes a file for a leak."""

from tracemill.redact.canaries import ALPHABETS, drawn, fill

__all__ = ["ALPHABETS", "drawn", "fill"]
