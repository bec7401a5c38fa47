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
    *handing_out.ROUTES,
]
"""Every page."""
