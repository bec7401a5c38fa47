"""What a person's words and deeds say of the work before them.

Phrases of the `lexicons` and the context of a turn are cues; the fitted weights of `weights.toml`
say which reading they speak for, and how clearly. Another labeler, a model's, may speak beside.
"""
