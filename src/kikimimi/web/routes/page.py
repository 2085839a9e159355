"""The page itself: `/` and the files under `/static`."""

from pathlib import Path

from fastapi import APIRouter
from starlette.responses import FileResponse

STATIC_FOLDER = Path(__file__).resolve().parents[1] / "static"

router = APIRouter()


@router.get("/", include_in_schema=False)
def index() -> FileResponse:
    """The page."""
    return FileResponse(STATIC_FOLDER / "index.html", media_type="text/html; charset=utf-8")
