"""Texts that agents are given: what should be changed in them, and how each came to be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from tracemill.flows.prompts.numbers import Comparison, show_prompt
from tracemill.flows.prompts.proposals import read_suggestions, refuse, take_back
from tracemill.flows.prompts.registry import diff_prompt, read_prompts
from tracemill.web.asked import confirmed, form, moment, workspace
from tracemill.web.differing import beside
from tracemill.web.rendering import page

_FACTS: Final = ("domain", "team_size", "recipe", "stage", "model")
"""What versions can be compared by."""
_METRICS: Final = ("gate_failure_rate", "gate_first_pass_rate", "retries", "tokens_per_success",
                   "agent_success_rate", "taken_back_rate")  # fmt: skip
"""What is shown of each version, as far as it counts anything."""


def prompts(request: Request) -> Response:
    """Show what should be changed in prompts, with its evidence, and every prompt."""
    place = workspace(request)
    suggested = read_suggestions(place)
    changes = [
        (each, beside(each.proposed_change.old_text or "", each.proposed_change.new_text))
        for each in suggested.suggestions
    ]
    held = read_prompts(place).prompts
    return page(request, "prompts.html", held=held, changes=changes, suggested=suggested)


async def decide(request: Request) -> Response:
    """Say no to a proposal, or let it stand again."""
    return await run_in_threadpool(_decide, request, await form(request))


def _decide(request: Request, given: Mapping[str, str]) -> Response:
    name, by, why = confirmed(given, "suggestion"), given.get("by", ""), given.get("reason", "")
    decided = take_back if given.get("back") == "1" else refuse
    decided(workspace(request), name, by, why, moment())
    return RedirectResponse("/prompts", 303)


def prompt(request: Request) -> Response:
    """Show the versions of one prompt in time, what each brought, and two of them side by side."""
    place, given = workspace(request), request.query_params
    name = request.path_params["name"]
    found = diff_prompt(place, name, given.get("old") or None, given.get("new") or None)
    by = given.get("by") if given.get("by") in _FACTS else None
    told = show_prompt(place, found.prompt.id, Comparison(by=(by,) if by else ()), moment())
    held = {each.name: {m.measure.metric: m for m in each.told.metrics} for each in told.versions}
    return page(
        request,
        "prompt.html",
        found=found,
        lines=beside(found.old_text, found.new_text),
        told=told,
        held=held,
        metrics=[name for name in _METRICS if any(name in each for each in held.values())],
        standing={each.name: each for each in told.versions},
        facts=_FACTS,
        by=by,
    )


ROUTES = [
    Route("/prompts", prompts),
    Route("/prompts/decide", decide, methods=["POST"]),
    Route("/prompts/{name}", prompt),
]
