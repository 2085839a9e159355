"""The page itself: `/` and the files under `/static`."""

import base64
import hashlib
import os
import re
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from kikimimi.web.conditional import is_known
from kikimimi.web.security import HEADERS

STATIC_FOLDER = Path(__file__).resolve().parents[1] / "static"

router = APIRouter()

_IMPORT_MAP = re.compile(rb'<script type="importmap">(.*?)</script>', re.DOTALL)
_POLICY = "Content-Security-Policy"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
"""Not the system's table: on some machines that has no useful type for modules."""


class StaticFolder(StaticFiles):
    """The files of the page, which a browser asks about again each time: they may be upgraded."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """One file, or that it has not changed."""
        answer = super().file_response(full_path, stat_result, scope, status_code)
        kind = _TYPES.get(Path(full_path).suffix)
        if kind is not None and isinstance(answer, FileResponse):
            answer.headers["Content-Type"] = kind
        return answer


@router.get("/", include_in_schema=False)
def index(request: Request) -> Response:
    """The page, with a policy that allows its own import map."""
    content = (STATIC_FOLDER / "index.html").read_bytes()
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {_POLICY: page_policy(content), "ETag": etag}
    if is_known(request.headers, etag):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=_TYPES[".html"], headers=headers)


def page_policy(content: bytes) -> str:
    """The content security policy of a page: import maps stand inline, and are named by hash."""
    hashes = [
        f"'sha256-{base64.b64encode(hashlib.sha256(found).digest()).decode()}'"
        for found in _IMPORT_MAP.findall(content)
    ]
    scripts = " ".join(["script-src 'self'", *hashes])
    return f"{HEADERS[_POLICY]}; {scripts}"
