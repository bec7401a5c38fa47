"""Recipes are read whole or refused, with the place of what is wrong."""

import pytest

from tracemill.base.errors import UsageError
from tracemill.curate.recipe import read_recipe, shipped_recipe
from tracemill.curate.recipes import shipped
from tracemill.curate.windows.work import ChatConfig
from tracemill.records.datasets.recipes import DEFAULT_NAME, Recipe


@pytest.mark.parametrize("name", list(shipped()))
def test_what_is_shipped_can_be_read_and_is_called_as_its_file(name: str) -> None:
    recipe = shipped_recipe(name)

    assert recipe.name == name
    assert recipe.about


def test_the_default_comes_first_and_asks_builders_for_what_they_do_by_themselves() -> None:
    recipe = shipped_recipe(DEFAULT_NAME)

    assert next(iter(shipped())) == DEFAULT_NAME
    assert ChatConfig(builders=recipe.builders, max_chars=recipe.window_chars) == ChatConfig()


def test_the_shortest_recipe_is_a_name() -> None:
    assert read_recipe('name = "x"', "x.toml") == Recipe(name="x")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("name = ", "'r.toml' is no TOML: Invalid value (at", id="no TOML"),
        pytest.param("", "expected a key 'name', found none", id="no name"),
        pytest.param(
            'name = "A b"', "at 'name': expected `str` matching", id="a name with a blank"
        ),
        pytest.param("foo = 1\nname = 'x'", "no such key: 'foo'; known: name, about", id="a key"),
        pytest.param(
            "name = 'x'\nbilders = ['session']", "do you mean 'builders'?", id="a mistyped key"
        ),
        pytest.param(
            "name = 'x'\n[select]\nsource = ['a']",
            "at 'select': no such key: 'source'; do you mean 'sources'?",
            id="a mistyped key further in",
        ),
        pytest.param(
            "name = 'x'\n[[take]]\n[[take]]\noutcome = ['achieved']",
            "at 'take[1]': no such key: 'outcome'; do you mean 'outcomes'?",
            id="a mistyped key in a list",
        ),
        pytest.param(
            "name = 'x'\n[checks.near_leaks]\nuse = 'drop'\nfoo = 1",
            "no such key: 'foo'; known: use, threshold",
            id="a key of a check",
        ),
        pytest.param(
            "name = 'x'\n[[take]]\nmin_quality = 2",
            "at 'take[0].min_quality': expected `float` <= 1.0",
            id="a share above one",
        ),
        pytest.param(
            "name = 'x'\nbuilders = ['sessions']",
            "at 'builders[0]': no such builder: 'sessions'; do you mean 'session'?",
            id="a builder that is none",
        ),
        pytest.param(
            "name = 'x'\n[checks.near_leak]",
            "at 'checks.near_leak': no such check; do you mean 'near_leaks'?",
            id="a check that is none",
        ),
        pytest.param(
            "name = 'x'\n[checks.template_collapse]\nuse = 'drop'",
            "at 'checks.template_collapse': it judges a dataset and no row",
            id="a check that leaves nothing out",
        ),
        pytest.param(
            "name = 'x'\n[checks.unique_rows]\nthreshold = 1",
            "it asks for nothing",
            id="a threshold for what has none",
        ),
        pytest.param(
            "name = 'x'\n[[mixture]]\ntag = 'use:direct'\nat_least = 0.5\nat_most = 0.4",
            "at 'mixture[0]': at least 0.5 and at most 0.4",
            id="a share that cannot be",
        ),
        pytest.param(
            "name = 'x'\n[split]\nvalidation = 0.5\ntest = 0.5",
            "nothing is left",
            id="all held out",
        ),
        pytest.param(
            "name = 'x'\n[select]\nsince = 2026-02-01\nuntil = 2026-01-01",
            "at 'select': no day",
            id="a period that is none",
        ),
        pytest.param(
            "name = 'x'\n[domains]\npayments = ['a']\n[select]\ndomains = ['payment']",
            "at 'select.domains[0]': no such domain in [domains]: 'payment'; do you mean 'payments'?",
            id="a domain that nobody says",
        ),
        pytest.param(
            "name = 'x'\n[select]\ndomains = ['payment']",
            "no such domain in [domains]: 'payment'; none is said",
            id="a domain where none is said",
        ),
        pytest.param("name = 'x'\n[domains]\na = []", "at 'domains", id="a domain of nothing"),
    ],
)
def test_what_no_recipe_says_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_recipe(text, "r.toml")

    assert said in str(refused.value)
    assert str(refused.value).startswith("'r.toml'")
    assert "docs/recipes.md" in str(refused.value)
