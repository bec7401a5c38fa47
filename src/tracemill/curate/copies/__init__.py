"""Texts that stand in other texts, or nearly do."""
