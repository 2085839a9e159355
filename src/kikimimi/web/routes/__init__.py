"""The routes, one module for each group; `ROUTERS` is all that the application takes in."""

from fastapi import APIRouter

from kikimimi.web.routes import (
    events,
    facets,
    history,
    jobs,
    live,
    making,
    media,
    page,
    playlists,
    results,
    sound_detail,
    sounds,
    space,
    status,
    tags,
    teach,
    uploads,
)

ROUTERS: tuple[APIRouter, ...] = (
    events.router,
    facets.router,
    history.router,
    jobs.router,
    live.router,
    making.router,
    media.router,
    playlists.router,
    results.router,
    sound_detail.router,
    sounds.router,
    space.router,
    status.router,
    tags.router,
    teach.router,
    uploads.router,
    page.router,
)
"""The page comes last: it answers every address that no other route has."""
