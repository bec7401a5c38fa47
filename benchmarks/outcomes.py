"""What became of sessions, as judged by rule, against sessions judged by hand, beside other tools.

    python benchmarks/outcomes.py [NAME=ENVIRONMENT ...] [fresh=FOLDER]

`judged/session_outcomes.tsv` holds what became of real sessions, as far as their record proves it, by two
readings and after comparing them: the first went through each session from its beginning, the second
in another order from the end. What counts as proof is in docs/outcomes.md. The rules were then mended
on one half of the sessions, told by a digest of their ids; the other is the held-out half.

NAME is hotwash, clawjournal or opentraces, and ENVIRONMENT a virtual environment that holds it. Peers say
less than five words, so all are compared by three: good, bad, and unknown. `fresh_outcomes.tsv` holds
sessions that were judged once, when the rules were done: FOLDER has the logs of those of one draw or of
several, as open projects keep them: of entireio/cli the first, of EntityProcess/agentv, FSM1/cipher-box
and dayhaysoos/nimbus the second; the third is of 33 projects and the fourth of 30 sessions of such
projects, which `human_turns.tsv` names too. The fifth and sixth are of 28 further projects, which
docs/outcome-draws.md names, and the fifth of the shared sessions too. The seventh was judged by the lines of
docs/outcomes.md; of the part that was put aside only figures are looked at by who mends the rules. The eighth is of 27 projects
that keep checkpoints of their sessions, the ninth of 49 further projects, the tenth of 16 more and of the
ninth's, the eleventh of 62 and the twelfth of 57 others.

`model_outcomes.tsv` holds what a large model said that was asked about sessions of the last four draws as
`review outcomes` asks, by the version of the question, without sight of rules and judgements.
"""

import csv
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from measuring import TRACEMILL, run, shared_data
from outcome_peers import Home, Session, verdicts

from tracemill.flows.deriving.facts import Facts
from tracemill.records.sessions.trajectory import Trajectory
from tracemill.stats.intervals import wilson
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

JUDGED = Path(__file__).parent / "judged" / "session_outcomes.tsv"
FRESH = JUDGED.with_name("fresh_outcomes.tsv")
ANSWERED = JUDGED.with_name("model_outcomes.tsv")
WORDS = ("achieved", "partial", "failed", "abandoned", "unknown")
PLAIN = {"achieved": "good", "unknown": "unknown"}
READ_BY_PEERS = {"claude-code", "codex"}
SOME_UNREADABLE = 4
LAST_DRAWS = {"eleventh", "twelfth"}


class Row(NamedTuple):
    """One session, as judged by hand."""

    trajectory: str
    first: str
    second: str
    agreed: str

    @property
    def is_held_out(self) -> bool:
        return int(sha256(self.trajectory.encode()).hexdigest(), 16) % 2 == 1


class Found(NamedTuple):
    """What Tracemill says."""

    outcomes: dict[str, str]
    trajectories: dict[str, Trajectory]


def main() -> None:
    data = shared_data()
    if data is None:
        raise SystemExit("needs the real sessions: set TRACEMILL_SHARED_DATA")
    with JUDGED.open(encoding="utf-8", newline="") as lines:
        judged = [Row(**row) for row in csv.DictReader(lines, delimiter="\t")]
    with tempfile.TemporaryDirectory() as folder:
        found = tracemill(Path(folder), data / "formats")
    print(f"{len(judged)} sessions, judged twice: {agreement(judged)}")
    half = {False: "looked at", True: "held out"}
    for held_out, name in half.items():
        table(name, [row for row in judged if row.is_held_out is held_out], found.outcomes)
    table("all", judged, found.outcomes)
    confusion(judged, found.outcomes)
    answered()
    peers = dict(argument.split("=", 1) for argument in sys.argv[1:])
    if "fresh" in peers:
        fresh(Path(peers.pop("fresh")), found)
    if peers:
        beside(judged, found, peers)


def tracemill(folder: Path, formats: Path) -> Found:
    """Return the outcome of each session."""
    cost = run([*TRACEMILL, "run", str(formats), "--workspace", str(folder), "--quiet"])
    if cost.code not in {0, SOME_UNREADABLE}:
        raise SystemExit(f"reading the sessions ended with {cost.code}")
    lake = Lake(Workspace(folder).lake)
    outcomes = {
        trajectory_id: episode.outcome
        for episode in lake.records(TABLES["episodes"])
        for trajectory_id in episode.trajectory_ids
    }
    return Found(outcomes, Facts(lake).trajectories)


def fresh(logs: Path, shared: Found) -> None:
    """Print how right the outcomes are of sessions that no rule was mended on when it was judged."""
    with FRESH.open(encoding="utf-8", newline="") as lines:
        judged = {row["session"]: row for row in csv.DictReader(lines, delimiter="\t")}
    with tempfile.TemporaryDirectory() as folder:
        own = tracemill(Path(folder), logs)
    found = Found(shared.outcomes | own.outcomes, shared.trajectories | own.trajectories)
    drawn: defaultdict[str, list[Row]] = defaultdict(list)
    for trajectory_id, trajectory in found.trajectories.items():
        row = judged.get(trajectory_id) or judged.get(trajectory.session_id)
        if row is not None and not trajectory.is_subagent:
            drawn[row["drawn"]].append(Row(trajectory_id, *[row["judged"]] * 3))
    for name in sorted(drawn):
        table(f"fresh, {name} draw", drawn[name], found.outcomes)


def answered() -> None:
    """Print how right a large model was that was asked as `review outcomes` asks."""
    with FRESH.open(encoding="utf-8", newline="") as lines:
        judged = {row["session"]: row for row in csv.DictReader(lines, delimiter="\t")}
    said: defaultdict[str, dict[str, str]] = defaultdict(dict)
    with ANSWERED.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            draw = judged[row["session"]]["drawn"].split(",")[0]
            draws = "last two draws" if draw in LAST_DRAWS else "ninth and tenth draw"
            said[f"{draws}, question {row['question']}"][row["session"]] = row["answered"]
    for name in sorted(said):
        rows = [Row(each, *[judged[each]["judged"]] * 3) for each in said[name]]
        table(f"a large model, {name}", rows, said[name])


def agreement(judged: list[Row]) -> str:
    """Return how often two readings agree, and how much better than by chance (Cohen, 1960)."""
    n, same = len(judged), sum(row.first == row.second for row in judged)
    first, second = (Counter(getattr(row, name) for row in judged) for name in ("first", "second"))
    chance = sum(first[word] * second[word] for word in WORDS) / n**2
    kappa = (same / n - chance) / (1 - chance)
    return f"{share(same, n)} alike, kappa {kappa:.2f}"


def table(name: str, judged: list[Row], said: Mapping[str, str]) -> None:
    """Print how right the outcomes are, and how `unknown` is used."""
    proven = [row for row in judged if row.agreed != "unknown"]
    decided = [row for row in proven if said[row.trajectory] != "unknown"]
    silent = [row for row in judged if row.agreed == "unknown"]
    right = sum(said[row.trajectory] == row.agreed for row in proven)
    kept = sum(said[row.trajectory] == "unknown" for row in silent)
    print(f"\n{name}: {len(judged)} sessions")
    print(f"  right where there is evidence    {share(right, len(proven))}")
    print(f"  ... and where it decides         {share(right, len(decided))}")
    print(f"  unknown where there is none      {share(kept, len(silent))}")


def confusion(judged: list[Row], said: Mapping[str, str]) -> None:
    """Print which outcome is taken for which."""
    counts = Counter((row.agreed, said[row.trajectory]) for row in judged)
    print("\n" + "judged \\ said".ljust(14) + "".join(word.rjust(10) for word in WORDS))
    for true in WORDS:
        if any(counts[true, word] for word in WORDS):
            print(true.ljust(14) + "".join(str(counts[true, word]).rjust(10) for word in WORDS))


def beside(judged: list[Row], found: Found, peers: Mapping[str, str]) -> None:
    """Print how right peers are, on the sessions of the two agents that all of them read."""
    sessions = [
        Session(row.trajectory, trajectory.origin.source, Path(trajectory.origin.uri))
        for row in judged
        if (trajectory := found.trajectories[row.trajectory]).origin.source in READ_BY_PEERS
    ]
    true = {row.trajectory: plain(row.agreed) for row in judged}
    names = [session.trajectory for session in sessions]
    print(f"\n{len(sessions)} sessions of Claude Code and Codex, by good, bad and unknown")
    print(f"  {'tool':12} {'right where there is evidence':32} {'unknown where there is none'}")
    told = {"tracemill": {name: plain(found.outcomes[name]) for name in names}}
    for name, environment in peers.items():
        with tempfile.TemporaryDirectory() as folder:
            told[name] = verdicts(name, Path(environment), Home(Path(folder), sessions))
    for name, said in told.items():
        proven = [each for each in names if true[each] != "unknown"]
        silent = [each for each in names if true[each] == "unknown"]
        right = sum(said.get(each, "unknown") == true[each] for each in proven)
        kept = sum(said.get(each, "unknown") == "unknown" for each in silent)
        print(f"  {name:12} {share(right, len(proven)):32} {share(kept, len(silent))}")


def plain(outcome: str) -> str:
    return PLAIN.get(outcome, "bad")


def share(k: int, n: int) -> str:
    """Return a share with its interval."""
    if not n:
        return "unknown (n=0)"
    low, high = wilson(k, n)
    return f"{k / n:.3f} ({low:.2f} to {high:.2f}, {k}/{n})"


if __name__ == "__main__":
    main()
