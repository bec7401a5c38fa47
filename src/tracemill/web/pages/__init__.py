"""One module a page; each names its routes."""

from typing import Final

from starlette.routing import BaseRoute

from tracemill.web.pages import (
    datasets,
    episodes,
    handing_out,
    health,
    models,
    overview,
    patterns,
    privacy,
    prompts,
    recipes,
    review,
    runs,
    session,
    sessions,
    settings,
    trends,
)

__all__ = ["ROUTES"]

ROUTES: Final[list[BaseRoute]] = [
    *overview.ROUTES,
    *sessions.ROUTES,
    *session.ROUTES,
    *episodes.ROUTES,
    *review.ROUTES,
    *privacy.ROUTES,
    *trends.ROUTES,
    *patterns.ROUTES,
    *prompts.ROUTES,
    *recipes.ROUTES,
    *datasets.ROUTES,
    *models.ROUTES,
    *runs.ROUTES,
    *health.ROUTES,
    *settings.ROUTES,
    *handing_out.ROUTES,
]
"""Every page."""
