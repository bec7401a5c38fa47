"""What can be learned from a document that describes a problem, its solution and the result.

| part | first that is there |
|---|---|
| problem | sections on it; on its cause; where results are told, on the context or goal |
| context | where it lies, put together of facts; sections on the context and goal |
| thought process | sections on causes, decisions, other ways and lessons; sentences with a reason |
| approach | sections on the solution; the plan; the decision; what was learned |
| steps | items of phases that are said to be done; all items; titles of phases; entries of lists |
| validation | sections on checks and results |
| outcome | how far the document itself says that the work is |

A document whose headings do not tell of all three is none that teaches.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tracemill.base.heading_roles import SectionRole
from tracemill.label import LABEL_VERSION
from tracemill.label.learning.passages import Passage, document_passages, of_roles, thoughts
from tracemill.label.outcomes.process_labels import document_outcome
from tracemill.records.events.documents import DocumentKind, DocumentVersion
from tracemill.records.refs import Ref, Stamp
from tracemill.records.work.episodes import Outcome
from tracemill.records.work.learning import LearningEpisode, ThinkingCoverage, Words

_STAMP: Final = Stamp(by="learning", version=LABEL_VERSION)
_UNSEEN: Final = ThinkingCoverage(steps=0, thinking=None, words=None)
_TELLING: Final[frozenset[DocumentKind]] = frozenset(
    {"spec", "plan", "decision", "design", "report", "account"}
)
_OUTCOMES: Final[Mapping[str | None, Outcome]] = {
    "complete": "achieved",
    "partial": "partial",
    "planned": "unknown",
    None: "unknown",
}
_MOST_SENTENCES: Final = 5
_MOST_STEPS: Final = 15


def learning_from_document(document: DocumentVersion) -> LearningEpisode | None:
    """Return what can be learned from a document; None where it does not tell of all of it."""
    if document.document not in _TELLING or document.sections is None:
        return None
    passages = document_passages(document)
    problem = _first(passages, "problem", "root_cause")
    if not problem and of_roles(passages, "results"):
        problem = _first(passages, "context", "goal")
    approach = _first(passages, "solution", "plan", "decision", "lessons")
    steps = list(_steps(document, passages))
    results = of_roles(passages, "results", "validation")
    if not (problem and (approach or steps) and results):
        return None
    outcome = document_outcome(document)
    said = f"by its own words it is {outcome}" if outcome else "it does not say how it ended"
    return LearningEpisode(
        episode_id=document.id,
        told_by="document",
        kind="account",
        problem=tuple(problem[:_MOST_SENTENCES]),
        context=tuple(_context(document, passages, problem[:_MOST_SENTENCES])),
        thought_process=tuple(thoughts(passages, problem[:_MOST_SENTENCES])),
        thinking=_UNSEEN,
        solution_approach=tuple(approach[:_MOST_SENTENCES]),
        implementation_steps=tuple(steps[:_MOST_STEPS]),
        validation=tuple(results[: 2 * _MOST_SENTENCES]),
        outcome=_OUTCOMES[outcome],
        outcome_words=(_record(said, document),),
        stamp=_STAMP,
    )


def _first(passages: Sequence[Passage], *roles: SectionRole) -> list[Words]:
    """Return what sections of the first role say that any has."""
    return next(filter(None, (of_roles(passages, role) for role in roles)), [])


def _context(
    document: DocumentVersion, passages: Sequence[Passage], problem: Sequence[Words]
) -> Iterator[Words]:
    title = f": {document.title}" if document.title else ""
    yield _record(f"From {document.path}{title}", document)
    told = [words for words in of_roles(passages, "context", "goal") if words not in problem]
    yield from told[:_MOST_SENTENCES]


def _steps(document: DocumentVersion, passages: Sequence[Passage]) -> Iterator[Words]:
    ref = Ref(kind="event", id=document.id)
    items = [item for phase in document.phases for item in phase.items]
    done = [item for item in items if item.status == "completed"]
    titles = [f"{phase.label}: {phase.title}" for phase in document.phases if phase.title]
    if named := [item.text for item in done or items if item.text] or titles:
        yield from (Words(text=text, origin="document", source=ref) for text in named)
        return
    roles = {"solution", "plan"}
    yield from (each.words for each in passages if each.is_entry and each.role in roles)


def _record(text: str, document: DocumentVersion) -> Words:
    return Words(text=text, origin="record", source=Ref(kind="event", id=document.id))
