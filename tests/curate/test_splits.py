"""What is held out stays held out, whatever comes and whatever turns out to belong together."""

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.trajectories import episode, trajectory
from tracemill.curate.selecting.splits import KnownWork, Splits, place_of
from tracemill.records.datasets.examples import Split
from tracemill.records.datasets.recipes import SplitRule
from tracemill.records.privacy.stand_ins import without_keys
from tracemill.redact import Redactor

HALF = SplitRule(validation=0.3, test=0.2)
SESSIONS = st.lists(st.integers(0, 30), min_size=1, max_size=12, unique=True)


def splits(*groups: list[int], rule: SplitRule = HALF, **more: Any) -> Splits:
    """Return the splits of episodes, each of which holds some numbered sessions."""
    names = {number for group in groups for number in group}
    trajectories = {f"t{n}": trajectory(id=f"t{n}", session_id=f"s{n}", **more) for n in names}
    goals = {f"t{n}": f"do {n}" for n in names}
    made = [
        episode(id=f"ep_{at}", trajectory_ids=tuple(f"t{n}" for n in group))
        for at, group in enumerate(groups)
    ]
    return Splits(KnownWork(made, trajectories, goals), rule)


def held(number: int) -> bool:
    return place_of(f"asked:do {number}") < 0.5


def told(found: Splits, numbers: list[int]) -> dict[int, Split | None]:
    return {number: found.split_of(f"t{number}") for number in numbers}


@given(SESSIONS, SESSIONS)
def test_what_is_held_out_stays_where_it_is_when_groups_merge(
    old: list[int], new: list[int]
) -> None:
    apart = splits(*([number] for number in old))
    merged = splits(list({*old, *new}))

    before, after = told(apart, old), told(merged, old)

    assert {n: s for n, s in before.items() if s != "train"} == {
        n: s for n, s in after.items() if s in ("validation", "test")
    }


@given(SESSIONS, SESSIONS)
def test_nothing_is_trained_on_that_belongs_with_what_is_held_out(
    one: list[int], other: list[int]
) -> None:
    found = splits(one, other)

    for group in (one, other):
        of_group = set(told(found, group).values())
        assert "train" not in of_group or of_group == {"train"}


@given(SESSIONS)
def test_no_other_work_changes_a_split(numbers: list[int]) -> None:
    together = splits(*([number] for number in range(31)))

    assert told(splits(*([n] for n in numbers)), numbers) == told(together, numbers)


def test_work_beside_what_is_held_out_goes_nowhere() -> None:
    trained = next(n for n in range(100) if not held(n))
    kept = next(n for n in range(100) if held(n))

    assert told(splits([trained], [kept]), [trained])[trained] == "train"
    assert told(splits([trained, kept]), [trained])[trained] is None


def test_work_that_several_episodes_connect_belongs_together() -> None:
    trained = [n for n in range(200) if not held(n)][:2]
    kept = next(n for n in range(100) if held(n))

    found = splits(trained, [trained[1], kept])

    assert found.split_of(f"t{trained[0]}") is None


def test_sessions_that_begin_alike_are_in_one_split() -> None:
    names = [f"t{n}" for n in range(50)]
    trajectories = {name: trajectory(id=name, session_id=name) for name in names}
    goals = {name: "Fix  the\nbuild" if name < "t3" else "fix the build" for name in names}

    found = Splits(KnownWork([], trajectories, goals), HALF)

    assert len({found.split_of(name) for name in names}) == 1


def test_a_subagent_is_where_its_session_is() -> None:
    main = [trajectory(id=f"t{n}", session_id=f"s{n}") for n in range(40)]
    agents = [
        trajectory(id=f"a{n}", session_id=f"s{n}", is_subagent=True, parent_id=None)
        for n in range(40)
    ]
    goals = {t.id: f"do {t.id}" for t in (*main, *agents)}

    found = Splits(KnownWork([], {t.id: t for t in (*main, *agents)}, goals), HALF)

    assert all(found.split_of(f"t{n}") == found.split_of(f"a{n}") for n in range(40))


def test_a_repository_is_held_out_as_a_whole() -> None:
    rule = SplitRule(by="repository", validation=0.5)

    found = splits(*([n] for n in range(30)), rule=rule, repository="https://host.test/a.git")

    assert len(set(told(found, list(range(30))).values())) == 1


def test_splits_have_about_the_shares_that_were_asked_for() -> None:
    found = splits(*([n] for n in range(2_000)))

    shares = Counter(told(found, list(range(2_000))).values())
    assert abs(shares["validation"] / 2_000 - 0.3) < 0.04
    assert abs(shares["test"] / 2_000 - 0.2) < 0.04


ASKED = (
    "mail ada@lovelace.dev that db1.lovelace.dev answers from 203.9.30.40 and "
    f"2a00:1450:4001:81b::200e, with the token ghp_{'a1B2c' * 7}d, as in /home/ada/notes"
)


def test_another_key_holds_out_the_same_work() -> None:
    wanted = [f"{ASKED} {number}" for number in range(40)]
    for rule in (HALF, SplitRule(by="repository", validation=0.5)):
        found = set()
        for key in (bytes(32), b"k" * 32):
            redactor = Redactor(key, home="/home/ada")
            asked = {f"t{n}": redactor.text(text) for n, text in enumerate(wanted)}
            assert set(asked.values()).isdisjoint(wanted)
            known = {name: trajectory(id=name, session_id=name, cwd=asked[name]) for name in asked}
            made = Splits(KnownWork([], known, asked), rule)
            found.add(tuple(made.split_of(name) for name in asked))
        (told_by_both,) = found
        assert len(set(told_by_both)) > 1


def test_requests_that_differ_by_more_than_stand_ins_stay_apart() -> None:
    names = (
        "ask dev-abcdefghij",
        "ask dev-zzzzzzzzzz",
        "ask host-abcdefghij",
        "ask [PII:iban:abcdef]",
    )

    assert len({without_keys(each) for each in names}) == 3
