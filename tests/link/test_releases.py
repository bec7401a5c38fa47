"""Each commit belongs to the first release whose tag reaches it."""

from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tracemill.link.commits.releases import release_links, releases
from tracemill.link.make_link import make_link, of_commit, of_trajectory
from tracemill.records.events.commits import Commit, FileChange
from tracemill.records.refs import Origin, Span
from tracemill.records.work.releases import Release

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
ORIGIN = Origin(source="git-history", source_version=1, uri="/repo#git", input_id="in")


def commit(number: int, *parents: int, tags: tuple[str, ...] = ()) -> Commit:
    return Commit(
        id=f"c{number}", at=BEGIN + timedelta(hours=number), origin=ORIGIN,
        span=Span(start=0, end=0), sha=f"{number:040x}", tags=tags,
        parents=tuple(f"{parent:040x}" for parent in parents),
        files=(FileChange(path=f"f{number % 2}", status="M", added=2, deleted=1),),
    )  # fmt: skip


def told(*commits: Commit) -> dict[str, Release]:
    return {each.tags[0]: each for each in releases(commits, {})}


def numbers(release: Release) -> list[int]:
    return [int(sha, 16) for sha in release.commits]


def test_a_release_has_what_no_earlier_one_had() -> None:
    found = told(
        commit(1), commit(2, 1, tags=("v1", "stable")), commit(3, 2), commit(4, 3, tags=("v2",)),
        commit(5, 4),
    )  # fmt: skip

    assert numbers(found["stable"]) == [1, 2]
    assert numbers(found["v2"]) == [3, 4]
    assert found["v2"].before == ("v1", "stable")
    assert found["stable"].before == ()
    assert (found["v2"].n_files, found["v2"].added, found["v2"].deleted) == (2, 4, 2)


def test_a_branch_comes_with_the_release_that_merged_it() -> None:
    found = told(
        commit(1, tags=("v1",)), commit(2, 1), commit(3, 1), commit(4, 3, 2), commit(5, 4, tags=("v2",)),
        commit(6, 1, tags=("v1.1",)),
    )  # fmt: skip

    assert numbers(found["v2"]) == [2, 3, 4, 5]
    assert found["v2"].added == 6
    assert found["v2"].before == ("v1",)
    assert (numbers(found["v1.1"]), found["v1.1"].before) == ([6], ("v1",))


def test_documents_come_with_their_commits() -> None:
    (found,) = releases(
        [commit(1), commit(2, 1, tags=("v1",))],
        {("/repo", f"{1:040x}"): ["docs/plan.md"], ("/other", f"{2:040x}"): ["x"]},
    )

    assert found.documents == ("docs/plan.md",)
    assert found.repository == "/repo"


def test_a_history_that_begins_in_the_middle_is_told_as_far_as_it_is_held() -> None:
    assert numbers(told(commit(7, 6, tags=("v1",)))["v1"]) == [7]
    assert list(releases([commit(1)], {})) == []


@given(st.integers(0, 10_000), st.integers(1, 25))
def test_every_commit_that_a_tag_reaches_belongs_to_one_release(seed: int, n: int) -> None:
    random = Random(seed)
    commits = [
        commit(
            number,
            *random.sample(range(number), min(number, random.choice((1, 1, 1, 2)))),
            tags=(f"v{number}",) if random.random() < 0.3 else (),
        )
        for number in range(n)
    ]
    by_number = {int(each.sha, 16): each for each in commits}

    def reached(number: int) -> set[int]:
        found = {number}
        for parent in by_number[number].parents:
            found |= reached(int(parent, 16))
        return found

    random.shuffle(commits)
    found = list(releases(commits, {}))
    owned = [number for release in found for number in numbers(release)]

    assert len(owned) == len(set(owned))
    assert set(owned) == {
        number for release in found for number in reached(int(release.commit, 16))
    }
    for release in found:
        assert set(numbers(release)) <= reached(int(release.commit, 16))


def test_a_session_is_linked_to_the_tags_that_released_its_commits() -> None:
    first, second, third, fourth = (
        commit(1), commit(2, 1, tags=("v1",)), commit(3, 2), commit(4, 3, tags=("v2",)),
    )  # fmt: skip
    made = [
        make_link(of_trajectory("t1"), of_commit(first), "commit_output", 0.99),
        make_link(of_trajectory("t1"), of_commit(second), "edited_lines", 0.8),
        make_link(of_trajectory("t1"), of_commit(third), "edited_lines", 0.6),
        make_link(of_trajectory("t2"), of_commit(fourth), "files_and_time", 0.75),
        make_link(of_trajectory("t2"), of_commit(first), "base_commit", 0.9),
    ]

    found = release_links([first, second, third, fourth], made)

    assert {
        (link.source.id, link.target.id, link.confidence, len(link.evidence)) for link in found
    } == {("t1", "c2", 0.99, 2), ("t2", "c4", 0.75, 1)}


def test_what_no_tag_reaches_is_not_released() -> None:
    loose = commit(3, 2)
    made = [make_link(of_trajectory("t1"), of_commit(loose), "commit_output", 0.99)]

    assert list(release_links([commit(2, tags=("v1",)), loose], made)) == []
