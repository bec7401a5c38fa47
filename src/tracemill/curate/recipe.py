"""Recipes as TOML: read whole, or refused with the place of the mistake."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tracemill.base.errors import NotFoundError, UsageError
from tracemill.curate import BUILDERS
from tracemill.curate.checks import CHECKS, is_droppable
from tracemill.curate.recipes import shipped
from tracemill.records.datasets.recipes import Recipe
from tracemill.records.from_toml import from_toml, or_known

_SEE: Final = "docs/recipes.md"


def shipped_recipe(name: str) -> Recipe:
    """Return a recipe that comes with the program.

    Raises:
        NotFoundError: none is called so.
    """
    if name not in shipped():
        raise NotFoundError(f"no recipe {name!r}; known: {', '.join(shipped())}")
    return read_recipe(shipped()[name], name)


def read_recipe(text: str, where: str) -> Recipe:
    """Return a recipe out of its text.

    Raises:
        UsageError: it says something that no recipe says; the message tells where.
    """
    recipe = from_toml(text, Recipe, repr(where), _SEE)
    wrong = next(_wrongs(recipe), None)
    if wrong is not None:
        place, said = wrong
        raise UsageError(f"{where!r} at {place!r}: {said}; see {_SEE}")
    return recipe


def _wrongs(recipe: Recipe) -> Iterator[tuple[str, str]]:
    """Yield what no record can forbid: unknown names, and what contradicts itself."""
    known = tuple(BUILDERS.names())
    for at, name in enumerate(recipe.builders):
        if name not in known:
            yield f"builders[{at}]", f"no such builder: {name!r}{or_known(name, known)}"
    yield from _wrong_checks(recipe)
    for at, share in enumerate(recipe.mixture):
        least, most = share.at_least or 0, 1 if share.at_most is None else share.at_most
        if least > most:
            yield f"mixture[{at}]", f"at least {least} and at most {most} cannot both hold"
    if recipe.split.validation + recipe.split.test >= 1:
        yield "split", "nothing is left to train on"
    for at, name in enumerate(recipe.select.domains):
        if name not in recipe.domains:
            said = or_known(name, tuple(recipe.domains)) if recipe.domains else "; none is said"
            yield f"select.domains[{at}]", f"no such domain in [domains]: {name!r}{said}"
    since, until = recipe.select.since, recipe.select.until
    if since is not None and until is not None and since > until:
        yield "select", f"no day is from {since} on and not after {until}"


def _wrong_checks(recipe: Recipe) -> Iterator[tuple[str, str]]:
    known = {check.name: check for check in CHECKS}
    for name, rule in recipe.checks.items():
        place = f"checks.{name}"
        if name not in known:
            yield place, f"no such check{or_known(name, tuple(known))}"
        elif rule.use == "drop" and not is_droppable(known[name]):
            able = ", ".join(sorted(check.name for check in CHECKS if is_droppable(check)))
            yield place, f"it judges a dataset and no row, so none is left out; such do: {able}"
        elif rule.threshold is not None and not hasattr(known[name], "threshold"):
            yield place, "it asks for nothing, so it has no threshold"
