"""What a model lacks: its latest evaluation beside a dataset's examples and recorded work."""

from __future__ import annotations

from collections import Counter

from tracemill.evaluate.gaps import gaps
from tracemill.flows.analysis.turns import read_turns
from tracemill.flows.datasets.examples import examples_of
from tracemill.flows.datasets.versions import find_version
from tracemill.flows.models.evaluations import find_evaluation
from tracemill.records.datasets.examples import ChatExample
from tracemill.records.models.gaps import GapReport
from tracemill.store.workspace import Workspace

_WORDS = "use:direct"


def find_gaps(workspace: Workspace, subject: str, suite: str | None, dataset: str) -> GapReport:
    """Return where a model fails, beside what there is to learn it from.

    Raises:
        NotFoundError: the model was not evaluated, or there is no such dataset version.
    """
    evaluation = find_evaluation(workspace, subject, suite).evaluation
    folder, version = find_version(workspace, dataset)
    examples: Counter[str] = Counter()
    for part, example in examples_of(folder, version):
        if part.split == "train":
            examples.update(example.tags)
            examples["answer"] += _WORDS in example.tags
            if isinstance(example, ChatExample):
                learned = [message for message in example.messages if message.trained]
                calls = [call for message in learned for call in message.tool_calls]
                examples.update({f"tool:{call['function']['name']}" for call in calls})
    sessions: Counter[str] = Counter()
    n_sessions = 0
    for session in read_turns(workspace) if workspace.index.exists() else ():
        n_sessions += 1
        made = (call for turn in session.turns for call in turn.calls)
        sessions.update({call.tool for call in (*made, *session.unasked)})
    return GapReport(
        subject=evaluation.subject,
        suite=evaluation.suite,
        dataset_id=version.id,
        n_sessions=n_sessions,
        gaps=gaps(evaluation, examples, sessions),
    )
