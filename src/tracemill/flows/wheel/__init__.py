"""The wheel: `turn` reads what is new and derives what follows, `watching` does so again and again.

`demo` turns it once with training and decision included, on the bundled example.
"""
