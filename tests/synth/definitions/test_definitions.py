"""Every definition is an agent that Claude Code takes, fills a category, and keeps its version."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.reading import FOREIGN
from tracemill.base.errors import DataError, NotFoundError
from tracemill.records.synth.generators import GeneratorDefinition
from tracemill.synth.definitions import (
    NAMES,
    agent_text,
    find_definition,
    load_definitions,
)
from tracemill.synth.definitions.agent_file import (
    faults,
    front_matter,
    read_definition,
    write_agent,
)
from tracemill.synth.taxonomy import load_taxonomy

VERSIONS: dict[str, Any] = json.loads((Path(__file__).parent / "versions.json").read_text())
BY_NAME = pytest.mark.parametrize("definition", load_definitions(), ids=lambda each: each.category)


def test_each_category_that_counts_has_its_definition() -> None:
    assert [each.name for each in load_taxonomy().named()] == list(NAMES)
    assert [each.category for each in load_definitions()] == list(NAMES)


@BY_NAME
def test_a_text_that_changes_raises_its_version(definition: GeneratorDefinition) -> None:
    assert VERSIONS[definition.name][str(definition.version)] == definition.digest, (
        f"raise the version of {definition.name} and add it to versions.json: {definition.digest}"
    )
    assert max(map(int, VERSIONS[definition.name])) == definition.version


@BY_NAME
def test_a_definition_names_every_part_of_its_category(definition: GeneratorDefinition) -> None:
    (category,) = load_taxonomy().named([definition.category or ""])

    assert [part.name for part in category.parts if f"`{part.name}`" not in definition.body] == []


@BY_NAME
def test_an_exported_agent_is_one_and_reads_back(definition: GeneratorDefinition) -> None:
    text = agent_text(definition)
    fields, _ = front_matter(text, "agent.md")

    assert list(faults(fields)) == []
    assert read_definition(text, "agent.md") == definition
    assert f'"generator": "{definition.name}"' in text


@BY_NAME
def test_yaml_reads_the_same(definition: GeneratorDefinition) -> None:
    yaml = pytest.importorskip("yaml")
    text = agent_text(definition)

    assert yaml.safe_load(text.split("---\n")[1]) == front_matter(text, "agent.md")[0]


WORDS = st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S", "Zs"]), min_size=1)


@given(WORDS.map(str.strip).filter(lambda text: text and '"' not in text and "\\" not in text))
def test_any_description_is_written_so_that_it_reads_back(description: str) -> None:
    definition = GeneratorDefinition(
        name="mine", description=description, body="Do it.\n", digest="x"
    )

    assert read_definition(write_agent(definition), "mine.md").description == description


@pytest.mark.parametrize(
    ("head", "says"),
    [
        ("name: a\n", "expected the field 'description'"),
        ("name: A b\ndescription: x\n", "field 'name'"),
        ("name: a\ndescription: x\ntool: Read\n", "unknown field 'tool'"),
        ("name: a\ndescription: x\ntools: read\n", "field 'tools': 'read'"),
        ("name: a\ndescription: x\nmodel: gpt\n", "field 'model'"),
        ("name: a\ndescription: x\nmaxTurns: 0\n", "field 'maxTurns'"),
        ("name: a\ndescription: x: y\n", "expected plain words"),
        ("name: a\nname: b\ndescription: x\n", "expected a new field"),
        ("name: a\ndescription: x\nversion: 0\n", "expected a version from 1"),
        ("just words\n", "expected a new field"),
    ],
)
def test_front_matter_that_claude_code_would_misread_is_refused(head: str, says: str) -> None:
    with pytest.raises(DataError, match=says):
        read_definition(f"---\n{head}---\nDo it.\n", "mine.md")


@pytest.mark.parametrize(
    ("head", "tools"),
    [
        ("tools: Read, Bash(git *), mcp__tools__find", ("Read", "Bash(git *)", "mcp__tools__find")),
        ("tools:\n  - Read\n  - Grep", ("Read", "Grep")),
        ("color: blue", ()),
    ],
)
def test_other_peoples_agents_are_read(head: str, tools: tuple[str, ...]) -> None:
    found = read_definition(f"---\nname: a\ndescription: x\n{head}\n---\nDo it.\n", "a.md")

    assert (found.tools, found.category, found.version) == (tools, None, 1)


def test_a_definition_is_found_by_name_category_and_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.md"
    path.write_text("---\nname: mine\ndescription: x\ncategory: agentic\n---\nDo it.\n")

    assert find_definition("agentic") == find_definition("tracemill-agentic")
    assert find_definition(str(path)).name == "mine"
    with pytest.raises(NotFoundError, match="unknown definition 'none'; known: tool-use"):
        find_definition("none")
    with pytest.raises(NotFoundError, match="expected the definition there"):
        find_definition(str(tmp_path / "none.md"))


def test_what_is_no_agent_says_so() -> None:
    with pytest.raises(DataError, match="expected front matter"):
        read_definition("# Title\n", "mine.md")


@pytest.mark.foreign
def test_every_agent_of_another_team_is_read() -> None:
    folder = FOREIGN / "seeds" / "synthia" / "agents"
    if not folder.exists():
        pytest.skip(f"no agents at {folder}; set TRACEMILL_SHARED_DATA")
    found = [read_definition(path.read_text(), path.name) for path in folder.glob("*.md")]

    assert len(found) == 12
    assert all(each.tools for each in found)
