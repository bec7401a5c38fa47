"""Flows: decide what runs, read and write the store, and move records between stages.

`wheel` turns it all once: `ingest` reads, redacts and keeps what is new, `deriving` links, labels
and judges it, and makes the dataset that nobody has to ask for. `datasets`, `models`,
`synthesis`, `prompts` and `experiments` are what people ask for beside it; `reviews`, `privacy`
and `erasing` what they decide; `analysis`, `reports` and `views` what they are told. `machine`
knows this computer, and `executors` where kernels run.
"""
