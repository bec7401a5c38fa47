"""Commands under "Start here": one turn of the wheel, what is kept, and the local pages.

`sync` stands with `run`, of which it is the first half.
"""
