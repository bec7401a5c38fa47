"""Versions follow the commits that made them, each with a number, its end and what it changed."""

from datetime import timedelta
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.prompts.versions import BEGIN, commits, sha, texts, version
from tests.sources.reading import FOREIGN
from tracemill.prompts.changelog import changelog
from tracemill.prompts.history import KeptHistory, histories
from tracemill.prompts.line_changes import difference
from tracemill.prompts.lineage import Lineage
from tracemill.prompts.naming import parse_name
from tracemill.records.events.documents import DocumentVersion

LINES = st.lists(st.sampled_from(["a", "b", "c", "# d", "key: e", ""]), max_size=9)


def one(documents: list[DocumentVersion] | object, n: int = 9) -> KeptHistory:
    (found,) = histories(documents, Lineage(commits(n)))  # type: ignore[arg-type]
    return found


def test_an_edit_raises_the_second_part_and_a_rewrite_the_first() -> None:
    told = one(texts("a\nb\n", "a\nb\nc\n", "x\ny\nz\n", "x\ny\nz\n")).told

    assert [v.name for v in told.versions] == ["architect.v1.0", "architect.v1.1", "architect.v2.0"]
    assert [v.change for v in told.versions] == ["added", "edited", "rewritten"]
    assert [v.because for v in told.versions] == ["Change 0", "Change 1", "Change 2"]
    assert told.versions[0].until == told.versions[1].since
    assert told.versions[-1].until is None


def test_a_number_that_the_text_gives_counts_where_it_is_higher() -> None:
    told = one(texts("version: 2.0\na\n", "version: 2.0\na\nb\n", "version: 3.1\na\nb\n")).told

    assert [v.name.rpartition(".v")[2] for v in told.versions] == ["2.0", "2.1", "3.1"]
    assert [v.is_declared for v in told.versions] == [True, False, True]


def test_what_came_back_says_what_it_is() -> None:
    told = one(texts("a\nb\n", "a\nb\nc\n", "a\nb\n", None, "z\n")).told

    assert [v.change for v in told.versions] == ["added", "edited", "restored", "deleted", "added"]
    assert told.versions[2].restores == "architect.v1.0"
    assert told.versions[3].n_tokens is None
    assert told.versions[4].name == "architect.v2.0"
    assert not told.is_gone


def test_commits_of_one_second_keep_the_order_of_their_parents() -> None:
    documents = [version(n, f"a\n{n}\n" + "b\n" * 9, at=BEGIN) for n in range(4)]
    Random(3).shuffle(documents)

    told = one(documents).told

    assert [v.commit for v in told.versions] == [sha(n) for n in range(4)]


def test_two_clones_make_one_version_a_commit() -> None:
    assert len(one([*texts("a", "b"), *texts("a", "b")]).told.versions) == 2


def test_other_documents_are_no_prompts() -> None:
    assert histories([version(1, "a", kind="plan")], Lineage([])) == []
    assert histories([version(1, None)], Lineage([])) == []


def test_a_day_that_nobody_knows_is_none() -> None:
    lone = msgspec.structs.replace(version(0, "a"), at=None, commit=None)
    (kept,) = histories([lone], Lineage([]))

    assert kept.told.newest.since is None
    assert kept.told.newest.because is None


@given(LINES, LINES, st.sampled_from(["x.md", "x.yaml"]))
def test_added_less_removed_is_how_much_longer_it_is(
    old: list[str], new: list[str], path: str
) -> None:
    told = difference("\n".join(old), "\n".join(new), path)

    assert told.n_added - told.n_removed == sum(map(bool, new)) - sum(map(bool, old))
    assert len(told.lines) == told.n_added + told.n_removed
    assert 0 <= told.kept <= 1
    assert (told.n_added, told.n_removed, told.kept) == (0, 0, 1) or old != new


@given(st.lists(st.none() | LINES.map("\n".join), min_size=1, max_size=6), st.integers(0, 9))
def test_numbers_rise_whatever_is_done_and_read_first(said: list[str | None], seed: int) -> None:
    documents = list(texts(*said))
    told = [each.told for each in histories(documents, Lineage(commits(9)))]
    Random(seed).shuffle(documents)

    assert [each.told for each in histories(documents, Lineage(commits(9)))] == told
    for history in told:
        numbers = [parse_name(v.name) for v in history.versions if v.change != "deleted"]
        assert numbers == sorted(set(numbers))  # type: ignore[type-var]


def test_lines_belong_to_their_heading_or_key() -> None:
    prose = difference("# A\none\n## B\ntwo\n", "# A\none\n## B\ntwo\nthree\n", "x.md")
    data = difference("a: 1\nrules:\n  - x\n", "a: 1\nrules:\n  - x\n  - y\n", "x.yaml")

    assert [(each.section, each.text) for each in prose.lines] == [("B", "three")]
    assert [(each.section, each.text) for each in data.lines] == [("rules", "- y")]


def test_long_texts_are_only_counted() -> None:
    old, new = "\n".join(map(str, range(15_000))), "\n".join(map(str, range(1, 15_001)))

    told = difference(old, new, "x.md")

    assert (told.n_added, told.n_removed, told.lines) == (1, 1, ())


def test_the_changelog_quotes_and_obeys_nothing() -> None:
    said = changelog([one(texts("a\nb\n", "a\nb\n# <script>`x`\n")).told])

    assert "`# <script>'x'`" in said
    assert said.index("architect.v1.1") < said.index("architect.v1.0")
    assert "- **architect.v1.1** (2026-01-02, edited): `Change 1`" in said


def test_order_of_commits_knows_branches() -> None:
    lineage = Lineage(commits(4))

    assert lineage.up_to(sha(2)) == {sha(0), sha(1), sha(2)}
    assert lineage.depth(sha(3)) > lineage.depth(sha(2)) > lineage.depth("unknown")
    assert lineage.subject(sha(1)) == "Change 1"
    assert not lineage.holds("unknown")


@pytest.mark.foreign
def test_real_versions_come_out_as_a_person_read_them() -> None:
    folder = FOREIGN / "seeds" / "autoforge" / "prompts"
    if not folder.exists():
        pytest.skip(f"no prompts under {folder}; set TRACEMILL_SHARED_DATA")
    documents = [
        version(number, path.read_text(), path=f"ai/prompts/{path.parent.name}",
                at=BEGIN + timedelta(days=number))
        for number, path in enumerate(sorted(folder.glob("*/*.txt"), key=lambda p: p.name))
    ]  # fmt: skip
    found = {each.told.role: each.told for each in histories(documents, Lineage([]))}
    qa = found["qa_engineer"]
    added = [line.text for line in qa.versions[1].lines if line.is_added]

    assert len(qa.versions) == 3
    assert qa.versions[1].n_removed == 0
    assert "max_retries: 2" in added
    assert '- "Before NO-GO decision due to blocking defects"' in added
    assert "- STOP for human approval before declaring NO-GO." in added
    assert sum("STOP" in line for line in added) == 1
    assert len(found) >= 28
    assert sum(len(each.versions) for each in found.values()) >= 49
