"""The ladder of verification: rows that were made up are believed one rung at a time.

Rows come in as a trainer reads them; out comes for each rung what it says of each row: pass, fail,
or unknown where nobody can tell. What cannot be proved never passes: a result that may have been
invented leaves its row `unproved`, one that cannot be true rejects it.

To add a check: a function from rows to `Judged` in the module of its rung, a line in `checks`, and
rows that it must and must not object to under `tests/synth/verification/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from tracemill.synth.verification import answers, claims, diversity, execution, shape
from tracemill.synth.verification.execution import SEEN, Carried
from tracemill.synth.verification.ladder import Judged, RowJudge, climb


def checks(ran: Mapping[str, Carried] | None = None) -> tuple[RowJudge, ...]:
    """Return the checks of this room; those of datasets that take part are named by the flow.

    Rows of digests in `ran` have had their calls carried out, with what came of it.
    """
    real = partial(execution.true_results, ran=ran)
    return (
        RowJudge("format", "speaking_order", "speak out of turn", shape.speaking_order),
        RowJudge("schema", "answered_calls", "leave a call without a result", shape.answered_calls),
        RowJudge("schema", "declared_tools", "declare no tools", shape.declared_tools),
        RowJudge("schema", "distinct_calls", "call twice at once", shape.distinct_calls),
        RowJudge("execution", "true_results", "show a result that is not real", real),
        RowJudge("outcome", "shown_claims", "claim what nothing shows", claims.shown_claims),
        RowJudge(
            "semantic", "grounded_answers", "name what nothing showed", answers.grounded_answers
        ),
        RowJudge("semantic", "something_worked", "never get anywhere", answers.something_worked),
        RowJudge("diversity", "templates", "ask as an earlier row does", diversity.templates),
    )


__all__ = ["SEEN", "Carried", "Judged", "RowJudge", "checks", "climb"]
