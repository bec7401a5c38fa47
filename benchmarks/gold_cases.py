"""What hand-checked cases say of documents, headers, decisions and histories, and what is read.

    python benchmarks/gold_cases.py GOLD SEEDS REPOSITORIES [DOCUMENT]

GOLD is a file of cases with their ids, SEEDS the folder with the files that they are about, and
REPOSITORIES one with a folder `owner+name` for each repository, itself or below it as `repo`.
DOCUMENT is the text of the case whose document stands in no file of SEEDS. What a case is about is read
into a workspace of its own by the same code as `tracemill run`, and each number of its answer that
can be told is compared.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

from tracemill.flows.deriving.facts import Facts
from tracemill.flows.executors.local import Local
from tracemill.flows.ingest import Ingest
from tracemill.label.learning.commit_sections import commit_sections
from tracemill.label.outcomes.history import History
from tracemill.label.outcomes.survival import survival_of
from tracemill.link.commits.branches import Branches
from tracemill.link.commits.change_sets import change_sets
from tracemill.link.link_records import link_records
from tracemill.link.work_links import plan_links
from tracemill.prompts.history import histories
from tracemill.prompts.lineage import Lineage
from tracemill.records.events.event import (
    Commit,
    Decision,
    DocumentVersion,
    Event,
    Issue,
    IssueHeader,
)
from tracemill.records.links import Link
from tracemill.records.work.change_sets import ChangeSet
from tracemill.records.work.survival import Survival
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace


class Case(NamedTuple):
    """What one case is about."""

    seeds: Path
    repositories: Path
    document: Path | None

    def repository(self, name: str) -> Path:
        found = self.repositories / name
        return found / "repo" if (found / "repo").exists() else found


class Told(NamedTuple):
    """What the history of one repository tells."""

    commits: dict[str, Commit]
    """By the first seven characters of their hashes."""
    links: list[Link]
    change_sets: list[ChangeSet]
    history: History

    def pairs(self, method: str) -> set[tuple[str, str]]:
        """Return the pairs of commits that one method links, the later first."""
        names = {commit.id: name for name, commit in self.commits.items()}
        return {
            (names[link.source.id], names[link.target.id])
            for link in self.links
            if link.method == method and link.source.id in names and link.target.id in names
        }

    def survival(self, each: ChangeSet) -> Survival | None:
        """Return what still stands of a change set."""
        commits = [self.commits[sha[:7]] for sha in (*each.commits, each.merge or "") if sha]
        return survival_of(each.id, commits, self.history, {})

    def sections(self, name: str) -> dict[str, str]:
        """Return what the message of a commit says, by role."""
        found: dict[str, str] = {}
        for section in commit_sections(self.commits[name]):
            found[section.role or ""] = found.get(section.role or "", "") + section.text
        return found


@cache
def told(repository: Path) -> tuple[Read, Told]:
    """Read a repository, and link what it holds."""
    read = Read(repository)
    facts = Facts(read.lake)
    links = link_records(facts.trajectories.values(), facts.activities, facts.commits, (),
                         facts.undone, facts.lines)  # fmt: skip
    branches = Branches(facts.commits)
    links += plan_links(facts.written, facts.commits, branches)
    return read, Told(
        {commit.sha[:7]: commit for commit in facts.commits},
        links,
        change_sets(branches, links),
        History(facts.commits, links, facts.fates),
    )


class Read:
    """What was read of some places."""

    def __init__(self, *places: Path) -> None:
        self._scratch = tempfile.TemporaryDirectory()
        workspace = Workspace(Path(self._scratch.name) / "workspace")
        with workspace.writing(), Ingest(workspace) as ingest:
            plan = ingest.plan(places)
            ingest.run(plan, Local(1, workspace.scratch), lambda _progress: None)
        self.lake = Lake(workspace.lake)

    @cached_property
    def events(self) -> list[Event]:
        return list(self.lake.records(TABLES["events"]))

    def labels(self, name: str) -> dict[str, object]:
        """Return the labels of one name by what they are on."""
        found = Facts(self.lake).labels
        return {label.target.id: label.value for label in found if label.name == name}

    def documents(self, end: str) -> list[DocumentVersion]:
        """Return the versions of documents whose path ends so, the oldest first."""
        found = [e for e in self.events if isinstance(e, DocumentVersion) and e.path.endswith(end)]
        return sorted(found, key=lambda each: each.at.timestamp() if each.at else 0)

    def text(self, document: DocumentVersion) -> str:
        return "".join(section.text for section in document.sections or ())


Compared = Iterator[tuple[str, object, object]]


def short(version: DocumentVersion) -> str:
    """Return how git abbreviates the commit of a version."""
    return (version.commit or "")[:7]


def written(texts: dict[str, str]) -> Path:
    """Return a repository with these files, made for one case."""
    folder = Path(tempfile.mkdtemp())
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    git = ["git", "-C", str(folder), "-c", "user.name=n", "-c", "user.email=e@example.org"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "All"]):
        subprocess.run([*git, *command], check=True)
    return folder


def work_of_a_branch(case: Case) -> Compared:
    read, found = told(case.repository("zachswift615+agent-power-tools"))
    name = "synthia-project-context"
    (brought,) = (each for each in found.change_sets if each.branch == f"feature/{name}")
    paths = {e.id: e.path for e in read.events if isinstance(e, DocumentVersion)}
    wanted = {"a4cb162", "761c04f", "8e8ce18", "547687a", "18ff203", "335dec6"}
    yield "commits", wanted, {sha[:7] for sha in brought.commits}
    yield (
        "merged by, into",
        ("f913a5e", "ec5e688"),
        (
            (brought.merge or "")[:7],
            (brought.base or "")[:7],
        ),
    )
    merged = brought.merged.isoformat() if brought.merged else None
    yield "merged at", "2025-10-26T04:33:11+00:00", merged
    yield "files, +, -", (12, 1287, 29), (brought.n_files, brought.added, brought.deleted)
    plans = {Path(paths[plan]).name for plan in brought.plans}
    yield "plans", {f"2025-10-25-{name}-design.md", f"2025-10-25-{name}.md"}, plans
    survival = found.survival(brought)
    yield "taken back", "none", survival.rollback if survival else None


def a_quiet_rollback(case: Case) -> Compared:
    _, found = told(case.repository("zachswift615+agent-power-tools"))
    chain = {"61484e5", "d73f4ef", "4422240", "e81437a", "991d1d2"}
    said = {pair for pair in found.pairs("reverts") if pair[0] in chain}
    yield "d73f4ef takes 61484e5 back", True, ("d73f4ef", "61484e5") in found.pairs("undoes")
    yield "991d1d2 brings it again", True, ("991d1d2", "d73f4ef") in found.pairs("undoes")
    yield "and none says so", set[object](), said


def attempts_before_a_cure(case: Case) -> Compared:
    read, found = told(case.repository("zachswift615+agent-power-tools"))
    refined = dict(found.pairs("refines"))
    chain = ["ebf6bce"]
    while chain[-1] in refined and len(chain) < 3:
        chain.append(refined[chain[-1]])
    yield "the cure, and the attempts before", ["ebf6bce", "0922f27", "b8d39de"], chain
    roles = set(found.sections("ebf6bce"))
    yield "sections", {"root_cause", "problem", "solution", "open"}, roles - {""}
    names = {"TROUBLESHOOTING_SESSION_SUMMARY.md", "HALLUCINATION_FIX.md"}
    held = {name for name in names if read.documents(name)}
    yield "documents", names, held


def a_cause_and_its_cure(case: Case) -> Compared:
    _, found = told(case.repository("pauleveritt+punie"))
    said = found.sections("c20f515")
    parts = {"problem": "151657", "solution": "683", "results": "5/5"}
    yield (
        "problem, solution, results",
        parts,
        {role: text for role, text in parts.items() if text in said.get(role, "")},
    )


def a_cause_found_later(case: Case) -> Compared:
    _, found = told(case.repository("pauleveritt+punie"))
    yield "goes on with", "5d121a1", dict(found.pairs("refines")).get("4e393ac")
    said = found.sections("4e393ac")
    yield "root cause", True, "stripping all" in said.get("root_cause", "")
    yield "54 of 69", True, any("54/69" in text for text in said.values())


def specs_in_one_commit(case: Case) -> Compared:
    read, _ = told(case.repository("pauleveritt+punie"))
    for name in ("2100-domain-tools", "2300-full-retrain", "2120-toad-websocket-integration"):
        of_spec = [
            each
            for each in read.events
            if isinstance(each, DocumentVersion) and name in each.path and each.change == "added"
        ]
        yield f"spec {name}", {"8a40b60"}, {short(each) for each in of_spec}


def history_of_a_folder(case: Case) -> Compared:
    read = Read(case.repository("tmacychen+ai-driven-dev-spec"))
    expected = {
        ("638e968", "training_data"): "A",
        ("707b2fb", "data_collection_examples"): "D",
        ("5f83fc7", "training_data"): "D",
    }
    commits = {e.sha[:7]: e for e in read.events if isinstance(e, Commit)}
    for (sha, name), letter in expected.items():
        files = [f for f in commits[sha].files or () if name in f.path]
        yield f"{sha} {name}", letter, "".join({f.status for f in files if f.status != "M"})
    added, gone = commits["638e968"].at, commits["5f83fc7"].at
    assert added is not None
    assert gone is not None
    yield "days from added to removed", 12, (gone.date() - added.date()).days


def decisions_and_tasks(case: Case) -> Compared:
    read = Read(case.seeds / "autoforge" / "state")
    decisions = [e for e in read.events if isinstance(e, Decision)]
    issues = [e for e in read.events if isinstance(e, Issue)]
    yield "decisions", 19, len(decisions)
    yield (
        "with reasoning and consequences",
        19,
        sum(bool(e.reasoning and e.consequences and e.scope) for e in decisions),
    )
    tasks = [e for e in issues if e.issue_type == "task"]
    yield "tasks, all closed", [24, {"closed"}], [len(tasks), {e.state for e in tasks}]
    for kind, n in (("feature", 4), ("phase", 3)):
        of_kind = [e for e in issues if e.issue_type == kind]
        yield f"{kind}s, all open", [n, {"open"}], [len(of_kind), {e.state for e in of_kind}]
    rolled_up = read.labels("issue.rolled_up")
    wholes = [rolled_up.get(e.id) for e in issues if e.issue_type == "phase"]
    yield "phases not rolled up", [False] * 3, wholes
    of_features = [
        rolled_up[e.id] for e in issues if e.issue_type == "feature" and e.id in rolled_up
    ]
    yield "features with phases, not rolled up", {False}, set(of_features)


def prompt_versions(case: Case) -> Compared:
    read = Read(case.repository("cojacklabs+autoforge"))
    versions = [v for v in read.documents("ai/prompts/qa_engineer.yaml") if v.sections]
    texts = {short(v): read.text(v) for v in versions}
    yield "versions", 3, len(versions)
    before, after = texts.get("4fe625b", ""), texts.get("1d992be", "")
    yield (
        "max_retries: 2 is new in 1d992be",
        [False, True],
        ["max_retries: 2" in text for text in (before, after)],
    )
    n_stops = [text.count("STOP") for text in (before, after)]
    yield "STOP constraints added", 1, n_stops[1] - n_stops[0]
    commits = [event for event in read.events if isinstance(event, Commit)]
    told = {
        kept.told.role: kept.told
        for kept in histories(read.documents(""), Lineage(commits))
        if kept.told.path.startswith("ai/prompts/")
    }["qa_engineer"]
    names = [f"qa_engineer.v1.{minor}" for minor in range(3)]
    yield "names of versions", names, [version.name for version in told.versions]
    second = told.versions[1]
    added = sorted({line.section for line in second.lines if line.is_added})
    yield "added under, removed", [["constraints", "controls"], 0], [added, second.n_removed]


def header_against_document(case: Case) -> Compared:
    lines = (case.seeds / "continuum" / "issues_headers.jsonl").read_text().splitlines()
    header = next(row for row in map(json.loads, lines) if "FileOperations" in json.dumps(row))
    document = (case.seeds / "continuum" / "shared-types-initiative.md").read_text()
    texts = {"FileOperations.ts": header["header"], "middle-out/shared-types.md": document}
    read = Read(written(texts))
    (found,) = (e for e in read.events if isinstance(e, IssueHeader) and e.path.endswith(".ts"))
    groups = [issue.group for issue in found.issues if issue.is_open]
    yield "declared open", 4, found.declared_open
    yield "critical, improvements", [2, 2], [groups.count("critical"), groups.count("improvements")]
    yield "disputed", True, read.labels("issues.disputed").get(found.id)


def a_finished_initiative(case: Case) -> Compared:
    document = (case.seeds / "continuum" / "shared-types-initiative.md").read_text()
    read = Read(written({"middle-out/shared-types.md": document}))
    (found,) = read.documents(".md")
    problem = next(s for s in found.sections or () if s.role == "problem")
    results = next(s for s in found.sections or () if s.heading.endswith("Results Achieved"))
    yield "points of the problem", 4, problem.text.count("**:")
    yield "results", 6, results.text.count("- **\N{WHITE HEAVY CHECK MARK}")
    yield "phases", {"phase 1", "phase 2", "phase 3"}, {phase.label for phase in found.phases}
    yield "outcome", "complete", read.labels("document.outcome").get(found.id)
    yield "planned, and in no completed list", 1, read.labels("document.unmet").get(found.id)


def an_unfinished_refactor(case: Case) -> Compared:
    if case.document is None:
        yield "outcome", "partial", "no document was named"
        return
    read = Read(written({f"middle-out/{case.document.name}": case.document.read_text()}))
    (found,) = read.documents(".md")
    (header,) = (e for e in read.events if isinstance(e, IssueHeader))
    yield "outcome", "partial", read.labels("document.outcome").get(found.id)
    yield "declared open", 1, header.declared_open


CASES: dict[str, Callable[[Case], Compared]] = {
    "G01": work_of_a_branch,
    "G03": a_quiet_rollback,
    "G04": attempts_before_a_cure,
    "G23": specs_in_one_commit,
    "G25": a_cause_and_its_cure,
    "G26": a_cause_found_later,
    "G28": history_of_a_folder,
    "G29": decisions_and_tasks,
    "G30": prompt_versions,
    "G32": header_against_document,
    "G34": a_finished_initiative,
    "G35": an_unfinished_refactor,
}


def main() -> None:
    """Print a line for each thing that was compared."""
    gold, seeds, repositories, *document = map(Path, sys.argv[1:])
    case = Case(seeds, repositories, document[0] if document else None)
    areas = {row["id"]: row["area"] for row in map(json.loads, gold.read_text().splitlines())}
    n_right = n_all = 0
    for name, look in CASES.items():
        for what, expected, found in look(case):
            n_all, n_right = n_all + 1, n_right + (expected == found)
            mark = "right" if expected == found else f"WRONG: expected {expected}"
            print(f"{name}  {areas[name]:<16} {what:<38} {found!s:<34} {mark}")
    print(f"{n_right} of {n_all} right")


if __name__ == "__main__":
    main()
