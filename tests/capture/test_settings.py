"""Our hooks among a person's settings, put in and taken out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemill.base.errors import UsageError
from tracemill.capture.agents import AGENTS, Agent, Hooks
from tracemill.capture.settings import hook_command, installed_events, with_hooks, without_hooks

AGENT, HOOKS = next((agent, agent.hooks) for agent in AGENTS if agent.hooks is not None)
COMMAND = hook_command("/usr/bin/python3", AGENT, Path("/home/dev/work space"))

NAMES = st.sampled_from([*HOOKS.events[:3], "PreToolUse"])
OTHERS = st.fixed_dictionaries(
    {
        "hooks": st.lists(
            st.just({"type": "command", "command": "make lint"}), min_size=1, max_size=2
        )
    },
    optional={"matcher": st.just("Bash")},
)
SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "model": st.just("m-1"),
        "hooks": st.dictionaries(NAMES, st.lists(OTHERS, min_size=1, max_size=2), min_size=1),
    },
)


@given(settings=SETTINGS)
def test_what_is_put_in_comes_out_without_a_trace(settings: dict[str, Any]) -> None:
    installed = with_hooks(settings, HOOKS, COMMAND)

    assert without_hooks(installed) == settings
    assert without_hooks(settings) == settings


@given(settings=SETTINGS)
def test_installing_twice_is_installing_once(settings: dict[str, Any]) -> None:
    installed = with_hooks(settings, HOOKS, COMMAND)

    assert with_hooks(installed, HOOKS, COMMAND) == installed
    assert installed_events(installed) == dict.fromkeys(HOOKS.events, COMMAND)


@given(settings=SETTINGS)
def test_hooks_of_others_stay_first_and_as_they_are(settings: dict[str, Any]) -> None:
    installed = with_hooks(settings, HOOKS, COMMAND)["hooks"]

    for event, groups in settings.get("hooks", {}).items():
        assert installed[event][: len(groups)] == groups


def test_an_older_installation_is_replaced() -> None:
    older = hook_command("/old/python", AGENT, Path("/elsewhere"))
    installed = with_hooks(with_hooks({}, HOOKS, older), HOOKS, COMMAND)

    assert installed == with_hooks({}, HOOKS, COMMAND)


def test_ours_is_taken_out_of_a_group_that_a_person_has_changed() -> None:
    theirs = {"type": "command", "command": "make lint"}
    ours = {"type": "command", "command": COMMAND}

    assert without_hooks({"hooks": {"Stop": [{"hooks": [theirs, ours]}]}}) == {
        "hooks": {"Stop": [{"hooks": [theirs]}]}
    }


@pytest.mark.parametrize("hooks", [[], {"Stop": {}}, "x", None])
def test_settings_of_another_shape_are_left_to_their_owner(hooks: object) -> None:
    with pytest.raises(UsageError, match="expected 'hooks' to be an object"):
        with_hooks({"hooks": hooks}, HOOKS, COMMAND)


@pytest.mark.parametrize("agent", [a for a in AGENTS if a.hooks], ids=lambda agent: agent.source)
def test_no_agent_waits_for_us_at_its_tool_calls(agent: Agent) -> None:
    assert isinstance(agent.hooks, Hooks)
    assert not [event for event in agent.hooks.events if "Tool" in event]
