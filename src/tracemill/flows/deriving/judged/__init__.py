"""What a model says where the rules are not sure, put together with what the rules say.

`review turns` and `review outcomes` ask a model and keep its answers. What stands of them is the
same for whoever wants to know: the command itself, or a recipe that names the model.

| module | what it says |
|---|---|
| `kinds` | what a kind of question is, and what one question of it |
| `answers` | where the answers of a model are kept |
| `turns` | questions about people's turns, and sessions as a model hears them |
| `outcomes` | questions about what became of work, and episodes as a model judges them |

To add a kind: its records after `records.asking`, what is asked in `label`, a module here that ends
in a `Kind`, its folder in `Workspace.judged`, and a command like `cli.review.turns`.
"""
