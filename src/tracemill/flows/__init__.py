"""Flows: decide what runs, read and write the store, and move records between stages.

`discovery` finds inputs, `ingest` reads, redacts and keeps them, `derive` links, labels and
judges them, `build` makes dataset versions, and `loop` is one turn of the wheel.
"""
