"""All record types: plain, immutable facts and derivations that every stage takes and gives.

Records are frozen msgspec structs that refuse unknown fields. They do no I/O. Each field
is documented by the docstring under it, which also becomes its text in the JSON Schema.

| package | what its records tell |
|---|---|
| `sessions` | what one agent did in one session: the trajectory, and what is read off its steps |
| `events` | what happened outside the steps: commits, gates, forges, reviews, reports of teams |
| `work` | one piece of work, put together from both, and what became of it |
| `datasets` | examples, the recipes that ask for them, versions, audits and exports |
| `synth` | examples that are made up, and what proves them |
| `models` | training, evaluation and promotion |
| `process` | what repeats in a team's work, what to change, and whether it helps |
| `privacy` | what may be kept and let out, and what was decided about it |

What all of them share lies beside the packages: `refs` says who says so and where it was read,
`labels` and `links` are claims about any record, `asking` is what is kept of a model that judges,
`inputs` is what was looked at and could not be read, `canonical` and `from_toml` say what records
are as bytes and as people write them.
"""
