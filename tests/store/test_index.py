"""Looking things up: an id, another name, or how one of them begins."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tracemill.store.index import Index, Row, Text


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with Index(tmp_path / "index.sqlite") as opened:
        opened.replace(
            "session",
            [
                Row("session", "traj_1a", "1", {"id": "traj_1a"}, ("native-1", "shared")),
                Row("session", "traj_1b", "2", {"id": "traj_1b"}, ("native-*", "shared")),
                Row("session", "traj_%", "3", {"id": "traj_%"}),
            ],
        )
        opened.replace("episode", [Row("episode", "traj_1a", "1", {"id": "an episode"})])
        yield opened


@pytest.mark.parametrize("asked", ["über", "ÜBER", "Straße", "STRASSE", "Žluťoučký kůň", "kŮň"])
def test_a_text_is_found_whatever_its_case(index: Index, asked: str) -> None:
    goal = "Über die Straße, Žluťoučký kůň"
    rows = [Row("session", "a", "1", {"goal": goal, "n": 1}), Row("session", "b", "2", {})]
    index.replace("session", rows)

    found = index.page("session", only={}, text=Text(asked, ("goal", "n")), first=0, limit=9)
    assert [row["goal"] for row in found] == [goal]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("traj_1a", ["traj_1a"]),
        ("native-1", ["traj_1a"]),
        ("shared", ["traj_1a", "traj_1b"]),
        ("traj_1", ["traj_1a", "traj_1b"]),
        ("traj_", ["traj_1a", "traj_1b", "traj_%"]),
        ("nat", ["traj_1a", "traj_1b"]),
        ("native-*", ["traj_1b"]),
        ("traj_%", ["traj_%"]),
        ("traj_*", []),
        ("TRAJ_1a", []),
        ("t?aj", []),
        ("1a", []),
    ],
)
def test_a_name_is_an_id_an_alias_or_a_beginning(name: str, found: list[str], index: Index) -> None:
    assert [row["id"] for row in index.find("session", name)] == found


def test_values_are_tallied_by_field_commonest_first(index: Index) -> None:
    said = [("b", 1), ("a", 1), ("a", None), (None, 2), ("b", 2), ("c", 2)]
    rows = [Row("gate", f"g{n}", "", {"name": name, "n": k}) for n, (name, k) in enumerate(said)]
    index.replace("gate", rows)

    assert index.tallies("gate", ("name", "n", "none")) == {
        "name": {"a": 2, "b": 2, "c": 1},
        "n": {"2": 3, "1": 2},
        "none": {},
    }
    assert list(index.tallies("gate", ("name",))["name"]) == ["a", "b", "c"]
    assert index.tallies("gate", ()) == {}


def test_a_row_is_put_in_place_of_its_like(index: Index) -> None:
    index.put(Row("session", "traj_1a", "1", {"id": "traj_1a", "n": 2}, ("other",)))

    assert index.find("session", "traj_1a") == [{"id": "traj_1a", "n": 2}]
    assert index.find("session", "native-1") == []
    assert index.find("session", "other") == [{"id": "traj_1a", "n": 2}]
    index.remove("session", "traj_1a")
    assert index.find("session", "other") == []
    assert index.find("episode", "traj_1a") == [{"id": "an episode"}]
