"""Ways in which a team works: which of them bring projects home, how fast, and at what price."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tracemill.base.text import measured
from tracemill.flows.patterns import read_patterns
from tracemill.flows.prompt_registry import read_prompts
from tracemill.flows.slicing import slices_by
from tracemill.web.asked import workspace
from tracemill.web.rendering import page

METRICS: Final = ("project_success_rate", "project_seconds", "gate_first_pass_rate", "escalations")
"""What recipes are compared by."""
_KIND: Final = "recipe_effectiveness"


def recipes(request: Request) -> Response:
    """Show what projects of each recipe came to, and how the recipes' texts changed."""
    place = workspace(request)
    return page(
        request,
        "recipes.html",
        slices=slices_by(place, "recipe", METRICS),
        patterns=[each for each in read_patterns(place).patterns if each.kind == _KIND],
        held=read_prompts(place, "recipe").prompts,
        metrics=METRICS,
        shown=measured,
    )


ROUTES = [Route("/recipes", recipes)]
