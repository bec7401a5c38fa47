"""Turns of people in real sessions, as judged by hand, and what went on around each.

`judged/human_turns.tsv` holds what a person judged each turn to be: its trajectory, its step, one
class or two, what the same person said when asked again, its part and the project that it is of. The
turns of the later parts are of other people, and were judged before the rules heard them; then the
rules were mended with them in view, but for the last part, which is held out. Some turns stand in
the logs that open projects keep beside their code, outside the real sessions.
"""

import csv
import tempfile
from collections import defaultdict
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from measuring import TRACEMILL, run, shared_data
from typing_extensions import override

from tracemill.flows.deriving.facts import Facts
from tracemill.label.activity.observe import Observer
from tracemill.label.reactions.cues import Before
from tracemill.label.reactions.listening import Listener, OpenTurn
from tracemill.label.reactions.replies import Reply
from tracemill.records.sessions.trajectory import Step
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

JUDGED = Path(__file__).parent / "judged" / "human_turns.tsv"
GUIDED = JUDGED.with_name("guided_turns.tsv")
"""Turns of people whom no rule knew, judged with the guide in front of the reader."""
LOTS = ("first", "second", "third", "fourth", "fifth")
"""The first was judged by two readers, the second by one, who read a part of it again, and by two
more; of the third each turn was judged by one of two, and a part of it by another; the fourth by
one, who judged a part of it again through the program; the fifth by one, and by two more, each a
half of it; the third is what a model answered to the questions of the program."""
NOBODY = "none"
"""What was written by a program in a person's place."""
PARTS = ("first", "second", "third", "fourth", "fifth")
HELD_OUT = "fifth"
"""The part that no weight is fitted to and that nobody reads who mends the rules."""
DEEDS = frozenset({"rejection", "interruption", "steering", "edit"})
SOME_UNREADABLE = 4


class Turn(NamedTuple):
    """A step of a person."""

    trajectory: str
    step: int


class Judged(NamedTuple):
    """What a person judged a turn to be, in which part it stands, and whose work it is of."""

    classes: frozenset[str]
    again: frozenset[str]
    """What it was judged to be the second time; empty where nobody looked again."""
    part: str
    project: str


class Guided(NamedTuple):
    """What readers of the guide judged a turn to be."""

    first: frozenset[str]
    second: frozenset[str]
    """What the other reader of the first or the third lot judged, or the same one of the second when
    asked again; empty where nobody was."""
    third: frozenset[str]
    fourth: frozenset[str]
    """What two more readers judged, without sight of one another or of the first; empty where
    they were not asked."""
    project: str
    weight: float
    """How many of the turns that were drawn from it stands for."""
    lot: str
    is_aside: bool
    """Whether nobody looks at what the rules make of it who mends them, and no weight is fitted."""


class Spoken(NamedTuple):
    """What a person said, what went on before and after, and what the rules hear."""

    text: str
    before: Before
    reply: Reply
    heard: frozenset[str]
    sure: frozenset[str]
    """What of it they are sure of."""


class Recording(Listener):
    """Remembers what was said, what went on before, and what the agent did about it."""

    def __init__(self) -> None:
        super().__init__()
        self.said: dict[int, tuple[str, Before, Reply]] = {}

    @override
    def replied(self, turn: OpenTurn, reply: Reply) -> None:
        self.said[turn.step.index] = (turn.step.text, turn.before, reply)


def judged() -> dict[Turn, Judged]:
    """Return the turns that were judged."""
    with JUDGED.open(encoding="utf-8", newline="") as lines:
        return {
            Turn(row["trajectory"], int(row["step"])): Judged(
                frozenset(row["classes"].split(",")),
                frozenset(filter(None, row["again"].split(","))),
                row["part"],
                row["project"],
            )
            for row in csv.DictReader(lines, delimiter="\t")
        }


def _classes(cell: str) -> frozenset[str]:
    return frozenset(filter(None, cell.split(",")))


def guided() -> dict[Turn, Guided]:
    """Return the turns that were judged by the guide, but for those that programs wrote."""
    with GUIDED.open(encoding="utf-8", newline="") as lines:
        return {
            Turn(row["trajectory"], int(row["step"])): Guided(
                frozenset(row["first"].split(",")),
                _classes(row["second"]),
                _classes(row["third"]),
                _classes(row["fourth"]),
                row["project"],
                float(row["weight"]),
                row["lot"],
                row["part"] == "aside",
            )
            for row in csv.DictReader(lines, delimiter="\t")
            if NOBODY not in row["first"]
        }


def spoken_in(folder: Path, turns: Collection[Turn]) -> dict[Turn, Spoken]:
    """Return those of these turns that stand in the logs below a folder."""
    wanted = {turn.trajectory for turn in turns}
    with tempfile.TemporaryDirectory() as workspace:
        return dict(_spoken(folder, Path(workspace), wanted))


def spoken(more: Path | None) -> dict[Turn, Spoken]:
    """Return the judged turns of the real sessions, and of those in another folder."""
    data = shared_data()
    if data is None:
        raise SystemExit("needs the real sessions: set TRACEMILL_SHARED_DATA")
    known = judged()
    found: dict[Turn, Spoken] = {}
    for folder in filter(None, (data / "formats", more)):
        found |= spoken_in(folder, known)
    return found


def _spoken(folder: Path, workspace: Path, wanted: set[str]) -> Iterator[tuple[Turn, Spoken]]:
    cost = run([*TRACEMILL, "sync", str(folder), "--workspace", str(workspace), "--quiet"])
    if cost.code not in {0, SOME_UNREADABLE}:
        raise SystemExit(f"reading the sessions ended with {cost.code}")
    lake = Lake(Workspace(workspace).lake)
    facts = Facts(lake)
    steps: defaultdict[str, dict[int, Step]] = defaultdict(dict)
    for step in lake.records(TABLES["steps"]):
        if step.trajectory_id in wanted and step.trajectory_id in facts.trajectories:
            steps[step.trajectory_id][step.index] = step
    for trajectory, its in steps.items():
        listener = Recording()
        observer = Observer(listener=listener)
        for index in sorted(its):
            observer.step(its[index])
        listener.finish()
        heard: defaultdict[int, set[str]] = defaultdict(set)
        sure: defaultdict[int, set[str]] = defaultdict(set)
        for reaction in facts.activities[trajectory].reactions:
            if reaction.kind not in DEEDS:
                heard[reaction.step].add(reaction.kind)
                if reaction.is_sure:
                    sure[reaction.step].add(reaction.kind)
        for index, said in listener.said.items():
            kinds = frozenset(heard[index]), frozenset(sure[index])
            yield Turn(trajectory, index), Spoken(*said, *kinds)
