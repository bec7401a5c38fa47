"""Reviews and episodes for tests, with only what a test is about spelled out."""

from datetime import timedelta
from typing import Any

from tests.trajectories import START
from tracemill.records.events.event import HumanReview
from tracemill.records.events.forge import Actor
from tracemill.records.events.reviews import ReviewForm
from tracemill.records.refs import Origin, Ref, Stamp
from tracemill.records.work.episodes import Episode, Outcome

ORIGIN = Origin(source="inbox", source_version=3, uri="", input_id="input_1")


def review(
    who: str, minute: int = 0, of: str = "ep_1", basis: str = "", **form: Any
) -> HumanReview:
    name = f"review_{who}{minute}"
    return HumanReview(
        id=f"event_{who}{minute}",
        at=START + timedelta(minutes=minute),
        origin=ORIGIN,
        review_id=name,
        subject=Ref(kind="episode" if of.startswith("ep_") else "example", id=of),
        basis=basis,
        reviewer=Actor(person=who),
        form=ReviewForm(**form),
    )


def episode(outcome: Outcome = "achieved", **more: Any) -> Episode:
    known: dict[str, Any] = {
        "id": "ep_1",
        "kind": "fix",
        "goal": "mend it",
        "session_ids": ("s1",),
        "trajectory_ids": ("traj_1",),
        "outcome": outcome,
        "confidence": 0.6,
        "reason": "the last tests passed",
        "quality": 1.0,
        "stamp": Stamp(by="outcome", version=1),
    }
    return Episode(**{**known, **more})
