"""Dated facts outside the steps: what people, repositories, forges, gates and tools did.

`event` joins all kinds into `Event`, a tagged union; `base` says what every kind has. To add a
kind: its struct in the module of its family, one line in `event`.
"""
