"""Texts that agents are given: what should be changed in them, and how each came to be."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tracemill.base.text import measured
from tracemill.flows.prompt_registry import diff_prompt, read_prompts
from tracemill.flows.prompting import read_suggestions
from tracemill.flows.slicing import slices_by
from tracemill.web.asked import workspace
from tracemill.web.differing import beside
from tracemill.web.rendering import page

METRICS: Final = ("gate_first_pass_rate", "retries", "tokens_per_success")
"""What is shown of each version of a prompt."""


def prompts(request: Request) -> Response:
    """Show what should be changed in prompts, with its evidence, and every prompt."""
    place = workspace(request)
    suggested = read_suggestions(place)
    changes = [
        (each, beside(each.proposed_change.old_text or "", each.proposed_change.new_text))
        for each in suggested.suggestions
    ]
    held = read_prompts(place).prompts
    return page(request, "prompts.html", held=held, changes=changes, left_out=suggested.left_out)


def prompt(request: Request) -> Response:
    """Show the versions of one prompt in time, and two of them side by side."""
    place, given = workspace(request), request.query_params
    found = diff_prompt(
        place, request.path_params["name"], given.get("old") or None, given.get("new") or None
    )
    told = {each.name: each.metrics for each in slices_by(place, "prompt_version", METRICS)}
    return page(
        request,
        "prompt.html",
        found=found,
        lines=beside(found.old_text, found.new_text),
        told={name: told[name] for version in found.prompt.versions
              if (name := version.name) in told},
        metrics=METRICS,
        shown=measured,
    )  # fmt: skip


ROUTES = [Route("/prompts", prompts), Route("/prompts/{name}", prompt)]
