"""What can be learned, as plain texts in the shape that was asked for."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from tracemill.export.teams.learning import LearningDocument, absence, learning_document
from tracemill.records.refs import Ref, Stamp
from tracemill.records.work.learning import LearningEpisode, ThinkingCoverage, Words

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "schema" / "document.learning-episode.json").read_text()
)
SEED = {
    "learning_episode": {
        "problem": "Types do not match",
        "context": "From base.ts: Issue #1",
        "thought_process": ["I need one interface", "Let me check the command"],
        "solution_approach": "Created a shared interface",
        "implementation_steps": ["1. Create the file", "2. Use it"],
        "validation": "start successful, pictures work",
        "outcome": "achieved: no mismatch is left",
    }
}


def words(*texts: str) -> tuple[Words, ...]:
    source = Ref(kind="trajectory", id="traj_1", step=0)
    return tuple(Words(text=text, origin="said", source=source) for text in texts)


def learned(**parts: Any) -> LearningEpisode:
    return LearningEpisode(
        episode_id="ep_1",
        kind="fix",
        thinking=ThinkingCoverage(steps=2, thinking=0.0, words=1.0),
        outcome="achieved",
        stamp=Stamp(by="learning", version=1),
        **parts,
    )


def test_the_object_is_the_one_that_was_asked_for() -> None:
    found = learning_document(
        learned(
            problem=words("Types do not match"),
            context=words("From base.ts:", "Issue #1"),
            thought_process=words("I need one interface", "Let me check the command"),
            solution_approach=words("Created a shared interface"),
            implementation_steps=words("Create the file", "Use it"),
            validation=words("start successful, pictures work"),
            outcome_words=words("no mismatch is left"),
        )
    )
    document = json.loads(msgspec.json.encode(found))

    assert document == SEED
    jsonschema.validate(document, SCHEMA)
    assert msgspec.json.decode(msgspec.json.encode(found), type=LearningDocument) == found


def test_what_is_not_known_is_null() -> None:
    found = learning_document(learned(problem=words("a"), implementation_steps=words("b")))
    document = json.loads(msgspec.json.encode(found))

    jsonschema.validate(document, SCHEMA)
    fields = document["learning_episode"]
    assert (fields["context"], fields["validation"], fields["thought_process"]) == (None, None, [])


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({}, "no_problem"),
        ({"thought_process": words("a")}, "no_problem"),
        ({"problem": words("a")}, "nothing_told"),
        ({"problem": words("a"), "validation": words("b")}, "nothing_told"),
        ({"problem": words("a"), "thought_process": words("b")}, None),
    ],
)
def test_why_an_episode_teaches_nothing(
    parts: dict[str, tuple[Words, ...]], reason: str | None
) -> None:
    assert absence(learned(**parts)) == reason
