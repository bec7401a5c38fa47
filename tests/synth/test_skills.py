"""Which skills examples follow, and what work by them shows."""

from typing import Any

import msgspec
import pytest

from tests.synth.test_planning import READ, example, says, user
from tracemill.synth.skills import SkillMap, skill_in_path, skills_of

FILES = {"brainstorming": ".claude/skills/brainstorming/SKILL.md"}
SKILL_FILE = ("Read", {"file_path": "/srv/app/.claude/skills/debugging/root-cause/SKILL.md"})
SHELL = ("Bash", {"command": "cat 'skills/scale-game/SKILL.md' | head"})
SKILL_TOOL = ("Skill", {"skill": "superpowers:writing-plans"})


@pytest.mark.parametrize(
    ("said", "calls", "found"),
    [
        ("I'm using the scale-game skill here.", [], {"scale-game"}),
        ("Let me use the brainstorming skill.", [], {"brainstorming"}),
        ("This calls for the `Test-Driven-Development` skill.", [], {"test-driven-development"}),
        ("The relevant skill is missing.", [], set()),
        ("I lack the skill.", [READ], set()),
        ("", [SKILL_FILE], {"root-cause"}),
        ("", [SHELL, SKILL_TOOL], {"scale-game", "writing-plans"}),
        ("", [("Skill", {"skill": ""}), ("Skill", {})], set()),
    ],
)
def test_a_skill_is_followed_where_it_is_named_read_or_called(
    said: str, calls: list[tuple[str, dict[str, Any]]], found: set[str]
) -> None:
    assert skills_of(example(user("Go on."), says(said, *calls)), FILES) == found


def test_what_is_not_learned_follows_nothing() -> None:
    shown = msgspec.structs.replace(says("I'm using the scale-game skill."), trained=False)

    assert skills_of(example(user("Use the scale-game skill."), shown)) == set()


def test_each_skill_stands_with_its_part_its_examples_and_its_file() -> None:
    skills = SkillMap(FILES)
    skills.look(example(user("x"), says("", SHELL)))
    skills.look(example(user("y"), says("I follow the scale-game skill.")), is_made_up=True)
    skills.look(example(user("z"), says("", SKILL_FILE)), is_made_up=True)

    told = [
        (s.name, f"{s.category}/{s.part}", s.n_real, s.n_synthetic, s.file) for s in skills.told()
    ]

    assert told == [
        ("scale-game", "superpowers/problem-solving", 1, 1, None),
        ("root-cause", "superpowers/debugging", 0, 1, None),
        ("brainstorming", "superpowers/collaboration", 0, 0, FILES["brainstorming"]),
    ]


def test_only_files_of_skills_describe_one() -> None:
    assert skill_in_path("a/skills/debugging/Root-Cause/SKILL.md") == "root-cause"
    assert skill_in_path("docs/skills/README.md") is None
