"""Trainers: one module for each engine, imported when a recipe asks for it."""
