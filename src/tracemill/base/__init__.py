"""Foundations that would make sense in any program: errors, ids, lines, time, git, text.

Nothing here knows what a trajectory is, and nothing outside the standard library is imported.
"""
