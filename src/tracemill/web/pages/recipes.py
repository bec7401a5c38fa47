"""Ways in which a team works: which bring projects home, what each version brought, what next."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tracemill.flows.analysis.patterns import read_patterns
from tracemill.flows.analysis.recipe_registry import list_recipes, show_recipe
from tracemill.web.asked import workspace
from tracemill.web.rendering import page

_KIND: Final = "recipe_effectiveness"
_FACTS: Final = ("domain", "team_size")
"""What versions can be compared by."""
_METRICS: Final = ("project_success_rate", "project_seconds", "project_cost",
                   "gate_first_pass_rate", "project_quality")  # fmt: skip
"""What is shown of each version first, as far as it counts anything."""


def recipes(request: Request) -> Response:
    """Show every recipe with how its projects end, and what stands out between recipes."""
    place = workspace(request)
    return page(
        request,
        "recipes.html",
        held=list_recipes(place).recipes,
        patterns=[each for each in read_patterns(place).patterns if each.kind == _KIND],
    )


def recipe(request: Request) -> Response:
    """Show what each version of a recipe brought, which one to use, and what to change next."""
    by = request.query_params.get("by")
    chosen = by if by in _FACTS else None
    found = show_recipe(
        workspace(request), request.path_params["name"], (chosen,) if chosen else ()
    )
    held = {
        each.name: {one.measure.metric: one for one in each.told.metrics} for each in found.versions
    }
    known = {name for metrics in held.values() for name in metrics}
    return page(
        request,
        "recipe.html",
        found=found,
        held=held,
        metrics=[name for name in _METRICS if name in known],
        facts=_FACTS,
        by=chosen,
    )


ROUTES = [Route("/recipes", recipes), Route("/recipes/{name}", recipe)]
