"""Requests: whether they ask for one operation or several, and what was called for them.

`forms` looks at words alone, `points` at single texts, `turns` reads a session turn by turn.
"""
