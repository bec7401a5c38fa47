"""Who is in use follows from events, and work is shared out fairly."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemill.base.errors import NotFoundError, UsageError
from tracemill.promote.assigning import assigned, make_assignments, place_of
from tracemill.promote.registry import Registry
from tracemill.records.models.promotion import ModelEvent, ModelEventKind, ModelVersion

AT = datetime(2026, 1, 2, tzinfo=UTC)


def event(
    kind: ModelEventKind, name: str, share: float | None = None, *, shadow: bool = False
) -> ModelEvent:
    made = ModelVersion(id=f"model_{name}", name=name) if kind == "registered" else None
    return ModelEvent(
        kind=kind,
        model_id=f"model_{name}",
        at=AT,
        model=made,
        share=share,
        is_shadow=shadow,
        by="Ada",
    )


START = [event("registered", "a"), event("registered", "b"), event("promoted", "a")]


def roles(*events: ModelEvent) -> dict[str, str]:
    registry = Registry.of([*START, *events])
    return {model.name: registry.role(model.id) for model in registry.models.values()}


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], {"a": "incumbent", "b": "candidate"}),
        ([event("refused", "b")], {"a": "incumbent", "b": "candidate"}),
        ([event("promoted", "b")], {"a": "archived", "b": "incumbent"}),
        (
            [event("promoted", "b"), event("rolled_back", "a")],
            {"a": "incumbent", "b": "archived"},
        ),
    ],
)
def test_roles_follow_from_events(events: list[ModelEvent], expected: dict[str, str]) -> None:
    assert roles(*events) == expected


def test_a_model_that_was_taken_back_needs_a_new_yes() -> None:
    events = [event("approved", "b"), event("promoted", "b"), event("rolled_back", "a")]

    assert Registry.of([*START, events[0]]).approvals == {"model_b": "Ada"}
    assert Registry.of([*START, *events]).approvals == {}
    assert Registry.of([*START, *events]).previous is None


def test_promotion_ends_the_trial() -> None:
    trial = event("shared", "b", 0.25)

    assert list(Registry.of([*START, trial]).shares) == ["model_b"]
    assert Registry.of([*START, trial, event("shared", "b", 0.0)]).shares == {}
    assert Registry.of([*START, trial, event("promoted", "b")]).shares == {}
    assert Registry.of([*START, trial, event("refused", "b")]).shares == {}


@pytest.mark.parametrize("name", ["b", "model_b", "run_b", "mine"])
def test_a_model_is_known_by_name_id_run_and_recipe_the_latest_first(name: str) -> None:
    made = [
        ModelVersion(id=f"model_{one}", name=one, run_id=f"run_{one}", recipe="mine")
        for one in "ab"
    ]
    events = [ModelEvent(kind="registered", model_id=each.id, at=AT, model=each) for each in made]

    assert Registry.of(events).find(name) == made[1]


def test_the_recipe_of_a_later_model_hides_no_model_of_that_name() -> None:
    known = [
        ModelVersion(id="model_a", name="mine"),
        ModelVersion(id="model_b", name="b", recipe="mine"),
    ]
    events = [ModelEvent(kind="registered", model_id=each.id, at=AT, model=each) for each in known]

    assert Registry.of(events).find("mine") == known[0]


def test_a_name_that_ids_begin_with_means_who_has_it() -> None:
    known = [ModelVersion(id=f"model_{one}", name=one) for one in ("model", "b", "c")]
    events = [ModelEvent(kind="registered", model_id=each.id, at=AT, model=each) for each in known]
    registry = Registry.of(events)

    assert registry.find("model") == known[0]
    assert registry.find("model_b") == known[1]
    with pytest.raises(NotFoundError, match="may mean any of: model_model, model_b, model_c"):
        registry.find("model_")


def test_an_unknown_model_says_which_are_known() -> None:
    with pytest.raises(NotFoundError, match="known: a, b"):
        Registry.of(START).find("c")


@given(st.text(max_size=30), st.floats(0, 1), st.floats(0, 1))
def test_a_larger_share_moves_units_only_towards_the_candidate(
    unit: str, one: float, other: float
) -> None:
    small, large = sorted((one, other))
    few = make_assignments(Registry.of([*START, event("shared", "b", small)]))
    many = make_assignments(Registry.of([*START, event("shared", "b", large)]))

    assert assigned(few, unit).model_id == assigned(few, unit).model_id
    assert assigned(few, unit).model_id == "model_a" or assigned(many, unit).model_id == "model_b"


def test_shares_are_what_was_asked_for() -> None:
    made = make_assignments(Registry.of([*START, event("shared", "b", 0.25)]))

    given_away = sum(assigned(made, f"session-{i}").model_id == "model_b" for i in range(4_000))

    assert given_away / 4_000 == pytest.approx(0.25, abs=0.02)


def test_a_shadow_answers_beside_and_takes_nothing() -> None:
    made = make_assignments(Registry.of([*START, event("shared", "b", 0.5, shadow=True)]))
    units = [f"session-{i}" for i in range(200)]

    assert {assigned(made, unit).model_id for unit in units} == {"model_a"}
    assert all(
        (place_of(made, u) < 0.5)
        == ([arm.model_id for arm in assigned(made, u).shadows] == ["model_b"])
        for u in units
    )


def test_the_rule_for_gateways_is_what_the_record_says() -> None:
    import hashlib

    made = make_assignments(Registry.of(START))
    first = hashlib.blake2b(f"{made.salt}\0session-1".encode(), digest_size=8).digest()

    assert place_of(made, "session-1") == int.from_bytes(first, "big") / 2**64


def test_nothing_is_shared_out_before_a_model_is_in_use() -> None:
    with pytest.raises(UsageError, match="no model is in use"):
        make_assignments(Registry.of(START[:2]))
