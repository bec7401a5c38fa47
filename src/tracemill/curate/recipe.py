"""Recipes as TOML: read whole or refused, with the place of what is wrong.

A key that nobody knows is a wish that would not hold, so it is an error and no warning.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, Final

import msgspec

from tracemill.base.errors import UnknownNameError, UsageError
from tracemill.curate import BUILDERS
from tracemill.curate.checks import CHECKS, is_droppable
from tracemill.curate.recipes import shipped
from tracemill.records.recipes import Recipe

_AT: Final = re.compile(r" - at `\$\.?(?P<where>[^`]*)`")
_UNKNOWN: Final = re.compile(r"Object contains unknown field `(?P<name>[^`]*)`")
_PLACE: Final = re.compile(r"\[(\d+|\.\.\.)\]")


def shipped_recipe(name: str) -> Recipe:
    """Return a recipe that comes with the program.

    Raises:
        UnknownNameError: none is called so.
    """
    if name not in shipped():
        raise UnknownNameError("recipe", name, shipped())
    return read_recipe(shipped()[name], name)


def read_recipe(text: str, where: str) -> Recipe:
    """Return a recipe out of its text.

    Raises:
        UsageError: it says something that no recipe says; the message tells where.
    """
    try:
        recipe = msgspec.convert(tomllib.loads(text), Recipe)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{where!r} is no TOML: {error}; see docs/recipes.md") from error
    except msgspec.ValidationError as error:
        raise UsageError(_explained(where, str(error))) from error
    wrong = next(_wrongs(recipe), None)
    if wrong is not None:
        place, said = wrong
        raise UsageError(f"{where!r} at {place!r}: {said}; see docs/recipes.md")
    return recipe


def _explained(where: str, said: str) -> str:
    """Say where something stands that no recipe says, and what may stand there."""
    found = _AT.search(said)
    place = found["where"] if found else ""
    what = _AT.sub("", said)
    if (unknown := _UNKNOWN.search(what)) is not None:
        names = _fields_at(place)
        what = f"no such key: {unknown['name']!r}{_meant(unknown['name'], names)}"
    at = f" at {place!r}" if place else ""
    return f"{where!r}{at}: {what}; see docs/recipes.md"


def _fields_at(place: str) -> tuple[str, ...]:
    """Return the keys that may stand at a place."""
    kind: Any = msgspec.inspect.type_info(Recipe)
    for name in filter(None, _PLACE.sub(".[]", place).split(".")):
        if name == "[]":
            kind = getattr(kind, "item_type", None) or getattr(kind, "value_type", kind)
        else:
            kind = next(field.type for field in kind.fields if field.name == name)
    return tuple(field.name for field in getattr(kind, "fields", ()))


def _meant(name: str, known: tuple[str, ...]) -> str:
    close = get_close_matches(name, known, 1)
    return f"; do you mean {close[0]!r}?" if close else f"; known: {', '.join(known)}"


def _wrongs(recipe: Recipe) -> Iterator[tuple[str, str]]:
    """Yield what no record can forbid: unknown names, and what contradicts itself."""
    known = tuple(BUILDERS.names())
    for at, name in enumerate(recipe.builders):
        if name not in known:
            yield f"builders[{at}]", f"no such builder: {name!r}{_meant(name, known)}"
    yield from _wrong_checks(recipe)
    for at, share in enumerate(recipe.mixture):
        least, most = share.at_least or 0, 1 if share.at_most is None else share.at_most
        if least > most:
            yield f"mixture[{at}]", f"at least {least} and at most {most} cannot both hold"
    if recipe.split.validation + recipe.split.test >= 1:
        yield "split", "nothing is left to train on"
    since, until = recipe.select.since, recipe.select.until
    if since is not None and until is not None and since > until:
        yield "select", f"no day is from {since} on and not after {until}"


def _wrong_checks(recipe: Recipe) -> Iterator[tuple[str, str]]:
    known = {check.name: check for check in CHECKS}
    for name, rule in recipe.checks.items():
        place = f"checks.{name}"
        if name not in known:
            yield place, f"no such check{_meant(name, tuple(known))}"
        elif rule.use == "drop" and not is_droppable(known[name]):
            able = ", ".join(sorted(check.name for check in CHECKS if is_droppable(check)))
            yield place, f"it judges a dataset and no row, so none is left out; such do: {able}"
        elif rule.threshold is not None and not hasattr(known[name], "threshold"):
            yield place, "it asks for nothing, so it has no threshold"
