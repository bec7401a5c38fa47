from pathlib import Path

import pytest
from deltalake import DeltaTable
from msgspec.structs import replace
from pyarrow.parquet import ParquetFile

from tracemill.records.refs import Span
from tracemill.records.sessions.trajectory import Step, ToolCall
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES, Table

STEPS = TABLES["steps"]


def steps(trajectory: str, n: int) -> list[Step]:
    return [
        Step(
            trajectory_id=trajectory,
            index=i,
            speaker="user",
            text=f"{trajectory}{i}",
            span=Span(start=i, end=i + 1),
        )
        for i in range(n)
    ]


def put(lake: Lake, owner: str, n: int, *, replaced: set[str] | None = None) -> bool:
    writer = lake.writer(STEPS)
    writer.write_records(steps(owner, n), [owner] * n)
    return lake.commit(writer, replaced=replaced)


def test_rows_come_back_as_the_records_that_went_in(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    put(lake, "a", 3)

    assert list(lake.records(STEPS)) == steps("a", 3)


def test_arguments_come_back_in_the_order_in_which_the_model_wrote_them(tmp_path: Path) -> None:
    arguments = {"path": "a.py", "old": "x = 1", "new": {"b": 1, "a": 2}}
    call = ToolCall(id="c1", name="edit", arguments=arguments)
    (step,) = steps("a", 1)
    lake = Lake(tmp_path)
    writer = lake.writer(STEPS)
    writer.write_records([replace(step, speaker="agent", calls=(call,))], ["a"])
    lake.commit(writer)

    ((found,),) = (each.calls for each in lake.records(STEPS))
    assert list(found.arguments) == ["path", "old", "new"]
    assert list(found.arguments["new"]) == ["b", "a"]


def test_an_owners_rows_are_found_in_any_group_of_rows(tmp_path: Path) -> None:
    lake, owners = Lake(tmp_path), [f"o{number}" for number in range(20)]
    writer = lake.writer(STEPS)
    for owner in owners:
        writer.write_records(steps(owner, 2_000), [owner] * 2_000)
    lake.commit(writer)

    (file,) = (tmp_path / "steps").glob("*.parquet")
    assert ParquetFile(file).metadata.num_row_groups > 1
    for wanted in ({"o0"}, {"o7", "o19"}, set(owners), {"nobody"}):
        found = {step.trajectory_id for step in lake.records(STEPS, owners=wanted)}
        assert found == wanted & set(owners)


def test_owners_are_those_of_all_rows_or_of_some_files(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    assert lake.owners(STEPS) == set()
    put(lake, "a", 3)
    (first,) = lake.files(STEPS)
    put(lake, "b", 2)

    assert lake.owners(STEPS) == {"a", "b"}
    assert lake.owners(STEPS, [first]) == {"a"}


def test_an_owners_rows_are_replaced_together_and_in_one_version(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    put(lake, "a", 3)
    put(lake, "b", 2)
    before = lake.versions()["steps"]
    put(lake, "a", 1, replaced={"a"})

    assert sorted(s.text for s in lake.records(STEPS)) == ["a0", "b0", "b1"]
    assert lake.versions()["steps"] == before + 1


def test_the_content_hash_does_not_depend_on_order_or_files(tmp_path: Path) -> None:
    one, two = Lake(tmp_path / "one"), Lake(tmp_path / "two")
    for owner in ("a", "b", "c"):
        put(one, owner, 3)
    for owner in ("c", "a", "b", "a"):
        put(two, owner, 3, replaced={owner})

    assert one.content_hash() == two.content_hash()


def test_the_content_hash_changes_with_one_row(tmp_path: Path) -> None:
    one, two = Lake(tmp_path / "one"), Lake(tmp_path / "two")
    put(one, "a", 3)
    put(two, "a", 4)

    assert one.content_hash() != two.content_hash()


def test_rows_without_a_commit_are_not_there(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    put(lake, "a", 3)
    with lake.writer(STEPS) as writer:
        writer.write_records(steps("b", 2), ["b"] * 2)

    assert lake.count(STEPS) == 3


def test_a_table_whose_making_was_cut_short_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "steps" / "_delta_log").mkdir(parents=True)
    (tmp_path / "steps" / "_delta_log" / "_commit_1234.json.tmp").touch()
    lake = Lake(tmp_path)
    put(lake, "a", 3)

    assert lake.count(STEPS) == 3


def test_a_commit_of_nothing_makes_no_version(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    put(lake, "a", 1)
    before = lake.versions()

    assert not lake.commit(lake.writer(STEPS), replaced={"nobody"})
    assert lake.versions() == before


def test_any_delta_reader_reads_the_tables(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    put(lake, "a", 3)
    put(lake, "b", 2)
    put(lake, "a", 1, replaced={"a"})

    found = DeltaTable(tmp_path / "steps").to_pyarrow_table(columns=["text"])

    assert sorted(found["text"].to_pylist()) == ["a0", "b0", "b1"]


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_table_can_be_empty(tmp_path: Path, name: str) -> None:
    assert list(Lake(tmp_path).records(TABLES[name])) == []


def test_rows_of_an_older_version_keep_their_place_when_a_column_has_come_since(
    tmp_path: Path,
) -> None:
    lake = Lake(tmp_path)
    older = Table(STEPS.name, STEPS.record, STEPS.owner, shared=None)
    older.columns = tuple(column for column in STEPS.columns if column.name != "remainder")
    writer = lake.writer(older)
    writer.write_records([*steps("a", 2), *steps("b", 2)], ["a", "a", "b", "b"])
    lake.commit(writer)

    put(lake, "a", 3, replaced={"a"})

    assert list(lake.records(STEPS, owners={"b"})) == steps("b", 2)
    assert list(lake.records(STEPS, owners={"a"})) == steps("a", 3)
    schema = DeltaTable(tmp_path / "steps").schema()
    assert [field.name for field in schema.fields][-1] == "remainder"
