"""Every example goes through the same stages, none goes unnamed, and what is held out stays."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.trajectories import FOUND, episode, trajectory
from tracemill.curate.checks.wording import said
from tracemill.curate.selecting.rows import training_row
from tracemill.curate.selecting.selection import Known, Standing
from tracemill.curate.selecting.sieve import Sieve
from tracemill.curate.selecting.splits import KnownWork, Splits, place_of
from tracemill.records.datasets.examples import (
    ChatExample,
    Example,
    Lineage,
    Message,
)
from tracemill.records.datasets.recipes import (
    Budget,
    CheckRule,
    Recipe,
    Selection,
    Share,
    SplitRule,
    Take,
)
from tracemill.records.refs import Span

WORDS = " ".join(f"word{n}" for n in range(120))
HELD = [n for n in range(60) if place_of(f"asked:ask {n}") < 0.3]
TRAINED = [n for n in range(60) if place_of(f"asked:ask {n}") >= 0.3]
DROP = CheckRule(use="drop")


def example(number: int, request: str | None = None, answer: str = "done", **more: Any) -> Example:
    """Return the example of the session with a number."""
    part = Lineage(
        episode_id=f"ep_{number}", trajectory_id=f"t{number}", first_step=0, last_step=1,
        input_id="input_1", uri="~/s.jsonl", content="ab", span=Span(start=0, end=9),
    )  # fmt: skip
    messages = (
        Message(role="user", content=f"ask {number}" if request is None else request),
        Message(role="assistant", content=answer, trained=True),
    )
    given: dict[str, Any] = {"id": f"example_{number:03}", "lineage": (part,), **more}
    return ChatExample(messages=messages, tags=("builder:session",), **given)


def sieved(examples: Sequence[Example], recipe: Recipe, **about: Any) -> Sieve:
    """Return a sieve that all of some examples went through, one session and episode for each."""
    numbers = sorted({int(each.lineage[0].trajectory_id[1:]) for each in examples})
    trajectories = {
        f"t{n}": trajectory(id=f"t{n}", session_id=f"s{n}", **about.get("trajectory", {}))
        for n in numbers
    }
    episodes = {
        f"ep_{n}": episode(id=f"ep_{n}", trajectory_ids=(f"t{n}",), **about.get("episode", {}))
        for n in numbers
    }
    goals = {f"t{n}": f"ask {n}" for n in numbers}
    found = msgspec.structs.replace(FOUND, **about.get("input", {}))
    standings = {name: about["standing"] for name in episodes if "standing" in about}
    known = Known(episodes, trajectories, {"input_1": found}, goals, standings)
    rule = SplitRule(validation=0.3)
    sieve = Sieve(recipe, known, Splits(KnownWork(episodes.values(), trajectories, goals), rule))
    for each in examples:
        sieve.look([each])
    for names in sieve.suspects():
        sieve.compare({each.id: said(training_row(each)) for each in examples if each.id in names})
    sieve.settle()
    return sieve


def reasons(sieve: Sieve) -> dict[str, str]:
    return {str(reject.id): reject.reason for reject in sieve.rejects}


@given(
    st.lists(st.integers(0, 59), min_size=1, max_size=20, unique=True),
    st.integers(0, 10),
    st.floats(0.1, 0.9),
)
def test_everything_is_kept_or_named_and_the_funnel_adds_up(
    numbers: list[int], budget: int, most: float
) -> None:
    recipe = Recipe(
        name="x",
        checks={"repeated_requests": DROP, "short_answers": DROP},
        mixture=(Share(tag="use:direct", at_most=most),),
        budget=Budget(examples=budget),
    )

    sieve = sieved([example(n, answer="x" * n) for n in numbers], recipe)

    assert sieve.kept.keys() | reasons(sieve).keys() == {f"example_{n:03}" for n in numbers}
    assert not sieve.kept.keys() & reasons(sieve).keys()
    stages = sieve.funnel()
    assert all(s.n_in - sum(s.left_out.values()) == s.n_out for s in stages)
    assert [s.n_out for s in stages[:-1]] == [s.n_in for s in stages[1:]]
    assert stages[-1].n_out == len(sieve.kept)


@given(st.sets(st.sampled_from(TRAINED), min_size=1), st.sets(st.sampled_from(HELD), min_size=1))
def test_what_is_held_out_depends_on_nothing_else(trained: set[int], held: set[int]) -> None:
    recipe = Recipe(
        name="x",
        checks={"repeated_requests": DROP, "leaked_requests": DROP},
        budget=Budget(examples=1),
    )
    alone = sieved([example(n, "same") for n in sorted(held)], recipe)
    beside = sieved([example(n, "same") for n in sorted(held | trained)], recipe)

    assert {name for name, each in beside.kept.items() if each.split != "train"} == set(alone.kept)


@pytest.mark.parametrize(
    ("selection", "about", "reason"),
    [
        pytest.param(Selection(sources=("codex",)), {}, "other_source", id="another source"),
        pytest.param(Selection(agents=("codex",)), {}, "other_agent", id="another agent"),
        pytest.param(
            Selection(consent="full"),
            {"input": {"consent": "redacted"}},
            "less_consent",
            id="consent",
        ),
        pytest.param(
            Selection(projects=("app*",)),
            {"trajectory": {"cwd": "/srv/other"}},
            "other_project",
            id="another project",
        ),
        pytest.param(
            msgspec.convert({"since": "2026-03-02"}, Selection),
            {},
            "before_period",
            id="too early",
        ),
        pytest.param(
            msgspec.convert({"until": "2026-02-28"}, Selection), {}, "after_period", id="too late"
        ),
        pytest.param(
            msgspec.convert({"until": "2027-02-28"}, Selection),
            {"trajectory": {"started": None}},
            "undated_work",
            id="nobody dated it",
        ),
    ],
)
def test_work_that_is_not_asked_for_is_left_out(
    selection: Selection, about: dict[str, Any], reason: str
) -> None:
    assert reasons(sieved([example(1)], Recipe(name="x", select=selection), **about)) == {
        "example_001": reason
    }


DOMAINS = {"shops": ("shop*",), "payments": ("ledger", "shop-pay")}


@pytest.mark.parametrize(
    ("cwd", "asked", "tags", "reason"),
    [
        ("/srv/shop-ui", ("shops",), {"domain:shops"}, None),
        ("/srv/shop-pay", ("payments",), {"domain:shops", "domain:payments"}, None),
        ("/srv/shop-ui", (), {"domain:shops"}, None),
        ("/srv/notes", (), set(), None),
        ("/srv/shop-ui", ("payments",), set(), "other_domain"),
        ("/srv/notes", ("shops", "payments"), set(), "unknown_domain"),
        (None, ("shops",), set(), "unknown_domain"),
    ],
)
def test_a_domain_is_what_the_recipe_says_of_a_project(
    cwd: str | None, asked: tuple[str, ...], tags: set[str], reason: str | None
) -> None:
    recipe = Recipe(name="x", domains=DOMAINS, select=Selection(domains=asked))
    sieve = sieved([example(1)], recipe, trajectory={"cwd": cwd, "repository": None})

    assert reasons(sieve) == ({} if reason is None else {"example_001": reason})
    told = {tag for each in sieve.kept.values() for tag in each.tags if tag.startswith("domain:")}
    assert told == tags


@pytest.mark.parametrize(
    ("place", "pattern"),
    [
        ({"cwd": "/srv/app"}, "app"),
        ({"cwd": "/srv/app"}, "/srv/*"),
        ({"repository": "https://host.test/team/app.git"}, "app"),
    ],
)
def test_a_project_goes_by_its_folder_or_its_repository(
    place: dict[str, str], pattern: str
) -> None:
    recipe = Recipe(name="x", select=Selection(projects=(pattern,)))

    assert sieved([example(1)], recipe, trajectory=place).kept


@pytest.mark.parametrize(
    ("take", "about", "reason"),
    [
        pytest.param(Take(of=("builder:recovery",)), {}, "other_kind", id="another builder"),
        pytest.param(
            Take(outcomes=("achieved",)), {"outcome": "failed"}, "other_outcome", id="failed work"
        ),
        pytest.param(Take(min_confidence=0.95), {}, "low_confidence", id="an unsure outcome"),
        pytest.param(Take(min_quality=0.8), {"quality": 0.5}, "low_quality", id="checks failed"),
        pytest.param(Take(is_quality_needed=True), {}, "unknown_quality", id="no check is known"),
    ],
)
def test_what_does_not_fit_is_not_taken(take: Take, about: dict[str, Any], reason: str) -> None:
    recipe = Recipe(name="x", take=(take,))

    assert reasons(sieved([example(1)], recipe, episode=about)) == {"example_001": reason}


@pytest.mark.parametrize(
    ("take", "standing", "reason"),
    [
        (Take(is_merged=True), Standing(is_merged=True), None),
        (Take(is_merged=True), Standing(is_merged=False), "not_merged"),
        (Take(is_merged=True), Standing(), "not_merged"),
        (Take(is_kept=True), Standing(rollback="none"), None),
        (Take(is_kept=True), Standing(rollback="later"), None),
        (Take(is_kept=True), Standing(rollback="day"), "taken_back"),
        (Take(is_kept=True), Standing(rollback="week"), "taken_back"),
        (Take(is_kept=True), Standing(rollback="pending"), "may_be_taken_back"),
        (Take(is_kept=True), Standing(), "may_be_taken_back"),
        (Take(min_satisfaction=0.8), Standing(satisfaction=0.8), None),
        (Take(min_satisfaction=0.8), Standing(satisfaction=0.79), "low_satisfaction"),
        (Take(min_satisfaction=0.8), Standing(), None),
        (Take(), Standing(is_merged=False, rollback="day", satisfaction=0.0), None),
    ],
)
def test_what_the_world_made_of_the_work_may_be_asked_for(
    take: Take, standing: Standing, reason: str | None
) -> None:
    sieve = sieved([example(1)], Recipe(name="x", take=(take,)), standing=standing)

    assert reasons(sieve) == ({} if reason is None else {"example_001": reason})


def test_filters_stand_beside_each_other_and_each_counts_what_it_left_out() -> None:
    asked = Take(is_merged=True, is_kept=True, min_satisfaction=0.8, min_quality=0.8)
    recipe = Recipe(name="x", take=(asked,))
    good = Standing(is_merged=True, rollback="none", satisfaction=1.0)

    def left_out(standing: Standing, quality: float) -> dict[str, int]:
        sieve = sieved([example(1)], recipe, standing=standing, episode={"quality": quality})
        return next(stage.left_out for stage in sieve.funnel() if stage.name == "taken")

    assert left_out(good, 1.0) == {}
    assert left_out(good, 0.5) == {"low_quality": 1}
    assert left_out(good._replace(is_merged=None), 1.0) == {"not_merged": 1}
    assert left_out(good._replace(rollback="day"), 1.0) == {"taken_back": 1}
    assert left_out(good._replace(satisfaction=0.2), 1.0) == {"low_satisfaction": 1}


@pytest.mark.parametrize(
    ("take", "about", "weight"),
    [
        (Take(weight=2.0), {"quality": 0.5}, 2.0),
        (Take(weight=2.0, is_weighed_by_quality=True), {"quality": 0.5}, 1.0),
        (Take(is_weighed_by_quality=True), {"quality": 1.0}, 1.0),
        (Take(is_weighed_by_quality=True), {"quality": 0.0}, 0.01),
        (Take(is_weighed_by_quality=True), {}, 0.5),
    ],
)
def test_a_weight_follows_quality_where_that_is_asked_for(
    take: Take, about: dict[str, Any], weight: float
) -> None:
    (kept,) = sieved([example(1)], Recipe(name="x", take=(take,)), episode=about).kept.values()

    assert kept.weight == weight


def test_work_without_checks_is_taken_where_none_are_needed() -> None:
    assert sieved([example(1)], Recipe(name="x", take=(Take(min_quality=0.8),))).kept


def test_the_first_part_that_fits_counts() -> None:
    takes = (Take(outcomes=("failed",), weight=9.0), Take(weight=2.0), Take(weight=5.0))

    (kept,) = sieved([example(1)], Recipe(name="x", take=takes)).kept.values()

    assert kept.weight == 2.0


def test_a_planted_leak_is_taken_out_of_what_is_trained_on() -> None:
    pytest.importorskip("rensa", reason="needs tracemill[datasets]")
    held, trained, other = HELD[0], TRAINED[0], TRAINED[1]
    changed = WORDS.replace("word60", "other")
    examples = [
        example(held, answer=WORDS),
        example(trained, answer=changed),
        example(other, answer=WORDS.replace("word", "else")),
    ]

    sieve = sieved(
        sorted(examples, key=lambda e: e.id), Recipe(name="x", checks={"near_leaks": DROP})
    )

    assert reasons(sieve) == {f"example_{trained:03}": "near_leaks"}


def test_of_near_duplicates_to_train_on_one_stays_and_held_out_ones_stay_all() -> None:
    pytest.importorskip("rensa", reason="needs tracemill[datasets]")
    examples = [
        example(n, "same", WORDS.replace("word5 ", f"other{n} ")) for n in sorted(TRAINED[:5])
    ]
    held = [example(n, "else", WORDS[::-1] + f" {n}") for n in sorted(HELD[:3])]
    recipe = Recipe(name="x", checks={"near_duplicates": DROP})

    sieve = sieved(sorted((*examples, *held), key=lambda e: e.id), recipe)

    assert [each.split for each in sieve.kept.values()].count("train") == 1
    assert len(sieve.kept) == 1 + len(held)


def test_texts_are_compared_in_as_many_groups_as_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("rensa", reason="needs tracemill[datasets]")
    examples = [example(n, "same", WORDS.replace("word5 ", f"other{n} ")) for n in TRAINED[:9]]
    recipe = Recipe(name="x", checks={"near_duplicates": DROP})
    at_once = reasons(sieved(examples, recipe))

    monkeypatch.setattr("tracemill.curate.selecting.sieve._COMPARED_CHARS", 1)

    assert len(at_once) == 8
    assert reasons(sieved(examples, recipe)) == at_once


def test_of_copies_the_one_that_is_held_out_stays() -> None:
    held, trained = HELD[0], TRAINED[0]
    copies = [example(trained, id="example_0"), example(held, id="example_0")]
    sieve = sieved([example(held), example(trained)], Recipe(name="x"))

    sieve.look(copies)

    assert sieve.kept["example_0"].split == "validation"
    assert reasons(sieve) == {"example_0": "duplicate"}
