"""Judge: what a trajectory did, what is known of its quality, what became of an episode.

In come redacted steps, events, links and commits; out go an `Activity`, `Label`s and an
`Episode`. `observe` folds steps, `outcome` judges. To add a label: one function in the module
that its evidence comes from, one line in `LABELS`, a table of cases under `tests/label/`.
"""
