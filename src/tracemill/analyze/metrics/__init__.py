"""Metrics: what is counted of sessions, stages, projects and features, each with its formula.

A metric turns what is held into cases; `table` names them all.
"""
