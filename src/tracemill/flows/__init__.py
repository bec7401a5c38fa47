"""Flows: decide what runs, read and write the store, and move records between stages.

`turning` is one turn of the wheel: `ingest` reads, redacts and keeps what is new, `deriving` links,
labels and judges it, and makes the dataset that nobody has to ask for. `datasets`, `models`,
`making`, `prompting` and `trying` are what people ask for beside it; `reviewing`, `privacy` and
`erasing` what they decide; `measuring`, `telling` and `showing` what they are told. `machine` knows
this computer, and `executors` where kernels run.
"""
