"""Commits: found by whatever names them, on which branch they are, and which belong together."""
