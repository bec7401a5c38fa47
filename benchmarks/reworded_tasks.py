"""How much can a small model add to made-up work, where calls and results are not its own?

`reworded_tasks.py WORKSPACE MODEL.gguf N` takes N examples that `synth run` made in WORKSPACE and
lets the model say their request and their answer in other words, held to a schema; all between them
stays. What it says must hold the same names and numbers, and be no copy; then the whole ladder
judges the row beside the one that it came from. Prints how many pass each step.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace

from tracemill.base.ids import digest
from tracemill.curate.selecting.rows import training_row
from tracemill.flows.datasets.made_up import made_examples
from tracemill.flows.synthesis.verifying import verify_rows
from tracemill.llm import AskSettings, Subject, SubjectConfig, open_subject
from tracemill.records.datasets.examples import ChatExample, Message
from tracemill.records.synth.made_up import SyntheticExample
from tracemill.store.workspace import Workspace
from tracemill.synth.verification import SEEN

CATEGORY: Final = "tool-use"
NAMED: Final = re.compile(r"`[^`]+`|[\w./*-]*[/_.][\w./*-]*\w|\b\d+\b")
TOLD: Final = "Say the same in other words. Keep names, paths and numbers as they are."
PAIRS: Final = {
    "request": (
        ("Where is `Cart.total` defined?", "In which file does `Cart.total` live?"),
        ("run the tests of orders.", "Please start the tests of orders."),
        ("What are the last 3 commits? Thanks.", "Show me the last 3 commits."),
        ("Set `LIMIT` in shop/cart.py to 7", "`LIMIT` in shop/cart.py should be 7 from now on."),
    ),
    "answer": (
        (
            "All green: 7 tests in `tests/test_cart.py`.",
            "7 tests in `tests/test_cart.py` ran, and all of them pass.",
        ),
        (
            "`LIMIT` is 5 (`shop/cart.py`, line 9).",
            "In `shop/cart.py`, line 9 sets `LIMIT` to 5.",
        ),
        (
            "Fixed `total`: it had `-` where it should have had `+`. 12 tests pass.",
            "`total` had `-` in the place of `+`; now it is right, and 12 tests pass.",
        ),
    ),
}
TRIES: Final = 3


def schema_of(kind: str) -> dict[str, Any]:
    """Return the schema of an answer that says one thing."""
    return {
        "type": "object",
        "properties": {kind: {"type": "string", "minLength": 1}},
        "required": [kind],
        "additionalProperties": False,
    }


def reworded(subject: Subject, kind: str, text: str, faults: Counter[str]) -> str | None:
    """Return a text in other words, tried a few times; None where none of them holds."""
    asked = [Message(role="system", content=TOLD)]
    for plain, other in PAIRS[kind]:
        asked.append(Message(role="user", content=plain))
        asked.append(Message(role="assistant", content=json.dumps({kind: other})))
    asked.append(Message(role="user", content=text))
    fault = ""
    for seed in range(TRIES):
        settings = AskSettings(max_tokens=160, temperature=0.5, seed=seed, schema=schema_of(kind))
        said = subject.answer(asked, (), settings).message.content
        try:
            found = json.loads(said)[kind].strip()
        except ValueError:
            fault = f"{kind}: cut"
            continue
        if sorted(set(NAMED.findall(found))) != sorted(set(NAMED.findall(text))):
            fault = f"{kind}: other names or numbers"
        elif " ".join(found.lower().split()) == " ".join(text.lower().split()):
            fault = f"{kind}: the same words"
        else:
            return str(found)
    faults[fault] += 1
    return None


def in_other_words(
    made: SyntheticExample, subject: Subject, faults: Counter[str]
) -> ChatExample | None:
    """Return an example with its first request and last answer in the words of a model."""
    messages = list(made.example.messages)
    first = next(at for at, each in enumerate(messages) if each.role == "user")
    for at, kind in ((first, "request"), (len(messages) - 1, "answer")):
        said = reworded(subject, kind, messages[at].content, faults)
        if said is None:
            return None
        messages[at] = replace(messages[at], content=said)
    named = f"example_{digest(made.id, messages[first].content, messages[-1].content)}"
    return replace(made.example, id=named, messages=tuple(messages))


def chosen(workspace: Workspace, n: int) -> Sequence[SyntheticExample]:
    """Return some examples whose request holds nothing but a request, drawn by hash."""
    found = [
        each
        for each in made_examples(workspace)
        if each.category == CATEGORY and sum(m.role == "user" for m in each.example.messages) == 1
    ]
    return sorted(found, key=lambda each: digest("reworded", each.id))[:n]


def main() -> None:
    made = chosen(Workspace(Path(sys.argv[1])), int(sys.argv[3]))
    faults: Counter[str] = Counter()
    config = SubjectConfig(backend="llama-cpp", model=sys.argv[2], template="chatml", context=2048)
    with open_subject(config) as subject:
        drafts = [found for each in made if (found := in_other_words(each, subject, faults))]
    rows = [training_row(each) for each in drafts]
    report = verify_rows(
        rows,
        [training_row(each.example) for each in made],
        ran=dict.fromkeys((row.digest for row in rows), SEEN),
    )
    said = [
        (draft.messages[1].content, draft.messages[-1].content, row.standing)
        for draft, row in zip(drafts, report.rows, strict=True)
    ]
    print(
        json.dumps(
            {
                "jobs": len(made),
                "faults": dict(faults.most_common()),
                "drafts": len(drafts),
                "rungs": {r.rung: (r.n_passed, r.n_failed, r.n_unknown) for r in report.rungs},
                "standings": report.standings,
                "drafts said": said,
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
