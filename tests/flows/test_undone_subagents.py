"""What a subagent did for steps that a person went back before is not imitated either."""

from pathlib import Path
from typing import Any

import pytest

from tests.sources.claude_code.lines import SESSION, agent, call, result, text, user, uuid
from tests.sources.reading import jsonl
from tracemill.flows.deriving.examples import count_omissions
from tracemill.flows.wheel.turn import Options, turn
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

MAIN = [
    user(0, "Look around"),
    agent(1, text("There is a parser.")),
    user(2, "Add a cache to it"),
    agent(3, call("t1", "Task", prompt="Find the parser")),
    user(8, [result("t1", "It is in parse.py")], parentUuid=uuid(3)),
    agent(9, text("It is in parse.py.")),
]
OF_AGENT: dict[str, Any] = {"isSidechain": True, "agentId": "a1"}
SUBAGENT = [
    user(4, "Find the parser", parentUuid=None, **OF_AGENT),
    agent(5, call("s1", command="ls"), **OF_AGENT),
    user(6, [result("s1", "parse.py")], **OF_AGENT),
    agent(7, text("It is in parse.py"), **OF_AGENT),
]


@pytest.mark.parametrize(
    ("parent", "undone"), [(uuid(1), 2), (uuid(9), 0)], ids=["went back", "went on"]
)
def test_a_subagent_is_left_out_with_the_branch_that_began_it(
    parent: str, undone: int, tmp_path: Path
) -> None:
    after = [
        user(10, "Add an index to the parser", parentUuid=parent),
        agent(11, call("t2", command="pytest")),
        user(12, [result("t2", "3 passed in 0.1s")]),
        agent(13, text("Done.")),
    ]
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / f"{SESSION}.jsonl").write_bytes(jsonl(*MAIN, *after))
    (folder / "agent-a1.jsonl").write_bytes(jsonl(*SUBAGENT))
    workspace = Workspace(tmp_path / "workspace")

    turn(workspace, [folder], {"HOME": str(tmp_path)}, Options(workers=1), lambda _: None)
    lake = Lake(workspace.lake)

    assert sum(each.is_subagent for each in lake.records(TABLES["trajectories"])) == 1
    assert count_omissions(lake).get("undone_turn", 0) == undone
