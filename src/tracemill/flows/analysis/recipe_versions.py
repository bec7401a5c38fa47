"""Two versions of a process recipe beside one another: their numbers, and their texts if held."""

from __future__ import annotations

from difflib import unified_diff

from tracemill.analyze.conclusions.versions import VersionCounts
from tracemill.base.errors import NotFoundError
from tracemill.flows.analysis.process import read_known
from tracemill.flows.analysis.recipe_registry import NAMING, Held, find_recipe, held_recipes
from tracemill.prompts.naming import parse_name
from tracemill.records.process.version_metrics import VersionMetrics
from tracemill.records.refs import Record
from tracemill.store.workspace import Workspace


class RecipeDifference(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Two versions of a recipe."""

    name: str
    """The recipe."""
    old: str | None
    """The one version; None where there is only the other."""
    new: str
    """The other version."""
    metrics: tuple[VersionMetrics, ...]
    """What each brought, the older first, those of which something is known."""
    unified: str | None
    """What differs in their texts, as `diff -u` has it; None where one of them is not held."""


def diff_recipe(
    workspace: Workspace, name: str, old: str | None, new: str | None
) -> RecipeDifference:
    """Return two versions of a recipe beside one another: the last two unless others are named.

    Raises:
        NotFoundError: nothing answers to a name.
    """
    known = read_known(workspace)
    held = find_recipe(held_recipes(known), name)
    told = VersionCounts(known.process, NAMING).told(held.versions)
    used = [each.version for each in told if each.n_projects]
    known_versions = used if len(used) > 1 else list(held.versions)
    second = _version(held, new) if new else known_versions[-1]
    earlier = held.versions[: held.versions.index(second)]
    before = [each for each in known_versions if each in earlier] or list(earlier)
    first = _version(held, old) if old else next(reversed(before), None)
    both = [each for each in (first, second) if each is not None]
    compared = VersionCounts(known.process, NAMING).told(both)
    return RecipeDifference(
        name=held.name,
        old=first,
        new=second,
        metrics=tuple(each for each in compared if each.metrics),
        unified=_unified(held, first, second),
    )


def _version(held: Held, name: str) -> str:
    """Return the version that a name or number means."""
    named = parse_name(name)
    number = named.number if named else None
    for version in held.versions:
        told = parse_name(version)
        if version == name or (number is not None and told is not None and told.number == number):
            return version
    known = ", ".join(held.versions)
    raise NotFoundError(f"no version of {held.name!r} answers to {name!r}; known: {known}")


def _unified(held: Held, old: str | None, new: str) -> str | None:
    if held.kept is None or old is None:
        return None
    texts = {
        version.name: text
        for version, text in zip(held.kept.told.versions, held.kept.texts, strict=True)
    }
    if texts.get(old) is None or texts.get(new) is None:
        return None
    lines = unified_diff(
        (texts[old] or "").splitlines(), (texts[new] or "").splitlines(), old, new, lineterm=""
    )
    return "\n".join(lines)
