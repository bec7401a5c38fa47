"""One module a page; each names its routes."""

from typing import Final

from starlette.routing import BaseRoute

from tracemill.web.pages import (
    datasets,
    episodes,
    health,
    models,
    overview,
    patterns,
    privacy,
    review,
    session,
    sessions,
)

__all__ = ["ROUTES"]

ROUTES: Final[list[BaseRoute]] = [
    *overview.ROUTES,
    *sessions.ROUTES,
    *session.ROUTES,
    *episodes.ROUTES,
    *review.ROUTES,
    *privacy.ROUTES,
    *patterns.ROUTES,
    *datasets.ROUTES,
    *models.ROUTES,
    *health.ROUTES,
]
"""Every page."""
