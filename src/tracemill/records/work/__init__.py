"""Pieces of work: put together from sessions and events, and followed to what became of them.

An episode has a goal and an outcome; as a learning episode it is told from problem to outcome. A
change set is what a branch brought, with or without known sessions; a release is what a tag
reaches; survival is what the repository's history says of the changes later.
"""
