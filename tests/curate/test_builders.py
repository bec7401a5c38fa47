"""What holds for every builder, whoever wrote it."""

import pytest

from tests.trajectories import agent, episode, user, work
from tracemill.base.errors import UnknownNameError
from tracemill.curate import BUILDERS
from tracemill.curate.builders import make_examples, needs_steps
from tracemill.curate.work import ChatConfig, Drop
from tracemill.records.recipes import DEFAULT_BUILDERS


@pytest.mark.parametrize("name", list(BUILDERS.names()))
def test_a_builder_is_called_as_it_is_registered(name: str) -> None:
    assert BUILDERS.load(name).name == name


def test_builders_that_a_dataset_gets_unasked_are_known() -> None:
    assert set(DEFAULT_BUILDERS) <= set(BUILDERS.names())


def test_only_builders_that_were_asked_for_take_part() -> None:
    config = ChatConfig(builders=("recovery",))

    assert not needs_steps(work(), config)
    assert list(make_examples(work(), [user(0), agent(1)], config)) == []


def test_an_unknown_builder_is_named() -> None:
    with pytest.raises(UnknownNameError, match="nosuch"):
        list(make_examples(work(), [], ChatConfig(builders=("nosuch",))))


def test_a_reason_against_a_whole_trajectory_is_counted_once() -> None:
    config = ChatConfig(builders=("session", "session"))
    made = list(make_examples(work(episode=episode("failed")), [user(0), agent(1)], config))

    assert [one.reason for one in made if isinstance(one, Drop)] == ["outcome_failed"]
