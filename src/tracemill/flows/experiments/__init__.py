"""Experiments: who works with what, and what happened in each unit."""
