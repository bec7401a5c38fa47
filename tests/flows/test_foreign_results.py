"""Results of another harness, taken in as it judged them."""

from datetime import UTC, datetime
from pathlib import Path

from tracemill.flows.models.foreign_results import import_results
from tracemill.store.workspace import Workspace

AT = datetime(2026, 1, 2, tzinfo=UTC)


def test_of_a_question_that_was_asked_again_the_last_answer_counts(tmp_path: Path) -> None:
    results = tmp_path / "m.json"
    results.write_text('[{"query": "a", "correct": false}, {"query": "a", "correct": true}]')

    found = import_results(Workspace(tmp_path / "ws"), [results], "theirs", AT)

    assert found.drops == {"duplicate": 1}
    assert (found.evaluations[0].slices[0].passed, found.suite.n_cases) == (1, 1)
