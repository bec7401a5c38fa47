"""Made-up examples: what is missing, and what was made so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from tracemill.base.errors import StoreError
from tracemill.flows.held.lookup import list_rows
from tracemill.flows.held.rows import DocumentRow
from tracemill.records.datasets.examples import Example
from tracemill.records.synth.made_up import SyntheticExample, SynthPlan, SynthStats
from tracemill.store.lake import Lake
from tracemill.store.tables import EXAMPLE_TABLES, TABLES
from tracemill.store.workspace import Workspace
from tracemill.synth.counting import count_made
from tracemill.synth.coverage import Place
from tracemill.synth.planning import Coverage, make_plan
from tracemill.synth.skills import SkillMap, skill_in_path
from tracemill.synth.soundness import is_sound
from tracemill.synth.taxonomy import load_taxonomy

MADE: Final = "*/examples-*.jsonl"
"""Where made-up examples lie below the workspace's folder for them."""
_decode: Final = msgspec.json.Decoder(SyntheticExample).decode


def plan_synthesis(workspace: Workspace, categories: Sequence[str] = ()) -> SynthPlan:
    """Return what the examples of a workspace lack.

    Raises:
        UsageError: there is no category of a name.
    """
    taxonomy = load_taxonomy()
    wanted = taxonomy.named(categories)
    coverage = Coverage(taxonomy)
    skills = SkillMap(_skill_files(workspace))
    for example in real_examples(workspace):
        coverage.look(example)
        skills.look(example)
    made: Counter[Place] = Counter()
    for each in made_examples(workspace):
        made[Place(each.category, each.part)] += 1
        skills.look(each.example, is_made_up=True)
    plan = make_plan(taxonomy, wanted, coverage, made)
    return msgspec.structs.replace(plan, skills=skills.told())


def _skill_files(workspace: Workspace) -> dict[str, str]:
    """Return the files of skills in the repositories that were read, by the skill's name."""
    if not workspace.index.exists():
        return {}
    paths = (row.path for row in list_rows(workspace, "document", DocumentRow, limit=0).rows)
    return {name: path for path in paths if (name := skill_in_path(path)) is not None}


def real_examples(workspace: Workspace) -> Iterator[Example]:
    """Yield every example that builders made of real work, once."""
    if not workspace.exists:
        return
    lake, seen = Lake(workspace.lake), set()
    for name in EXAMPLE_TABLES:
        for example in lake.records(TABLES[name]):
            if example.id not in seen:
                seen.add(example.id)
                yield example


def made_examples(workspace: Workspace) -> Iterator[SyntheticExample]:
    """Yield every made-up example that is worth keeping, once: what was run, and no check refused.

    Raises:
        StoreError: a file is damaged.
    """
    seen = set()
    for path in sorted(workspace.synth.glob(MADE)):
        for made in read_made(path):
            if made.id not in seen and is_sound(made):
                seen.add(made.id)
                yield made


def read_made(path: Path) -> Iterator[SyntheticExample]:
    """Yield the examples of one file.

    Raises:
        StoreError: a line is no such example.
    """
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield _decode(line)
            except msgspec.DecodeError as error:
                raise StoreError(
                    f"{str(path)!r} line {number}: expected a made-up example: {error}; "
                    "delete the file and run again: it is made anew"
                ) from error


def synthesis_stats(workspace: Workspace, categories: Sequence[str] = ()) -> SynthStats:
    """Return numbers of all that was made up.

    Raises:
        UsageError: there is no category of a name.
    """
    taxonomy = load_taxonomy()
    wanted = taxonomy.named(categories)
    seen: dict[str, SyntheticExample] = {}
    for path in sorted(workspace.synth.glob(MADE)):
        seen.update((made.id, made) for made in read_made(path))
    parts = [part for each in wanted for part in each.parts]
    return count_made(seen.values(), parts, None if categories else taxonomy.direct)
