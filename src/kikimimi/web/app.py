"""The application: routes, errors, protection and the page."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio import to_thread
from fastapi import FastAPI

from kikimimi import __version__
from kikimimi.web.compression import CompressionMiddleware
from kikimimi.web.errors import install_error_handlers
from kikimimi.web.limits import BodyLimitMiddleware
from kikimimi.web.live.history import LiveHistory
from kikimimi.web.own_files import OwnFiles
from kikimimi.web.preparing import prepare
from kikimimi.web.routes import ROUTERS
from kikimimi.web.routes.page import STATIC_FOLDER
from kikimimi.web.security import SecurityMiddleware
from kikimimi.web.settings import ServerSettings
from kikimimi.web.state import ServerState
from kikimimi.web.watching import watch


def create_app(settings: ServerSettings, *, live: LiveHistory | None = None) -> FastAPI:
    """The application of one library; nothing is opened before it is started.

    Args:
        settings: of the server.
        live: what a listener beside it tells.

    Example:
        >>> app = create_app(ServerSettings(library=Path("sounds.kikimimi")))
    """
    state = ServerState(settings, live=live)
    app = FastAPI(
        title="Kikimimi",
        version=__version__,
        summary="A library of sounds, searched by ear.",
        openapi_url="/api/openapi.json",
        docs_url=None,  # these pages would load scripts from another host
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
    )
    app.state.kikimimi = state
    install_error_handlers(app)
    app.mount("/static", OwnFiles(STATIC_FOLDER), name="static")
    for router in ROUTERS:
        app.include_router(router)
    app.add_middleware(CompressionMiddleware)
    app.add_middleware(BodyLimitMiddleware, larger={"/api/uploads": settings.upload_limit_bytes})
    app.add_middleware(SecurityMiddleware, settings=settings)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    state: ServerState = app.state.kikimimi
    watching = asyncio.create_task(watch(state))
    preparing = asyncio.create_task(to_thread.run_sync(prepare, state))
    try:
        yield
    finally:
        watching.cancel()
        await preparing
        await to_thread.run_sync(state.close)
