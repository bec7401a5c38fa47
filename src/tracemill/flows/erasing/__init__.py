"""Deletion for good: erased subjects, whatever quotes them, and what has expired."""
